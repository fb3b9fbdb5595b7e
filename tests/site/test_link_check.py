"""The check of the built pages sees what leads nowhere, and what would come from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from website.link_check import broken_links, foreign_loads
from website.mending import MENDED, mend


def _site(folder: Path, body: str) -> Path:
    (folder / "sub").mkdir()
    (folder / "index.html").write_text(f"<html><body id='top'>{body}</body></html>", "utf-8")
    (folder / "sub" / "a.b.html").write_text("<p id='there'><a href='../index.html#top'>up</a>", "utf-8")
    (folder / "style.css").write_text("", "utf-8")
    return folder


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<a href='sub/a.b.html#there'>x</a><link href='style.css?v=1'><a href='#top'>y</a>", []),
        ("<a href='https://example.org/gone'>x</a><a href='mailto:a@b'>y</a>", []),
        ("<a href='sub/gone.html'>x</a>", ["index.html: sub/gone.html leads to no file"]),
        ("<a href='sub/a.b.html#gone'>x</a>", ["index.html: sub/a.b.html#gone leads to no anchor"]),
        ("<a href='#gone'>x</a>", ["index.html: #gone leads to no anchor"]),
        ("<img src='gone.svg'>", ["index.html: gone.svg leads to no file"]),
        ("<form action='search.html'></form>", ["index.html: search.html leads to no file"]),
    ],
)
def test_what_leads_nowhere_is_told(tmp_path: Path, body: str, told: list[str]) -> None:
    assert broken_links(_site(tmp_path, body)) == told


def test_what_comes_from_elsewhere_is_told(tmp_path: Path) -> None:
    folder = _site(tmp_path, "<script src='https://cdn.example.org/x.js'></script><a href='https://example.org'>x</a>")
    assert foreign_loads(folder) == ["index.html: loads https://cdn.example.org/x.js"]


def test_what_the_theme_left_out_is_put_in_once_and_asked_for(tmp_path: Path) -> None:
    folder = _site(tmp_path, "".join(MENDED))
    assert mend(folder) == []
    text = (folder / "index.html").read_text("utf-8")
    assert all(new in text for new in MENDED.values())
    assert sorted(mend(folder)) == sorted(f"no page has {old}, which docs/website/mending.py mends" for old in MENDED)
