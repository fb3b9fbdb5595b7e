"""Makes the site: the repository's pages and the suite's data as a folder of HTML that needs no network.

    python docs/build_site.py [-o DIR]

It lays the sources down in DIR/source, has Sphinx make DIR/html from them, and ends with 1 where Sphinx warns of
anything, where a link leads nowhere, or where a page would load something from elsewhere. `tox -e site` calls it; DIR
is out/site unless given. The pages open from the folder as well as from a server, and the search works in both.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

from website.api_page import api_page
from website.catalogue_pages import catalogue_pages
from website.file_pages import file_pages
from website.link_check import broken_links, foreign_loads
from website.mending import mend
from website.navigation import front_page
from website.pictures import with_pictures
from website.requirement_pages import requirement_pages
from website.routes import MOVED, Routes
from website.verdict_pages import verdict_pages
from website.words import UNLISTED

ROOT = Path(__file__).parents[1]
#: Pages that stand in no sidebar: what links to them leads there.
ASIDE = ("adapters/", "reports/")


def sources(routes: Routes) -> dict[str, str]:
    """The text of every page by its place on the site."""
    pages = {**catalogue_pages(), **verdict_pages(), **requirement_pages(routes), "api/index.md": api_page()}
    for path in routes.pages():
        if path in MOVED:
            continue
        text = routes.turned((ROOT / path).read_text("utf-8"), path)
        pages[path] = UNLISTED + text if path.startswith(ASIDE) else text
    pages["docs/performance.md"] = with_pictures(pages["docs/performance.md"])
    readme = routes.turned((ROOT / "README.md").read_text("utf-8"), "README.md")
    pages["index.md"] = front_page(readme, pages)
    # Last: every page has said by then which files it links to.
    return {**pages, **file_pages(routes)}


def lay_down(folder: Path) -> int:
    """Write the sources; returns how many pages there are."""
    routes = Routes(ROOT)
    pages = sources(routes)
    for place, text in pages.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for picture in routes.pictures:
        (folder / picture).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / picture, folder / picture)
    return len(pages)


def main(arguments: list[str]) -> int:
    """Make the site; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "out" / "site", metavar="DIR")
    output = parser.parse_args(arguments).output.resolve()
    start = time.monotonic()
    for name in ("source", "html", "doctrees"):
        shutil.rmtree(output / name, ignore_errors=True)
    count = lay_down(output / "source")

    from sphinx.cmd.build import main as sphinx

    html = output / "html"
    places = ["-c", str(ROOT / "docs" / "website"), "-d", str(output / "doctrees"), str(output / "source"), str(html)]
    if sphinx(["-b", "html", "-W", "--keep-going", "-q", "-j", str(os.cpu_count() or 1), *places]):
        return 1
    wrong = [*mend(html), *broken_links(html), *foreign_loads(html)]
    sys.stderr.write("".join(f"{line}\n" for line in wrong))
    if wrong:
        return 1
    told = f"{count} pages in {time.monotonic() - start:.0f} s, every link leads somewhere"
    sys.stdout.write(f"{told}: {html / 'index.html'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
