"""The front page: the README with a search box in front, and the sidebar's groups behind it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

TABLE = Path(__file__).parent / "navigation.toml"

_SEARCH = """\
<form class="find" role="search" action="search.html" method="get">
<label class="unseen" for="find">Search</label>
<input id="find" name="q" type="search" placeholder="a requirement, or words: second client not lost">
<button>Search</button>
</form>"""


def front_page(readme: str, pages: Iterable[str]) -> str:
    """The start page. Arguments: `readme`, with its links turned; `pages`, every page of the site that is listed."""
    title, _, rest = readme.partition("\n")
    return "\n\n".join([title, _SEARCH, rest.strip(), *_toctrees(set(pages))]) + "\n"


def _toctrees(pages: set[str]) -> list[str]:
    groups = tomllib.loads(TABLE.read_text("utf-8"))["group"]
    listed = {page for group in groups for page in group["pages"]}
    groups[-1]["pages"] += sorted(page for page in pages if page.startswith("docs/") and page not in listed)
    return [
        f"```{{toctree}}\n:hidden:\n:caption: {group['title']}\n\n"
        + "\n".join(page.removesuffix(".md") for page in group["pages"] if page in pages)
        + "\n```"
        for group in groups
    ]
