"""`dasnet completion`: write completion for a shell, requirement ids included. Prints."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from .completion_shells import SHELLS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("shell", choices=tuple(SHELLS), help='such as bash: eval "$(dasnet completion bash)"')


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Write the script; returns 0."""
    print(SHELLS[arguments.shell]())  # noqa: T201
    return 0
