"""What makes a run a gate: which part of the suite it was, what it depended on, and its list of known failures.

It completes the results of a run before they are written: the selection, the hashes, the outcome of the baseline and
the exit status that follows. It reads files and prints nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from dasnet_conformance.catalogue.hashes import file_hash, suite_hashes
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.catalogue.shard import Shard, with_shard
from dasnet_conformance.running.conclusion import EXIT_INCONCLUSIVE, Judged
from dasnet_reports import QUICK, BaselineFinding, BaselineOutcome, Overall, Results, is_as_listed

from .baseline import compare, read_baseline

#: Exit status of a run that was held against a baseline: it is the baseline that gates then.
EXIT_AS_LISTED: Final = 0
EXIT_DIFFERS: Final = 1


def finish(
    judged: Judged,
    *,
    ids: Sequence[str] = (),
    expression: str = "",
    profiles: Sequence[str] = (),
    quick: bool = False,
    baseline: Path | None = None,
    implementation_file: Path | None = None,
    shard: Shard | None = None,
    today: datetime.date | None = None,
) -> Judged:
    """Complete the results of a run and gate on the baseline, if there is one.

    Arguments: `ids`, `expression`, `profiles` and `quick`, the filters of the run; `baseline` and
    `implementation_file`, files that it depended on; `shard`, the part that was judged (None: the whole), which is held
    against its part of the baseline; `today`, for expiry dates (None: the day it is, in UTC).
    Returns the judgement with completed results; without results it is returned as it was.
    Raises `BaselineError` when the baseline cannot be used, `OSError` when a file cannot be read.
    """
    if judged.results is None:
        return judged
    selection = with_shard(spell_selection(ids, expression, profiles, quick=quick), shard)
    named = {"baseline": baseline, "implementation file": implementation_file}
    hashes = {**suite_hashes(), **{name: file_hash(path) for name, path in named.items() if path is not None}}
    results = replace(judged.results, selection=selection, hashes=hashes)
    if baseline is None:
        return replace(judged, results=results)
    return gate(replace(judged, results=results), baseline, shard=shard, today=today)


def gate(judged: Judged, baseline: Path, *, shard: Shard | None = None, today: datetime.date | None = None) -> Judged:
    """Hold complete results against a list of known failures.

    Arguments: as of `finish`. Raises `BaselineError` when the list cannot be used.
    """
    if judged.results is None:
        return judged
    listed = [failure for failure in read_baseline(baseline) if shard is None or shard.holds(failure.requirement)]
    day = today or datetime.datetime.now(datetime.UTC).date()
    findings = compare(judged.results, listed, load_catalogue().requirements, day)
    outcome = BaselineOutcome(
        tuple(failure.requirement for failure in listed),
        tuple(BaselineFinding(f.kind.value, f.requirement, f.message) for f in findings),
    )
    results = replace(judged.results, baseline=outcome)
    return replace(judged, results=results, exit_status=gated_status(results))


def gated_status(results: Results) -> int:
    """The exit status of results that were held against a baseline."""
    if is_as_listed(results):
        return EXIT_AS_LISTED
    if results.baseline is not None and results.baseline.findings and results.verdict is not Overall.INCONCLUSIVE:
        return EXIT_DIFFERS
    return EXIT_INCONCLUSIVE


def spell_selection(ids: Sequence[str], expression: str, profiles: Sequence[str], *, quick: bool = False) -> str:
    """The filters of a run in words, empty for a whole run."""
    parts = [*ids, *(f"--profile {name}" for name in profiles)]
    if expression:
        parts.append(f"-k {expression}")
    return " ".join([*parts, QUICK] if quick else parts)
