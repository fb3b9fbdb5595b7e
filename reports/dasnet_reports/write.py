"""Writing the reports of a run, and the matrix of many, into a directory.

What lives here: the table of renderers and the functions that write what they make. A further report is a further line
of RENDERERS. May touch: files in the directory it is given.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from . import as_html, as_json, as_junit, as_markdown, badge, matrix
from .catalogue_text import NO_TEXTS, CatalogueText
from .model import Results

Render = Callable[[Results, CatalogueText], str]
"""A pure function from results, and what is known about requirements beside them, to the text of a report."""


class Renderer(NamedTuple):
    """One kind of report: the name of its file, and the function that makes its text."""

    filename: str
    render: Render


# A report that shows nothing but results.
def _alone(render: Callable[[Results], str]) -> Render:
    return lambda results, _: render(results)


RENDERERS: dict[str, Renderer] = {
    "json": Renderer("results.json", _alone(as_json.dump)),
    "junit": Renderer("junit.xml", _alone(as_junit.render)),
    "markdown": Renderer("summary.md", _alone(as_markdown.render)),
    "html": Renderer("index.html", as_html.render),
    "badge": Renderer("badge.svg", _alone(badge.render_badge)),
    "endpoint": Renderer("badge.json", _alone(badge.render_endpoint)),
}
"""Name of a report -> its renderer, in the order they are written."""


def write_reports(
    results: Results, directory: str | os.PathLike[str], catalogue: CatalogueText = NO_TEXTS
) -> list[Path]:
    """Write every report of RENDERERS into `directory`, making it if need be.

    Each file appears whole or not at all, and none appears when a renderer or the disk fails, so that an earlier report
    stays whole: everything is rendered first, then all texts are written beside their places, and moved there in the
    end. The text is UTF-8 with line feeds on every platform.
    Arguments: `catalogue`, what is known about requirements beside their results, for the reports that show it.
    Returns: the paths of the files, in the order of RENDERERS.
    Errors: OSError when the directory or a file cannot be written.
    """
    texts = [(renderer.filename, renderer.render(results, catalogue)) for renderer in RENDERERS.values()]
    return _write_all(texts, directory)


def write_matrix(
    runs: Sequence[Results],
    directory: str | os.PathLike[str],
    catalogue: CatalogueText = NO_TEXTS,
    links: Sequence[str] = (),
) -> list[Path]:
    """Write the matrix of `runs` into `directory`: index.html, matrix.md and matrix.json, as `write_reports` writes.

    Arguments: `links`, for each run the path of its own report, relative to `directory`; see `tabulate`.
    Returns: the paths of the files. Errors: ValueError as `tabulate`, OSError when something cannot be written.
    """
    texts = [
        ("index.html", matrix.render_matrix(runs, catalogue, links)),
        ("matrix.md", matrix.render_matrix_markdown(runs, catalogue, links)),
        ("matrix.json", matrix.render_matrix_json(runs, catalogue, links)),
    ]
    return _write_all(texts, directory)


def _write_all(texts: Sequence[tuple[str, str]], directory: str | os.PathLike[str]) -> list[Path]:
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    # Same directory, so that each move stays inside one file system; the process id keeps two runs apart.
    partials = [folder / f".{filename}.{os.getpid()}.partial" for filename, _ in texts]
    paths = [folder / filename for filename, _ in texts]
    try:
        for partial, (_, text) in zip(partials, texts, strict=True):
            partial.write_bytes(text.encode("utf-8"))
        for partial, path in zip(partials, paths, strict=True):
            partial.replace(path)
    finally:
        for partial in partials:
            partial.unlink(missing_ok=True)
    return paths
