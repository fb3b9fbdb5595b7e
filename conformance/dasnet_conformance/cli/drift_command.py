"""`dasnet drift`: compare a page of the module's documentation with the catalogue. Reads that page; prints."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from dasnet_adapters.text_files import NotText, read_text
from dasnet_conformance.catalogue.documentation import Page, PageError, read_page
from dasnet_conformance.catalogue.drift import differences, known_symbols, matched, requirements_of
from dasnet_conformance.catalogue.statements import file_of, fingerprinted, known_statements
from dasnet_reports import harmless

from . import UsageMistake

#: Characters of a line that quotes the page.
_LONGEST: Final = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("page", metavar="PAGE", help="the page's source, reStructuredText")
    parser.add_argument(
        "--fingerprint",
        action="store_true",
        help="compare nothing: print the page's statements as the catalogue keeps them, to be reviewed by hand",
    )


def execute(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    """Compare; returns 1 when something is new, gone, changed, contradictory or could not be read."""
    page = _page(arguments.page)
    if arguments.fingerprint:
        return _fingerprint(page)
    drifted = differences(known_symbols(), known_statements(), page)
    for difference in drifted:
        print(harmless(str(difference), _LONGEST, one_line=True))  # noqa: T201
        if difference.clauses:
            print(f"  clauses to look at: {', '.join(difference.clauses)}")  # noqa: T201
            print(f"  requirements that hang on them: {', '.join(requirements_of(difference.clauses)) or 'none'}")  # noqa: T201
    told = f"{len(page.symbols)} symbols and {len(page.statements)} statements on the page"
    unread = f", {len(page.unread)} places not read" if page.unread else ""
    print(f"{told}{unread}, {len(drifted)} differ from the catalogue")  # noqa: T201
    return 1 if drifted else 0


def _page(given: str) -> Page:
    path = Path(given)
    folder = path.parent.resolve()

    def beside(name: str) -> str | None:
        # A page includes what stands beside or below it; anything else of the machine is none of its business.
        file = (folder / name).resolve()
        try:
            return read_text(file) if file.is_relative_to(folder) and file.is_file() else None
        except (OSError, NotText):
            return None

    try:
        return read_page(read_text(path), beside)
    except OSError as error:
        # The path as it was given: of an address, a `Path` leaves a slash out.
        hint = "; save the page, and give its file" if "://" in given else ""
        raise UsageMistake(f"{given}: cannot be read: {error.strerror}{hint}") from error
    except (NotText, PageError) as error:
        raise UsageMistake(f"{path}: {error}") from error


def _fingerprint(page: Page) -> int:
    # Clauses are carried over from statements that are the same or alike; whoever reviews the list corrects them.
    known = known_statements()
    prints = [fingerprinted(statement) for statement in page.statements]
    pairs = matched(known, prints)
    print(file_of(replace(p, clauses=known[pairs[at]].clauses if at in pairs else ()) for at, p in enumerate(prints)))  # noqa: T201
    return 0
