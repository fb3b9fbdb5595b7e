"""The door of the command line: it finds the command, imports it, and turns whatever comes of it into an exit status.

A command is imported when it is called and not before, so that the overview and the version are there at once. The door
prints the overview, help, and the one line about a mistake.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import errno
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, Final

from .choices import choices_missing, fold_choices, near_option
from .commands import COMMANDS, GROUPS, HELP, JUDGING, grouped, told
from .exit_statuses import STATUSES
from .mistakes import EXIT_USAGE, UsageMistake
from .signals import EXIT_INTERRUPTED, STATUS_OF_SIGNALS, Signalled, ending_by_signals, why

#: What the system says of an output that takes no more.
_FULL: Final = (errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC))


#: What the help calls an argument that names a place on the disk.
_PLACES: Final = ("DIR", "FILE")

#: Characters that are shown of a name which is too long.
_TOLD_OF_A_NAME: Final = 40

#: A width below which COLUMNS is not believed.
_LEAST_COLUMNS: Final = 20


#: What argparse says in words of the language -> the same for whoever does not program in it.
_PLAIN: Final = {"invalid int value:": "takes a whole number, not", "invalid float value:": "takes a number, not"}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        for word, plain in _PLAIN.items():
            message = message.replace(word, plain)
        told = f"{message}{near_option(message, self)}{choices_missing(message, self)}"
        raise UsageMistake(f"{told} (see `{self.prog} --help`)")


def parser_of(name: str) -> argparse.ArgumentParser:
    """The parser of a command of `COMMANDS`, which is imported for it."""
    return _load(name)[1]


def _load(name: str) -> tuple[Any, _Parser]:
    module_name, help = COMMANDS[name]
    module = importlib.import_module(f"{__package__}.{module_name}")
    # Here, since the overview and the version do without any of it.
    from dasnet_adapters.profiles import PROBLEMS

    if PROBLEMS:
        raise UsageMistake(PROBLEMS[0])
    parser = _Parser(prog=f"dasnet {name}", description=f"{help[0].upper()}{help[1:]}.")
    module.add_arguments(parser)
    fold_choices(parser)
    return module, parser


def _overview() -> str:
    # It has to fit a terminal of 80 by 24 with the prompt below it.
    width = max(map(len, COMMANDS)) + 2
    label = max(map(len, GROUPS)) + 2
    lines = ["usage: dasnet COMMAND ...       conformance suite for daslang's NETWORK module", ""]
    for title, names in grouped().items():
        lines += [f"{title if name == names[0] else '':<{label}}{name:<{width}}{told(name)}" for name in names]
    return "\n".join([*lines, "First steps: dasnet run reference; dasnet help run"])


def _unknown(name: str) -> UsageMistake:
    names = [*COMMANDS, HELP]
    near = difflib.get_close_matches(name.lower(), names, 3)
    near += [known for known in names if len(name) > 1 and known.startswith(name) and known not in near]
    if near:
        return UsageMistake(f"no command {name}; did you mean {' or '.join(near)}?")
    return UsageMistake(f"no command {name}; the commands are {', '.join(names)}")


def _help(names: Sequence[str]) -> int:
    unknown = [name for name in names if name not in COMMANDS and name != HELP]
    if unknown:
        raise _unknown(unknown[0])
    texts = [_overview() if name == HELP else parser_of(name).format_help().rstrip() for name in names or [HELP]]
    print("\n\n".join(texts))  # noqa: T201
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status and never raises for a caller's mistake."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not _has_output():
        _complain("the output cannot be written: it is closed; no verdict")
        return 2
    _insist_on_columns()
    try:
        with ending_by_signals():
            return _call(given)
    except UsageMistake as mistake:
        _complain(str(mistake))
        return EXIT_USAGE
    except (KeyboardInterrupt, Signalled) as ended:
        return _ended(ended)
    except BrokenPipeError:
        # The reader of our output left (as in `dasnet list | head`): nothing to say, and nobody to say it to. A verdict
        # that could not be told is none, and no success.
        _drop_output()
        return 2 if 1 in STATUSES.get("".join(given[:1]), {}) else 0
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            # Whatever a command asks of such a place, and that some say of it themselves, is the caller's to mend.
            _complain(f"{str(error.filename or '')[:_TOLD_OF_A_NAME]}...: {error.strerror}; name a shorter one")
            return EXIT_USAGE
        if error.errno not in _FULL:
            return _broke(error)
        # Every file that a command writes is looked after by the command: what is left is the standard output.
        _drop_output()
        _complain(f"the output cannot be written: {error.strerror}; no verdict")
        return 2
    except Exception as error:
        return _broke(error)


def _ended(ended: BaseException) -> int:
    _complain(f"{why(ended)}; no verdict")
    return STATUS_OF_SIGNALS + ended.number if isinstance(ended, Signalled) else EXIT_INTERRUPTED


# A program may be started without an output (`>&-`). The first file that it opens would be taken for it then.
def _has_output() -> bool:
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for as long as the process lives
    return sys.stdout is not None


# What says 0 has no idea how wide it is, and in a few columns nothing can be read.
def _insist_on_columns() -> None:
    columns = os.environ.get("COLUMNS", "")
    unread = columns.isdigit() and not columns.isdecimal()  # "²", which is a digit and no number
    if unread or (columns.isdecimal() and int(columns) < _LEAST_COLUMNS):
        del os.environ["COLUMNS"]


def _call(given: list[str]) -> int:
    if not given or given[0] in ("-h", "--help"):
        print(_overview())  # noqa: T201
        status = 0 if given else EXIT_USAGE
    elif given[0] in ("-V", "--version"):
        from dasnet_conformance import __version__

        print(f"dasnet {__version__}")  # noqa: T201
        status = 0
    elif given[0] == HELP:
        status = _help([name for name in given[1:] if name not in ("-h", "--help")])
    elif given[0] not in COMMANDS:
        raise _unknown(given[0])
    elif given[0] in JUDGING and not {"-h", "--help"} & set(given):
        # Here, since its start and what this process has to read take as long as each other.
        from dasnet_conformance.running.child import discard, prepare

        prepare()
        try:
            status = _execute(given)
        finally:
            discard()
    else:
        status = _execute(given)
    # Here and not at the interpreter's end, where a reader that left would be told as a traceback.
    sys.stdout.flush()
    return status


def _execute(given: list[str]) -> int:
    module, parser = _load(given[0])
    # Intermixed: options may stand between the words of a command, wherever those may be left out.
    arguments = parser.parse_intermixed_args(given[1:])
    _insist_on_places(parser, arguments)
    return int(module.execute(arguments, given))


# `--baseline "$LIST"` of a job in which LIST is not set: without the list nothing would gate, and nobody would know.
def _insist_on_places(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    for action in parser._actions:
        if action.metavar in _PLACES and getattr(arguments, action.dest, None) == "":
            option = action.option_strings[0] if action.option_strings else action.metavar
            raise UsageMistake(f"{option} is empty, as of a variable that is not set; name a place, or leave it out")


def _complain(text: str) -> None:
    # Nobody may be there any more to read it: a terminal that was closed.
    with contextlib.suppress(OSError):
        print(f"dasnet: {text}", file=sys.stderr)  # noqa: T201


def _drop_output() -> None:
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _broke(error: BaseException) -> int:
    # An interruption may strike where somebody's `finally` does not expect it, and what that raises is not the matter.
    behind: BaseException | None = error
    while behind is not None:
        if isinstance(behind, KeyboardInterrupt | Signalled):
            return _ended(behind)
        behind = behind.__context__
    # The interpreter would end with 1 here, which says that an implementation does not conform.
    traceback.print_exc()
    _complain("no verdict: the suite itself broke, as told above; please report it")
    return 2
