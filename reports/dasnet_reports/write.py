"""Writing the reports of a run into a directory.

What lives here: the table of renderers and the one function that writes what they make. A further report is a further
line of RENDERERS. May touch: files in the directory it is given.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from . import as_json, as_junit, as_markdown
from .model import Results


class Renderer(NamedTuple):
    """One kind of report: the name of its file, and the pure function that makes its text."""

    filename: str
    render: Callable[[Results], str]


RENDERERS: dict[str, Renderer] = {
    "json": Renderer("results.json", as_json.dump),
    "junit": Renderer("junit.xml", as_junit.render),
    "markdown": Renderer("summary.md", as_markdown.render),
}
"""Name of a report -> its renderer, in the order they are written."""


def write_reports(results: Results, directory: str | os.PathLike[str]) -> list[Path]:
    """Write every report of RENDERERS into `directory`, making it if need be.

    Each file appears whole or not at all, and none appears when a renderer fails: everything is rendered first, then
    each text is written beside its place and moved there. The text is UTF-8 with line feeds on every platform.
    Returns: the paths of the files, in the order of RENDERERS.
    Errors: OSError when the directory or a file cannot be written.
    """
    texts = [(renderer.filename, renderer.render(results)) for renderer in RENDERERS.values()]
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    return [_write_whole(folder / filename, text) for filename, text in texts]


def _write_whole(path: Path, text: str) -> Path:
    # Same directory, so that the move stays inside one file system; the process id keeps two runs apart.
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(text.encode("utf-8"))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path
