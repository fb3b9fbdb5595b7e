"""`dasnet diff`: two implementations through the same checks, and where they part. Prints."""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import zip_longest
from typing import Final

from dasnet_adapters import AdapterBroken, UsageError
from dasnet_adapters.implementation_file import FILE_NAME
from dasnet_conformance.reproduction import diff
from dasnet_conformance.running import direct
from dasnet_conformance.running.target import Settings, Target
from dasnet_conformance.stage.bounds import CHECK_DEADLINE
from dasnet_conformance.stage.ports import Ports
from dasnet_reports import EXIT_USAGE, harmless

from . import UsageMistake
from .reaching import DEFAULT_TOLD, add_reaching, insist_on_loopback, named
from .selecting import add_ids, selected, told_apart
from .time_left import TimeLeft

EXIT_DIFFERS: Final = 1
EXIT_INCONCLUSIVE: Final = 2

#: The narrowest output, and the widest that still reads well.
NARROWEST: Final = 60
WIDEST: Final = 160

_KINDS: Final = {
    "differs": "differs",
    "latitude": "legal latitude: both pass",
    "inconclusive": "inconclusive",
    "same": "no difference",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add("first", metavar="IMPL_A", nargs="?", help=f"one implementation, as for `dasnet run` ({DEFAULT_TOLD})")
    add("second", metavar="IMPL_B", nargs="?", help="the other one (default: reference, or IMPL_A when one is named)")
    add_ids(parser, "compare these only")
    add("--deadline", type=float, default=CHECK_DEADLINE, metavar="SECONDS", help="bound of one check (default 60)")
    add_reaching(parser)
    add("--json", action="store_true", help="as JSON")


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Compare; returns 0 for no difference or latitude alone, 1 when more differs, 2 when a case came to no verdict."""
    settings = Settings(arguments.call_deadline, arguments.deadline, arguments.no_deadline, arguments.peer_host)
    specs, ids = _meant([word for word in (arguments.first, arguments.second, *arguments.ids) if word])
    ports = Ports()
    adapters = []
    try:
        targets = [Target(spec, settings) for spec in specs]
        for target in targets:
            target.build()
            adapters.append(target.adapter())
            insist_on_loopback(adapters[-1])
        descriptions = [adapter.describe() for adapter in adapters]
        profiles = set.intersection(*(set(t.claims(d.profiles)) for t, d in zip(targets, descriptions, strict=True)))
        cases = _cases(ids, profiles)
        seconds = 0.0 if arguments.no_deadline else arguments.deadline
        found = []
        with TimeLeft("comparing", len(cases)) as bar:
            for case in cases:
                found.append(diff.compare(case, (adapters[0], adapters[1]), ports, seconds=seconds))
                bar.done(case.requirement)
    except UsageError as error:
        raise UsageMistake(str(error)) from None
    except AdapterBroken as broken:
        print(f"dasnet: {harmless(broken.told(), 600, one_line=True)}", file=sys.stderr)  # noqa: T201
        return EXIT_USAGE if broken.culprit == "caller" else EXIT_INCONCLUSIVE
    finally:
        for adapter in adapters:
            adapter.close()
        ports.close()
    names = [harmless(description.name, 60, one_line=True) for description in descriptions]
    status = _status(found)
    lines = [_as_json(found, names, status)] if arguments.json else _as_text(found, names)
    print("\n".join(lines))  # noqa: T201
    return status


# One that is named is compared with the port of the file, which stands on the left; none, the port with the reference.
def _meant(words: Sequence[str]) -> tuple[tuple[str, str], list[str]]:
    implementations, ids = told_apart(words, 2)
    if len(implementations) == 2:
        return (implementations[0], implementations[1]), ids
    try:
        port = named()
    except UsageMistake:
        if not implementations:
            raise
        both = f"dasnet diff {shlex.quote(implementations[0])} reference"
        raise UsageMistake(
            f"one implementation is named, and there is no {FILE_NAME} here or above to compare it with; name both, as "
            f"in `{both}`"
        ) from None
    return (port, implementations[0] if implementations else "reference"), ids


def _cases(ids: Sequence[str], profiles: set[str]) -> list[direct.Case]:
    chosen = [requirement.id for requirement in selected(ids) if requirement.profile in profiles]
    if not chosen:
        raise UsageMistake("nothing to compare: these requirements are in no profile that both claim")
    cases = direct.find_cases()
    return [case for name in chosen for case in cases.get(name, [])]


def _status(found: Sequence[diff.Difference]) -> int:
    kinds = {each.kind for each in found}
    if "differs" in kinds:
        return EXIT_DIFFERS
    return EXIT_INCONCLUSIVE if "inconclusive" in kinds else 0


def _as_json(found: Sequence[diff.Difference], names: Sequence[str], status: int) -> str:
    counts = {kind: sum(each.kind == kind for each in found) for kind in _KINDS}
    differences = [asdict(each) for each in found if each.kind != "same"]
    return json.dumps(
        {"implementations": names, "counts": counts, "exit_status": status, "differences": differences}, indent=2
    )


def _as_text(found: Sequence[diff.Difference], names: Sequence[str]) -> list[str]:
    width = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
    lines: list[str] = []
    for kind in ("latitude", "inconclusive", "differs"):  # what matters most stands last, where eyes are
        for each in found:
            if each.kind == kind:
                lines += [*_case(each, names, width), ""]
    counts = ", ".join(f"{sum(each.kind == kind for each in found)} {_KINDS[kind]}" for kind in _KINDS)
    return [*lines, f"{names[0]} and {names[1]}, {len(found)} case{'' if len(found) == 1 else 's'}: {counts}"]


def _case(each: diff.Difference, names: Sequence[str], width: int) -> Iterator[str]:
    label = each.case.partition("[")[2].removesuffix("]")
    yield f"{each.requirement}{f' [{label}]' if label else ''}: {_KINDS[each.kind]}"
    for name, verdict, message in zip(names, each.verdicts, each.messages, strict=True):
        if each.kind != "latitude":
            yield harmless(f"  {name}: {verdict}{f', {message}' if message else ''}", 600, one_line=True)
    if not each.diverged:
        yield "  nothing differs but how many ticks and pieces it took"
        return
    yield f"  the first difference: {_spell_ticks(each.ticks, names)}"
    # Two columns of tick and text, with a bar between them, and a mark before what differs.
    room = (width - 5) // 2
    yield f"  {names[0][:room]:<{room}} | {names[1][:room]}"
    for left, right in zip_longest(*each.sides):
        yield f"  {_cell(left, room):<{room}} | {_cell(right, room)}".rstrip()


def _spell_ticks(ticks: tuple[int | None, int | None], names: Sequence[str]) -> str:
    if ticks[0] == ticks[1]:
        return f"tick {ticks[0]}"
    told = ["after the last step of" if at is None else f"tick {at} of" for at in ticks]
    return f"{told[0]} {names[0]}, {told[1]} {names[1]}"


def _cell(shown: diff.Shown | None, room: int) -> str:
    if shown is None:
        return ""
    text = harmless(shown.text, 400, one_line=True)
    line = f"{'!' if shown.differs else ' '}{shown.tick:>5}  {text}"
    return line if len(line) <= room else line[: room - 1] + "…"
