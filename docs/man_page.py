"""Makes the page `dasnet.1.md` from the command line's own parsers and its table of exit statuses.

Options are spelled from what a parser holds and not from the help that it prints, which differs between versions of
Python and with the width of the terminal.
"""

from __future__ import annotations

import argparse

from dasnet_conformance.cli import HELP, grouped, parser_of, told
from dasnet_conformance.cli.exit_statuses import STATUSES

_OPENING = """\
# dasnet(1)

This page is generated from the commands themselves by `docs/generate.py`.

## Name

dasnet - conformance suite for daslang's NETWORK module

## Synopsis

`dasnet COMMAND [OPTION ...] [ARGUMENT ...]`

`dasnet --help`, `dasnet help COMMAND`, `dasnet --version`

## Description

An *IMPLEMENTATION* is `reference`, `python:MODULE`, `driver:COMMAND`, `tcp:HOST:PORT`, or the path of a
[dasnet.toml](implementation-file.md) or of its directory. *RESULTS* are a `results.json` or the directory that
`dasnet run --report-dir` wrote.

An *ID* is the id of a requirement, as `dasnet list` shows it; a section, for all of its requirements; a clause of the
documentation, for all that come from it; or a pattern over the ids of requirements, such as `'send.*'`. Case does not
matter. What is several of these is the requirement, else the section. What is none of them is a mistake, told with what
is near. The same holds where an option or a file takes an id with a reason.

Where the implementation may be left out, the first word of `[IMPLEMENTATION] [ID ...]` is the implementation when it
has a colon or a slash, ends in `.toml`, is a short name (`reference`), or is a directory with a `dasnet.toml`; else it
is an *ID*. A word that could be both (a directory `send` with a `dasnet.toml`) is a mistake in the call, told with both
readings: `./send` is the directory, and an *ID* is what stands after an implementation. When no implementation is
named, it is the `dasnet.toml` in the current directory or the nearest one above it; `dasnet diff` compares one that is
named with that, and that with the reference when none is."""

_CLOSING = """\
Ctrl-C ends any command with 130, a signal with 128 and its number, and a fault of the suite itself with 2: none says
anything of an implementation. A command with a verdict ends with 2, too, where its output is not read to the end, as in
`dasnet doctor | head -1`. A run that is broken off keeps the report of what it judged, with `--report-dir`, and the
report says that it is partial. `dasnet` without a command shows the overview and ends with 3.

## Environment

| variable | effect |
| --- | --- |
| `NO_COLOR` | when set, nothing is coloured |
| `COLUMNS` | the width of tables, where no terminal says it, and of the lines of a log, which stay whole without it |

## Files

| file | what it is |
| --- | --- |
| `dasnet.toml` | how a port is built, started and judged: [the implementation file](implementation-file.md) |
| `baseline.toml` | its known failures, kept by `dasnet baseline`; any name does |
| `results.json`, `junit.xml`, `summary.md`, `index.html`, `badge.svg`, `badge.json` | what a report directory holds |

## See also

[quickstart](quickstart.md), [CI](ci/other.md), [the driver protocol](driver-protocol.md), [the catalogue](catalogue.md)
"""


def _placeholder(action: argparse.Action) -> str:
    if action.choices is not None and action.metavar is None:
        return "|".join(map(str, action.choices))
    return str(action.metavar or action.dest.upper())


def _spelled(action: argparse.Action) -> str:
    if not action.option_strings:
        name = _placeholder(action)
        return {"?": f"[{name}]", "+": f"{name} ...", "*": f"[{name} ...]"}.get(str(action.nargs), name)
    names = ", ".join(action.option_strings)
    return names if action.nargs == 0 else f"{names} {_placeholder(action)}"


def _told(action: argparse.Action) -> str:
    text = (action.help or "").replace("%%", "%")
    if action.choices is not None and action.metavar is not None:
        text += f" (one of {', '.join(map(str, action.choices))})"
    return text


def _command(name: str) -> str:
    parser = parser_of(name)
    actions = [action for action in parser._actions if not isinstance(action, argparse._HelpAction)]
    places = [_spelled(action) for action in actions if not action.option_strings]
    options = ["[OPTION ...]"] if any(action.option_strings for action in actions) else []
    lines = [
        f"### dasnet {name}",
        "",
        f"`{' '.join(['dasnet', name, *options, *places])}`",
        "",
        f"{parser.description}",
    ]
    if actions:
        lines += ["", *(f"- `{_spelled(action)}`: {_told(action)}" for action in actions)]
    return "\n".join(lines)


def page() -> str:
    """The whole page."""
    parts = [_OPENING, "## Commands"]
    for title, names in grouped().items():
        parts += [f"**{title}**: {', '.join(f'`{name}`' for name in names)}"]
    for names in grouped().values():
        parts += [_command(name) for name in names if name != HELP]
    parts.append(f"### dasnet {HELP}\n\n`dasnet {HELP} [COMMAND ...]`\n\nShow {told(HELP)}.")
    rows = [
        f"| `{name}` | {status} | {when} |"
        for names in grouped().values()
        for name in names
        for status, when in STATUSES[name].items()
    ]
    parts.append("\n".join(["## Exit status", "", "| command | status | when |", "| --- | --- | --- |", *rows]))
    parts.append(_CLOSING)
    return "\n\n".join(parts)
