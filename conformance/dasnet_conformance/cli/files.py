"""Reading the files that commands are given: a mistake in them is the caller's, told in one line."""

from __future__ import annotations

from pathlib import Path

from dasnet_reports import Results, ResultsFileError, load

from . import UsageMistake


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
    """Write a file as a whole, making its folder. Raises `UsageMistake`."""
    place = Path(path)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    except OSError as error:
        raise UsageMistake(f"{place}: cannot be written: {error.strerror}") from error
