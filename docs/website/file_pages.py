"""Pages that show files of the repository, with a number and an anchor for each line, so that links lead into them.

It reads the files that are linked to.
"""

from __future__ import annotations

import posixpath
from pathlib import Path

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_for_filename
from pygments.util import ClassNotFound

from .routes import Routes
from .words import UNSEARCHED


def file_pages(routes: Routes) -> dict[str, str]:
    """A page for each file that some page links to, and for each folder of them, by its place on the site."""
    pages = {f"files/{path}.md": _file(routes.root / path, path) for path in sorted(routes.shown)}
    folders: dict[str, list[str]] = {}
    for path in sorted(routes.shown):
        folders.setdefault(posixpath.dirname(path), []).append(posixpath.basename(path))
    for folder, names in folders.items():
        listed = "\n".join(f"- [`{name}`]({name}.md)" for name in names)
        pages[f"files/{folder}/index.md" if folder else "files/index.md"] = (
            f"{UNSEARCHED}# Files of {folder or 'the repository'}\n\n{listed}\n"
        )
    return pages


def _file(path: Path, name: str) -> str:
    text = path.read_text("utf-8")
    try:
        lexer = get_lexer_for_filename(path.name)
    except ClassNotFound:
        lexer = TextLexer()
    shown = highlight(text, lexer, HtmlFormatter(linenos="inline", lineanchors="line", wrapcode=True))
    # As Sphinx frames its own, so that both dresses fit; a fence longer than any in the file.
    block = f'<div class="highlight-file notranslate">{shown}</div>'
    fence = "`" * 12
    return f"{UNSEARCHED}# {posixpath.basename(name)}\n\n`{name}`\n\n{fence}{{raw}} html\n{block}\n{fence}\n"
