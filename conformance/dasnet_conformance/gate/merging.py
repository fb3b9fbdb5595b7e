"""Merging the shards of one run: their results become those of the whole, or it is said why they cannot.

What may differ between shards is their part, their times and the machine; all else has to be alike, every part has to
be there once, and each has to hold the rows that belong to it. The conclusion is drawn anew from all rows. It reads the
results it is given and prints nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from dasnet_conformance.catalogue.hashes import file_hash
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.catalogue.shard import (
    OPTION,
    MergeError,
    Shard,
    insist_on_all,
    insist_on_this_suite,
    without_shard,
)
from dasnet_conformance.running.conclusion import SANITY_GRAVITY, Judged
from dasnet_reports import (
    BaselineOutcome,
    Results,
    Sanity,
    SanityResult,
    Verdict,
    claimed_profiles,
    conclude_again,
    harmless,
    load,
    seal,
)

from .baseline import Kind
from .finishing import gate, gated_status

#: Characters of one value in a message.
_LONGEST: Final = 80


@dataclass(frozen=True)
class Part:
    """One shard that was read: where from, its results, and which part of what it is."""

    name: str
    results: Results
    shard: Shard
    #: The filters of the whole run, in words; empty where all was judged.
    filters: str


def read_part(path: Path) -> Part:
    """Read the results of one shard.

    Raises `ResultsFileError` for a file that holds no results, `OSError` for one that cannot be read, and `MergeError`
    for results that were edited or are no shard's.
    """
    results = load(path)
    document: dict[str, Any] = json.loads(path.read_text("utf-8-sig"))
    if seal(document) != document["seal"]:
        raise MergeError(f"{path} was edited after it was written; run that shard again")
    filters, shard = without_shard(results.selection)
    if shard is None:
        told = f"a part of a run ({_told(filters)})" if filters else "a whole run"
        raise MergeError(f"{path} is {told} and no shard; make each with dasnet run {OPTION} K/N")
    return Part(str(path), results, shard, filters)


def merge(parts: Sequence[Part], baseline: Path | None = None) -> Judged:
    """The judgement of the whole, in the order of the catalogue.

    Arguments: `parts`, at least one; `baseline`, a list of known failures to hold the whole against. Without it, the
    list that the shards were held against is that of the whole, too.
    Raises `MergeError` when a shard is missing or there twice, when one lacks or has too many rows, and when they were
    not made alike: by this suite, of one implementation, with the same seed, options and files. Raises `BaselineError`
    and `OSError` for a list that cannot be used or read.
    """
    insist_on_all([(part.name, part.shard) for part in parts], "dasnet run")
    ordered = sorted(parts, key=lambda part: part.shard)
    _insist_on_likeness(ordered)
    for part in ordered:
        _insist_on_rows(part)
    first = ordered[0].results
    results = [part.results for part in ordered]
    order = {name: place for place, name in enumerate(load_catalogue().requirements)}
    rows = sorted((row for each in results for row in each.requirements), key=lambda row: order[row.id])
    merged = replace(
        first,
        requirements=tuple(rows),
        environment={name: _joined(each.environment.get(name, "") for each in results) for name in first.environment},
        started=min(each.started for each in results),
        duration_s=sum(each.duration_s for each in results),
        command=_without_option(first.command),
        sanity=Sanity(_gravest(each.sanity.first for each in results), _gravest(each.sanity.last for each in results)),
        selection=ordered[0].filters,
        baseline=_baseline([each.baseline for each in results], order),
    )
    again = conclude_again(merged)
    merged = replace(merged, verdict=again.verdict, profiles=again.profiles, counts=again.counts)
    judged = Judged(merged, again.exit_status, _problem(merged.sanity))
    if baseline is not None:
        return gate(replace(judged, results=_resting_on(baseline, merged)), baseline)
    return judged if merged.baseline is None else replace(judged, exit_status=gated_status(merged))


def _resting_on(baseline: Path, merged: Results) -> Results:
    given, told = file_hash(baseline), merged.hashes.get("baseline")
    if told not in (None, given):
        raise MergeError(f"{baseline} is another list than the shards were held against; give that one, or none")
    return replace(merged, hashes={**merged.hashes, "baseline": given})


#: What has to be alike in all shards: its name, where it is in the results, and what to do where it is not.
_ALIKE: Final[Sequence[tuple[str, Callable[[Part], Any], str]]] = (
    ("suite", lambda part: f"{part.results.suite.name} {part.results.suite.version}", "install one version"),
    ("suite's code", lambda part: part.results.hashes.get("suite", "no hash"), "install one version"),
    ("catalogue", lambda part: part.results.hashes.get("catalogue", "no hash"), "install one version"),
    ("implementation", lambda part: _told_implementation(part.results), "judge the same build in every shard"),
    ("way to it", lambda part: part.results.reached, "reach it alike in every shard"),
    ("seed", lambda part: part.results.seed, "give every shard the same --seed"),
    ("use of --strict", lambda part: part.results.strict, "give it to every shard or to none"),
    ("selection", lambda part: part.filters or "everything", "give every shard the same ids and filters"),
    ("claimed profiles", lambda part: ", ".join(sorted(claimed_profiles(part.results))), "judge the same build"),
    ("implementation file", lambda part: part.results.hashes.get("implementation file", "none"), "use the same file"),
    ("baseline", lambda part: part.results.hashes.get("baseline", "none"), "give every shard the same --baseline"),
)


def _told_implementation(results: Results) -> str:
    who = results.implementation
    return f"{who.name} {who.version} ({who.language})"


def _told(value: object) -> str:
    return harmless(str(value), _LONGEST, one_line=True)


def _insist_on_likeness(parts: Sequence[Part]) -> None:
    first = parts[0]
    for part in parts[1:]:
        for what, value, next_step in _ALIKE:
            one, other = value(first), value(part)
            if one != other:
                told = f"{first.name} and {part.name} differ in the {what} ({_told(one)}; {_told(other)})"
                raise MergeError(f"{told}; {next_step}, and run again what differs")
    insist_on_this_suite(first.name, first.results.suite.version, first.results.hashes)


def _insist_on_rows(part: Part) -> None:
    rows = {row.id for row in part.results.requirements}
    known = load_catalogue().requirements
    foreign = [name for name in rows if name not in known or not part.shard.holds(name)]
    if foreign:
        raise MergeError(
            f"{part.name}: {min(foreign)} belongs to another shard than {part.shard}; run that shard again"
        )
    if part.filters:
        return
    claimed = claimed_profiles(part.results)
    missing = [r.id for r in known.values() if r.profile in claimed and part.shard.holds(r.id) and r.id not in rows]
    if missing:
        raise MergeError(f"{part.name}: {missing[0]} is missing from shard {part.shard}; run that shard again")


def _joined(texts: Iterable[str]) -> str:
    return " and ".join(dict.fromkeys(texts))


# The command line of the whole: that of a shard, without its part.
def _without_option(command: Sequence[str]) -> tuple[str, ...]:
    kept: list[str] = []
    words = iter(command)
    for word in words:
        if word == OPTION:
            next(words, "")
        elif not word.startswith(f"{OPTION}="):
            kept.append(word)
    return tuple(kept)


def _gravest(talks: Iterable[SanityResult]) -> SanityResult:
    return max(talks, key=lambda talk: SANITY_GRAVITY.index(talk.verdict.value))


def _baseline(outcomes: Sequence[BaselineOutcome | None], order: dict[str, int]) -> BaselineOutcome | None:
    there = [outcome for outcome in outcomes if outcome is not None]
    if not there:
        return None

    # As one run has them: what is not listed in front, then the list; what is in no catalogue comes last.
    def place(name: str) -> tuple[int, str]:
        return (order.get(name, len(order)), name)

    listed = sorted((name for outcome in there for name in outcome.listed), key=place)
    findings = sorted(
        (finding for outcome in there for finding in outcome.findings),
        key=lambda finding: (finding.kind != Kind.NOT_LISTED, *place(finding.requirement)),
    )
    return BaselineOutcome(tuple(listed), tuple(findings))


def _problem(sanity: Sanity) -> str:
    for which, talk in (("first", sanity.first), ("last", sanity.last)):
        if talk.verdict is not Verdict.PASS:
            return f"the {which} sanity conversation of a shard did not pass: {talk.message}"
    return ""
