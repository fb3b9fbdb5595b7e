"""The command line `dasnet`: one file per command, and this door, which imports a command only when it is called.

Commands print; nothing below them does. Exit status everywhere: 0 all is well, 1 non-conforming, 2 inconclusive, 3 the
caller's mistake or nothing selected.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Final

from .. import __version__

EXIT_USAGE: Final = 3

#: Command -> (module in this package, one line for the help).
COMMANDS: Final = {
    "run": ("run_command", "judge an implementation, requirement by requirement"),
    "doctor": ("doctor_command", "tell whether a driver is in order, before its port is judged"),
    "list": ("list_command", "list the requirements"),
    "stability": ("stability_command", "repeat a run, under load if asked, and compare the verdicts"),
    "explore": ("explore_command", "play conversations made up by chance, in lockstep with a model"),
    "replay": ("replay_command", "play a script that explore saved"),
    "prove": ("prove_command", "run servers that are wrong on purpose: does the suite see it?"),
    "drift": ("drift_command", "compare a page of the documentation with the catalogue"),
    "baseline": ("baseline_command", "write or update the list of known failures"),
    "verify-report": ("verify_report_command", "check that a report is as it was written"),
    "matrix": ("matrix_command", "many runs side by side, as a page"),
    "compare": ("compare_command", "what changed between two runs"),
    "explain": ("explain_command", "all about one requirement: text, clause, latitude, check"),
}


class UsageMistake(Exception):
    """The caller's mistake, told in one line; exit status 3."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise UsageMistake(f"{message} (see `{self.prog} --help`)")


def _overview() -> str:
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {name:<{width}}{help}" for name, (_, help) in COMMANDS.items()]
    return "\n".join(
        [
            "usage: dasnet COMMAND ...",
            "",
            "Conformance suite for daslang's NETWORK module.",
            "",
            *lines,
            "",
            "`dasnet COMMAND --help` tells the options. First steps: dasnet run reference",
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status and never raises for a caller's mistake."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("-h", "--help"):
        print(_overview())  # noqa: T201
        return 0 if given else EXIT_USAGE
    if given[0] in ("-V", "--version"):
        print(f"dasnet {__version__}")  # noqa: T201
        return 0
    try:
        if given[0] not in COMMANDS:
            raise UsageMistake(f"no command {given[0]}; the commands are {', '.join(COMMANDS)}")
        module_name, help = COMMANDS[given[0]]
        module = importlib.import_module(f"{__name__}.{module_name}")
        parser = _Parser(prog=f"dasnet {given[0]}", description=f"{help[0].upper()}{help[1:]}.")
        module.add_arguments(parser)
        status = int(module.execute(parser.parse_args(given[1:]), given))
        # Here and not at the interpreter's end, where a reader that left would be told as a traceback.
        sys.stdout.flush()
        return status
    except UsageMistake as mistake:
        print(f"dasnet: {mistake}", file=sys.stderr)  # noqa: T201
        return EXIT_USAGE
    except KeyboardInterrupt:
        print("dasnet: interrupted; no verdict", file=sys.stderr)  # noqa: T201
        return 2
    except BrokenPipeError:
        # The reader of our output left (as in `dasnet list | head`): nothing to say, and nobody to say it to. A verdict
        # that could not be told is none.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2 if given[0] == "run" else 0
