"""Where a file of the repository is on the site, and the links of Markdown turned to it.

The site keeps the repository's paths, but for the pages in `MOVED`. A link to a file that is no page leads to a page
that shows the file; a link to a folder to its README.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import Path

from dasnet_adapters.profiles import PROFILES

#: Pages that stand elsewhere on the site, or whose content is made anew for it.
MOVED = {
    "README.md": "index.md",
    "docs/catalogue.md": "catalogue/index.md",
    "docs/catalogue/clauses.md": "catalogue/clauses.md",
    **{f"docs/catalogue/{name}.md": f"profiles/{name}.md" for name in PROFILES},
    "reports/published/matrix.md": "verdicts/matrix.md",
    "reports/published/kill-matrix.md": "verdicts/kill-matrix.md",
}

#: Folders of pages, with what belongs to the site of each.
PAGES = {
    ".": "*.md",
    "docs": "*.md",
    "docs/ci": "*.md",
    "adapters": "*/README.md",
    "reports/published": "README.md",
}

_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)\s*?$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?P<image>!?)\[(?P<text>(?:[^\[\]`]|`[^`]*`)*)\]\((?P<target>(?![a-z]+:|#)[^)\s]+)\)")


class Routes:
    """The pages of a repository, and what they link to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        #: Files that some page links to, by their path in the repository: each gets a page that shows it.
        self.shown: set[str] = set()
        #: Pictures that some page shows.
        self.pictures: set[str] = set()

    def pages(self) -> list[str]:
        """The paths of every page that is copied."""
        found = [path for folder, pattern in PAGES.items() for path in (self.root / folder).glob(pattern)]
        return sorted(path.relative_to(self.root).as_posix() for path in found)

    def place(self, path: str) -> str:
        """The site's page for a path of the repository; a file that is no page is noted, so that one is made.

        Raises `ValueError` where there is nothing to lead to.
        """
        whole = self.root / path
        if path in MOVED:
            return MOVED[path]
        if whole.is_dir():
            if f"{path}/README.md" in self.pages():
                return f"{path}/README.md"
            self.shown |= {each.relative_to(self.root).as_posix() for each in whole.iterdir() if each.is_file()}
            return f"files/{path}/index.md"
        if path in self.pages():
            return path
        if not whole.is_file():
            raise ValueError(f"there is no {path}")
        self.shown.add(path)
        return f"files/{path}.md"

    def turned(self, text: str, page: str) -> str:
        """The text of a page with its links turned to the site. Arguments: `page`, its path in the repository."""

        def turn(link: re.Match[str]) -> str:
            target, hash_mark, anchor = link["target"].partition("#")
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
            if link["image"]:
                self.pictures.add(path)
                return f"![{link['text']}]({relative(path, MOVED.get(page, page))})"
            there = relative(self.place(path), MOVED.get(page, page))
            return f"[{link['text']}]({there}{hash_mark}{anchor})"

        return outside_code(text, lambda part: _LINK.sub(turn, part))


def relative(target: str, page: str) -> str:
    """The way from one page of the site to another."""
    return posixpath.relpath(target, posixpath.dirname(page) or ".")


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with a change made to everything but its blocks of code."""
    parts: list[str] = []
    end = 0
    for block in _FENCE.finditer(text):
        parts += [change(text[end : block.start()]), block[0]]
        end = block.end()
    return "".join([*parts, change(text[end:])])
