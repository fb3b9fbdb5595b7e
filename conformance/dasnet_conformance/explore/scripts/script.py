"""A script in a file: a header of remarks, then a step per line; made to be read, mailed and edited by people.

Lines that begin with `#` are remarks; of those, `# key: value` before the first step are the header. Nothing in the
header changes what is played, so it may be left out. It may read and write the file it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dasnet_adapters.text_files import NotText, read_text

from .steps import BadStep, Step, parse_step, told

_FIRST: Final = "# A script of dasnet explore; play it with: dasnet replay FILE IMPLEMENTATION"


class BadScript(Exception):
    """The file is no script: which line, and why."""


@dataclass(frozen=True)
class Script:
    """Steps, and the header: seed, implementation, requirement, finding, as far as they are known."""

    steps: Sequence[Step]
    header: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """The content of the file."""
        head = [f"# {key}: {' '.join(value.split())}" for key, value in self.header.items()]
        return "\n".join([_FIRST, *head, told(self.steps), ""])


def parse_script(text: str) -> Script:
    """Read a script. Raises `BadScript`."""
    header: dict[str, str] = {}
    steps: list[Step] = []
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith("#"):
            key, colon, value = bare[1:].partition(": ")
            if colon and not steps and " " not in key.strip():
                header[key.strip()] = value.strip()
        elif bare:
            try:
                steps.append(parse_step(bare))
            except BadStep as error:
                raise BadScript(f"line {number}: {error}") from error
    if not steps:
        raise BadScript("there is no step in it")
    return Script(steps, header)


def read_script(path: Path) -> Script:
    """Read a script from a file. Raises `BadScript`, also for a file that cannot be read."""
    try:
        return parse_script(read_text(path))
    except BadScript as error:
        raise BadScript(f"{path}: {error}") from error
    except NotText as error:
        raise BadScript(f"{path}: {error}") from error
    except OSError as error:
        raise BadScript(f"{path} cannot be read: {error.strerror}") from error
