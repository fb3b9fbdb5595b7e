"""The command line `dasnet`: one file per command, and a door that imports a command only when it is called.

`commands` is the table of them, `door` finds and calls one, `mistakes` is how a command says it was called wrongly.
Commands print; nothing below them does. Exit status everywhere: 0 all is well, 1 non-conforming, 2 inconclusive, 3 the
caller's mistake or nothing selected.
"""

from __future__ import annotations

from .commands import COMMANDS, GROUPS, HELP, grouped, told
from .door import main, parser_of
from .mistakes import EXIT_USAGE, UsageMistake

__all__ = ["COMMANDS", "EXIT_USAGE", "GROUPS", "HELP", "UsageMistake", "grouped", "main", "parser_of", "told"]
