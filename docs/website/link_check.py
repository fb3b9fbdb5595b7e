"""Whether every link of the built pages leads somewhere: to a file of the site, and to an anchor that is in it.

Sphinx warns of links of Markdown alone. This reads the HTML that a reader gets, with what templates and raw pieces put
there. Links to other hosts are not followed: the build needs no network. It reads the folder that it is given.
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: Attributes that hold an address.
_ADDRESSES = {"a": "href", "link": "href", "script": "src", "img": "src", "form": "action", "source": "src"}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag links to, and what it can be linked by."""
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if _ADDRESSES.get(tag) in values and values.get("rel") != "canonical":
            self.links.add(values[_ADDRESSES[tag]])


def broken_links(folder: Path) -> list[str]:
    """What leads nowhere, a line each; links to other hosts count as sound."""
    pages = {path: _read(path) for path in sorted(folder.rglob("*.html"))}
    broken = []
    for path, page in pages.items():
        for link in sorted(page.links):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            anchor = unquote(parts.fragment)
            told = f"{path.relative_to(folder)}: {link}"
            if not target.is_file():
                broken.append(f"{told} leads to no file")
            elif anchor and target in pages and anchor not in pages[target].anchors:
                broken.append(f"{told} leads to no anchor")
    return broken


def foreign_loads(folder: Path) -> list[str]:
    """Whatever a page would load from another host: a line each. The site has to be whole without a network."""
    found = []
    for path in sorted(folder.rglob("*.html")):
        page = _Loads()
        page.feed(path.read_text("utf-8"))
        found += [f"{path.relative_to(folder)}: loads {address}" for address in sorted(page.loads)]
    return found


class _Loads(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loads: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the browser fetches by itself."""
        values = {name: value or "" for name, value in attrs}
        address = values.get("src", "") or (values.get("href", "") if tag == "link" else "")
        if urlsplit(address).netloc and values.get("rel") not in ("canonical", "next", "prev"):
            self.loads.add(address)


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text("utf-8"))
    return page
