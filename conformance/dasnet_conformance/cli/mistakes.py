"""The caller's mistakes, which every command tells in the same way."""

from __future__ import annotations

from typing import Final

EXIT_USAGE: Final = 3


class UsageMistake(Exception):
    """The caller's mistake, told in one line; exit status 3."""
