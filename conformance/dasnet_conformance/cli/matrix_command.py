"""`dasnet matrix`: many runs side by side. Writes index.html, matrix.md and matrix.json."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from dasnet_conformance.proof.texts import catalogue_text
from dasnet_reports import write_matrix

from . import UsageMistake
from .files import insist_on_folder, read_results


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add("results", nargs="+", metavar="RESULTS", help="a results.json, or a report directory")
    add("-o", dest="directory", required=True, metavar="DIR", help="where to write")


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Write the matrix; returns 0."""
    runs = [read_results(path) for path in arguments.results]
    directory = Path(arguments.directory)
    insist_on_folder(arguments.directory, "-o")
    try:
        links = [_link(path, directory) for path in arguments.results]
        written = write_matrix(runs, directory, catalogue_text(), links)
    except OSError as error:
        raise UsageMistake(f"{directory}: cannot be written: {error.strerror}") from error
    print(f"{len(runs)} runs: {', '.join(map(str, written))}")  # noqa: T201
    return 0


def _link(results: str, directory: Path) -> str:
    # The page of a run stands beside its results; a run without one gets no link.
    place = Path(results)
    page = (place if place.is_dir() else place.parent) / "index.html"
    return Path(os.path.relpath(page, directory)).as_posix() if page.exists() else ""
