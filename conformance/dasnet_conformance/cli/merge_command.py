"""`dasnet merge`: put the shards of one run, or of one proof, together. Prints; writes the whole where told to."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from dasnet_conformance.catalogue.shard import MergeError
from dasnet_conformance.gate.baseline import BaselineError
from dasnet_conformance.gate.merging import merge, read_part
from dasnet_conformance.proof.kill_report import FILES
from dasnet_conformance.proof.likeness import with_likeness
from dasnet_conformance.proof.merging import merge_proofs, read_proof_part
from dasnet_conformance.proof.texts import catalogue_text
from dasnet_conformance.reproduction.folders import FOLDER, carry_over
from dasnet_reports import ResultsFileError, Verdict, write_reports

from . import UsageMistake
from .files import insist_on_folder
from .prove_command import tell
from .summary import print_summary

_RESULTS = "results.json"
_MATRIX = FILES[0]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add(
        "results",
        metavar="RESULTS",
        nargs="+",
        help=f"the report directory of each shard, or its {_RESULTS}; of a proof its {_MATRIX}",
    )
    add("-o", dest="directory", metavar="DIR", help="write the results and all reports of the whole there")
    add("--baseline", metavar="FILE", help="gate the whole on this list of known failures")


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Merge; returns the exit status that one run, or one proof, would have had."""
    places = [_place(Path(given)) for given in arguments.results]
    if arguments.directory:
        insist_on_folder(arguments.directory, "-o")
        target = Path(arguments.directory).resolve()
        taken = next((place for place in places if place.parent.resolve() == target), None)
        if taken is not None:
            raise UsageMistake(f"-o {arguments.directory} holds {taken}, a shard; name another folder")
    try:
        proofs = [place for place in places if _is_proof(place)]
        if not proofs:
            return _merge_runs(places, arguments)
        if len(proofs) < len(places):
            other = next(place for place in places if place not in proofs)
            raise UsageMistake(f"{proofs[0]} is of a proof and {other} is of a run; merge each kind by itself")
        if arguments.baseline:
            raise UsageMistake("--baseline is for runs; a proof has no known failures")
        return tell(merge_proofs([read_proof_part(place) for place in places]), arguments.directory)
    except (BaselineError, MergeError, ResultsFileError) as error:
        raise UsageMistake(str(error)) from error
    except OSError as error:
        raise UsageMistake(f"{error.filename}: cannot be read: {error.strerror}") from error


def _merge_runs(places: Sequence[Path], arguments: argparse.Namespace) -> int:
    judged = merge([read_part(place) for place in places], Path(arguments.baseline) if arguments.baseline else None)
    if judged.results is None:
        raise UsageMistake(judged.problem)
    # What a failure is like follows from all of them.
    judged.results = with_likeness(replace(judged.results, reproductions=FOLDER if arguments.directory else ""))
    written: list[Path] = []
    if arguments.directory:
        failing = [row.id for row in judged.results.requirements if row.verdict is Verdict.FAIL]
        try:
            written = write_reports(judged.results, arguments.directory, catalogue_text())
            written += carry_over([place.parent for place in places], failing, arguments.directory)
        except OSError as error:
            raise UsageMistake(f"the reports cannot be written to {arguments.directory}: {error.strerror}") from error
    print_summary(Console(highlight=False), judged, written, directory=arguments.directory or "")
    return judged.exit_status


# The file of a shard. A report directory is of a run unless there is nothing but a matrix in it.
def _place(given: Path) -> Path:
    if not given.is_dir():
        return given
    matrix = given / _MATRIX
    return matrix if matrix.is_file() and not (given / _RESULTS).is_file() else given / _RESULTS


def _is_proof(place: Path) -> bool:
    if place.name == _MATRIX:
        return True
    try:
        document = json.loads(place.read_text("utf-8-sig"))
    except (OSError, ValueError):
        return False  # whoever reads it as results says what is wrong
    return isinstance(document, dict) and "null_controls" in document
