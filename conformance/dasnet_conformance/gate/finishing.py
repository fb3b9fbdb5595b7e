"""What makes a run a gate: which part of the suite it was, what it depended on, and its list of known failures.

It completes the results of a run before they are written: the selection, the hashes, the outcome of the baseline and
the exit status that follows. It reads files and prints nothing.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.running.conclusion import EXIT_INCONCLUSIVE, Judged
from dasnet_reports import BaselineFinding, BaselineOutcome, Overall, Results, is_as_listed

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
    baseline: Path | None = None,
    implementation_file: Path | None = None,
    today: datetime.date | None = None,
) -> Judged:
    """Complete the results of a run and gate on the baseline, if there is one.

    Arguments: `ids`, `expression` and `profiles`, the filters of the run; `baseline` and `implementation_file`, files
    that it depended on; `today`, for expiry dates (None: the day it is, in UTC).
    Returns the judgement with completed results; without results it is returned as it was.
    Raises `BaselineError` when the baseline cannot be used, `OSError` when a file cannot be read.
    """
    if judged.results is None:
        return judged
    named = {"baseline": baseline, "implementation file": implementation_file}
    hashes = {**suite_hashes(), **{name: file_hash(path) for name, path in named.items() if path is not None}}
    results = replace(judged.results, selection=spell_selection(ids, expression, profiles), hashes=hashes)
    if baseline is None:
        return replace(judged, results=results)
    outcome = _against(results, baseline, today or datetime.datetime.now(datetime.UTC).date())
    results = replace(results, baseline=outcome)
    if is_as_listed(results):
        status = EXIT_AS_LISTED
    elif outcome.findings and results.verdict is not Overall.INCONCLUSIVE:
        status = EXIT_DIFFERS
    else:
        status = EXIT_INCONCLUSIVE
    return replace(judged, results=results, exit_status=status)


def _against(results: Results, baseline: Path, today: datetime.date) -> BaselineOutcome:
    listed = read_baseline(baseline)
    findings = compare(results, listed, load_catalogue().requirements, today)
    return BaselineOutcome(
        tuple(failure.requirement for failure in listed),
        tuple(BaselineFinding(f.kind.value, f.requirement, f.message) for f in findings),
    )


def spell_selection(ids: Sequence[str], expression: str, profiles: Sequence[str]) -> str:
    """The filters of a run in words, empty for a whole run."""
    parts = [*ids, *(f"--profile {name}" for name in profiles)]
    if expression:
        parts.append(f"-k {expression}")
    return " ".join(parts)


@cache
def _package_hash(suffix: str, folder: str) -> str:
    # Names and contents, in the order of the names, so that a file that moved counts as a change.
    digest = hashlib.sha256()
    for name, content in sorted(_walk(files("dasnet_conformance").joinpath(folder), suffix)):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _walk(place: Traversable, suffix: str, prefix: str = "") -> Iterable[tuple[str, bytes]]:
    for entry in place.iterdir():
        if entry.is_dir():
            yield from _walk(entry, suffix, f"{prefix}{entry.name}/")
        elif entry.name.endswith(suffix):
            # Line ends are the checkout's choice, not the suite's.
            yield f"{prefix}{entry.name}", entry.read_bytes().replace(b"\r\n", b"\n")


def suite_hashes() -> dict[str, str]:
    """SHA-256 of the installed suite's code and of its catalogue, by the names under which results keep them."""
    return {"suite": _package_hash(".py", "."), "catalogue": _package_hash(".toml", "catalogue")}


def file_hash(path: Path) -> str:
    """SHA-256 of a file. Raises `OSError`."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
