"""Links of the repository's pages, turned to where things are on the site."""

from __future__ import annotations

from pathlib import Path

import pytest

from website.routes import Routes, outside_code, relative


@pytest.fixture
def routes(tmp_path: Path) -> Routes:
    files = ["README.md", "docs/catalogue.md", "docs/page.md", "docs/ci/other.md", "examples/small.py", "data/a.toml"]
    for name in [*files, "adapters/node/README.md", "docs/picture.svg"]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text\n", "utf-8")
    return Routes(tmp_path)


@pytest.mark.parametrize(
    ("page", "link", "turned"),
    [
        ("docs/page.md", "[a](ci/other.md#part)", "[a](ci/other.md#part)"),
        ("docs/ci/other.md", "[a](../page.md)", "[a](../page.md)"),
        ("README.md", "[a `b]` c](docs/page.md)", "[a `b]` c](docs/page.md)"),
        ("docs/page.md", "[a](../README.md)", "[a](../index.md)"),
        ("docs/page.md", "[a](catalogue.md)", "[a](../catalogue/index.md)"),
        ("docs/page.md", "[a](catalogue/core.md#sendtrue)", "[a](../profiles/core.md#sendtrue)"),
        ("docs/page.md", "[a](catalogue/clauses.md)", "[a](../catalogue/clauses.md)"),
        ("docs/page.md", "[two\nlines](../examples/small.py)", "[two\nlines](../files/examples/small.py.md)"),
        ("docs/page.md", "[a](../adapters/node)", "[a](../adapters/node/README.md)"),
        ("docs/page.md", "[a](../data)", "[a](../files/data/index.md)"),
        ("README.md", "![a](docs/picture.svg)", "![a](docs/picture.svg)"),
        ("README.md", "[a](https://example.org/x.md) [b](#c)", "[a](https://example.org/x.md) [b](#c)"),
    ],
)
def test_a_link_leads_where_its_target_is(routes: Routes, page: str, link: str, turned: str) -> None:
    assert routes.turned(link, page) == turned


def test_files_that_are_linked_to_get_pages_and_pictures_are_copied(routes: Routes) -> None:
    routes.turned("[a](examples/small.py) [b](data) ![c](docs/picture.svg)", "README.md")
    assert routes.shown == {"examples/small.py", "data/a.toml"}
    assert routes.pictures == {"docs/picture.svg"}


def test_a_link_to_nothing_ends_the_build(routes: Routes) -> None:
    with pytest.raises(ValueError, match=r"there is no docs/gone\.md"):
        routes.turned("[a](gone.md)", "docs/page.md")


def test_what_is_code_stays_as_it_is(routes: Routes) -> None:
    text = "[a](catalogue.md)\n```text\n[a](catalogue.md)\n```\n````md\n```\n[a](catalogue.md)\n```\n````\n"
    assert routes.turned(text, "docs/page.md") == text.replace("catalogue.md", "../catalogue/index.md", 1)
    assert outside_code("a\n```\nb\n```\nc", str.upper) == "A\n```\nb\n```\nC"


def test_ways_between_pages() -> None:
    assert relative("requirements/a.b.md", "index.md") == "requirements/a.b.md"
    assert relative("requirements/a.b.md", "verdicts/matrix.md") == "../requirements/a.b.md"
