"""The documentation is true: generated parts are up to date, links lead to what is there, pages are shown as pages."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from dasnet_conformance.catalogue.loader import load_catalogue

ROOT = Path(__file__).parents[2]
FOLDERS = {".": "*.md", "docs": "**/*.md", "adapters": "*/README.md", "reports/published": "*.md"}
#: Beyond 512 kB a code host shows the bytes of a page in place of the page.
LARGEST_PAGE = 400_000
PAGES = sorted(page for folder, pattern in FOLDERS.items() for page in (ROOT / folder).glob(pattern))


def test_generated_parts_are_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8"))
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_headings(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", page.read_text("utf-8"))
    missing = [
        f"{path}#{anchor}" for path, anchor in links if anchor not in anchors(page.parent / path if path else page)
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_is_small_enough_to_be_shown(page: Path) -> None:
    assert page.stat().st_size < LARGEST_PAGE


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors of a page's headings, as code hosts make them."""
    prose = re.sub(r"^(```|~~~).*?^\1", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    words = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings)
    return frozenset(re.sub(r"[^\w\- ]", "", each).replace(" ", "-") for each in words)


def test_each_profile_has_a_page_with_each_of_its_requirements() -> None:
    for requirement in load_catalogue().requirements.values():
        page = ROOT / "docs" / "catalogue" / f"{requirement.profile}.md"
        assert requirement.id.replace(".", "") in anchors(page)
