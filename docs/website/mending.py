"""What the theme leaves out that a screen reader asks for, put into the built pages; axe-core found each.

It writes into the folder that it is given. Where the theme no longer has what is mended here, it says so, and the row
can go.
"""

from __future__ import annotations

from pathlib import Path

#: What stands in the theme's pages, what is to stand there, and why.
MENDED = {
    # A heading by its role has to say of which level it is.
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    # Two asides on a page need names, to be told apart.
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="Pages of the site">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="Contents of this page">',
    # A page has a heading of the first level, the search before it has found anything, too.
    '<div id="search-results"></div>': '<h1>Search</h1>\n<div id="search-results" aria-live="polite"></div>',
}


def mend(folder: Path) -> list[str]:
    """Mend every page; returns what was found on none, a line each."""
    unseen = set(MENDED)
    for path in folder.rglob("*.html"):
        text = before = path.read_text("utf-8")
        for old, new in MENDED.items():
            if old in text:
                unseen.discard(old)
                text = text.replace(old, new)
        if text != before:
            path.write_text(text, "utf-8")
    return [f"no page has {old}, which docs/website/mending.py mends" for old in sorted(unseen)]
