"""The files and folders that commands are given: a mistake in them is the caller's, told in one line.

What a command writes in the end is tried before it begins, so that nobody waits for a run whose report has no place.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from dasnet_conformance.gate.baseline import BaselineError, read_baseline
from dasnet_reports import Results, ResultsFileError, load

from . import UsageMistake


def insist_on_report(path: str) -> None:
    """Raise `UsageMistake` for what is no folder where the folder of a report is due."""
    if Path(path).exists() and not Path(path).is_dir():
        raise UsageMistake(f"{path} is a file; give the folder of a report, with all that was written there")


def read_results(path: str) -> Results:
    """Results from a results.json, or from the directory of a report. Raises `UsageMistake`."""
    place = Path(path)
    if place.is_dir():
        place /= "results.json"
    try:
        return load(place)
    except ResultsFileError as error:
        raise UsageMistake(str(error)) from error
    except OSError as error:
        raise UsageMistake(f"{place}: cannot be read: {error.strerror}; give a results.json of dasnet run") from error


def write_text(path: str, text: str) -> None:
    """Write a file as a whole or not at all, making its folder; one that is there stays until then.

    Raises `UsageMistake`.
    """
    place = Path(path)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        replace_text(place, text)
    except OSError as error:
        raise UsageMistake(f"{place}: cannot be written: {error.strerror}") from error


def replace_text(place: Path, text: str) -> None:
    """Put a text in the place of a file, at once, with the mode that it had. Raises `OSError`, and leaves it then."""
    if place.exists() and not place.is_file():
        place.write_text(text, "utf-8")  # a device or a pipe has no earlier text to lose
        return
    whole = place.resolve()  # a link goes on being one
    partial = whole.with_name(f".{whole.name}.{os.getpid()}.partial")
    try:
        partial.write_text(text, "utf-8")
        if whole.exists():
            shutil.copymode(whole, partial)
        partial.replace(whole)
    finally:
        partial.unlink(missing_ok=True)


def insist_on_folder(path: str, option: str) -> None:
    """Raise `UsageMistake` where nothing could be written to that folder, which need not exist yet.

    Arguments: `option`, how the caller names it.
    """
    _insist(Path(path), f"{option} {path}")


def _insist(place: Path, told: str) -> None:
    for above in (place, *place.parents):
        if above.exists() or above.is_symlink():
            break
    if not above.is_dir():
        what = "it" if told.endswith(f" {above}") else str(above)
        raise UsageMistake(f"{told}: {what} is a file; name a folder, or a place where one can be made")
    try:
        # The one way to know: permissions say nothing of a file system that is full or read-only.
        with tempfile.TemporaryFile(dir=above):
            pass
    except OSError as error:
        raise UsageMistake(f"{told}: {above} cannot be written to: {error.strerror}") from None


def insist_on_file(path: str, option: str) -> None:
    """Raise `UsageMistake` where that file could not be written; whether it exists is another matter.

    Arguments: `option`, how the caller names it.
    """
    place = Path(path)
    if place.is_dir():
        raise UsageMistake(f"{option} {path}: it is a folder; name a file")
    if not place.exists():
        _insist(place.parent, f"{option} {path}")
    elif not os.access(place, os.W_OK):
        raise UsageMistake(f"{option} {path}: it cannot be written to")


def insist_on_baseline(path: str | Path) -> None:
    """Raise `UsageMistake` for a list of known failures that cannot be read."""
    try:
        read_baseline(Path(path))
    except BaselineError as error:
        raise UsageMistake(str(error)) from error
