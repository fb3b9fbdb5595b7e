"""`dasnet drift`: compare a page of the module's documentation with the catalogue. Prints."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from dasnet_conformance.catalogue.drift import PageError, differences, known_symbols, read_page
from dasnet_conformance.catalogue.loader import load_catalogue

from . import UsageMistake


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("page", metavar="PAGE", help="the page's source, reStructuredText")


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Compare; returns 1 when something is new, gone or changed."""
    try:
        found = read_page(Path(arguments.page).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageMistake(f"{arguments.page}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    except PageError as error:
        raise UsageMistake(f"{arguments.page}: {error}") from error
    drifted = differences(known_symbols(), found)
    clauses = load_catalogue().clauses.values()
    for difference in drifted:
        print(difference)  # noqa: T201
        concerned = [clause.id for clause in clauses if clause.symbol == difference.name]
        if concerned:
            print(f"  clauses to look at: {', '.join(concerned)}")  # noqa: T201
    print(f"{len(found)} symbols on the page, {len(drifted)} differ from the catalogue")  # noqa: T201
    return 1 if drifted else 0
