"""Verifying a report: whether its results are as they were written, and whether they can be what they say.

It recomputes what it can (the seal, the hashes of suite, catalogue, baseline and implementation file), derives the
verdict, the counts and the profiles anew from the rows, and draws every other file of the report again to compare it.
What it cannot vouch for it names. It reads the report and the files it names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from dasnet_conformance import SUITE_NAME, __version__
from dasnet_conformance.catalogue.hashes import file_hash, suite_hashes
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.proof.texts import catalogue_text
from dasnet_conformance.reproduction.folders import FOLDER
from dasnet_reports import NO_TEXTS, RENDERERS, Results, conclude_again, count, load, seal

_RESULTS: Final = "results.json"


def verify(directory: Path, *, baseline: Path | None = None, implementation_file: Path | None = None) -> list[str]:
    """What no longer matches in the report of that directory, a sentence each; none means that all of it does.

    Raises `ResultsFileError` when there are no results to read, `OSError` when a file cannot be read.
    """
    path = directory / _RESULTS
    results = load(path)
    document: dict[str, Any] = json.loads(path.read_text("utf-8-sig"))
    return [
        *_seal(document),
        *_rows(results),
        *_suite(results),
        *_files(results, {"baseline": baseline, "implementation file": implementation_file}),
        *_drawn(results, directory),
    ]


def uncovered(directory: Path) -> list[str]:
    """What lies in the directory of a report and `verify` says nothing of, a sentence each.

    Raises `ResultsFileError` when there are no results to read, `OSError` when the directory cannot be read.
    """
    results = load(directory / _RESULTS)
    drawn = {renderer.filename for renderer in RENDERERS.values()}
    told = []
    if not _is_of_this_suite(results):
        told.append(f"{', '.join(sorted(drawn - {_RESULTS}))}: another release of the suite drew them")
    missing = sorted(name for name in drawn if not (directory / name).is_file())
    if missing:
        told.append(f"{', '.join(missing)}: not there")
    for path in sorted(directory.iterdir()):
        if path.name == FOLDER and path.is_dir():
            number = sum(each.is_file() for each in path.rglob("*"))
            told.append(f"{FOLDER}/ ({number} files): recordings, of which results.json keeps no more than transcripts")
        elif path.name not in drawn:
            told.append(f"{path.name}{'/' if path.is_dir() else ''}: no part of a report")
    return told


# Every file of the report but the results themselves, as it is drawn from them.
def _drawn(results: Results, directory: Path) -> Iterator[str]:
    if not _is_of_this_suite(results):
        return
    for renderer in RENDERERS.values():
        if renderer.filename == _RESULTS:
            continue
        path = directory / renderer.filename
        if not path.is_file():
            continue
        found = path.read_bytes()
        # A run of pytest itself writes its reports without the texts of the catalogue.
        if all(renderer.render(results, texts).encode("utf-8") != found for texts in (catalogue_text(), NO_TEXTS)):
            yield f"{renderer.filename} is not what is drawn from results.json: one of the two was edited"


def _is_of_this_suite(results: Results) -> bool:
    mine = suite_hashes()
    return all(results.hashes.get(name) == value for name, value in mine.items())


def _seal(document: dict[str, Any]) -> Iterator[str]:
    if seal(document) != document["seal"]:
        yield "the seal does not fit: something in results.json was edited after it was written"


def _rows(results: Results) -> Iterator[str]:
    again = conclude_again(results)
    if again.verdict is not results.verdict:
        yield f"the rows amount to {again.verdict.value}, and the file says {results.verdict.value}"
    for told, derived in zip(results.profiles, again.profiles, strict=True):
        if told != derived:
            yield f"profile {told.name}: the rows amount to {derived.status.value}, the file says {told.status.value}"
    if count(results.requirements) != dict(results.counts):
        yield "the counts do not fit the rows"
    if results.selection:
        return
    # Of a whole run every requirement of the claimed profiles has a row; who takes one out takes it out of sight.
    claimed = {profile.name for profile in results.profiles if profile.status.value != "not claimed"}
    rows = {row.id for row in results.requirements}
    missing = [r.id for r in load_catalogue().requirements.values() if r.profile in claimed and r.id not in rows]
    if missing and results.hashes.get("catalogue") == suite_hashes()["catalogue"]:
        yield f"rows are missing: {', '.join(missing[:5])}{' ...' if len(missing) > 5 else ''}"


def _suite(results: Results) -> Iterator[str]:
    if results.suite.name != SUITE_NAME or results.suite.version != __version__:
        made, here = f"{results.suite.name} {results.suite.version}", f"{SUITE_NAME} {__version__}"
        yield f"made by {made}; verified by {here}"
    for name, value in suite_hashes().items():
        told = results.hashes.get(name)
        if told is None:
            yield f"the results keep no hash of the {name}"
        elif told != value:
            yield f"the {name} is another one than when the report was made"


def _files(results: Results, given: dict[str, Path | None]) -> Iterator[str]:
    for name, path in given.items():
        told = results.hashes.get(name)
        if path is not None and told is None:
            yield f"the run did not depend on any {name}, and one was given to verify"
        elif path is not None and told != file_hash(path):
            yield f"the {name} {path} is another one than when the report was made"
