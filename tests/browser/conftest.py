"""A real headless Chromium for the tests of the pages, one for all of them, and a fresh page for each.

Without Chromium the tests are skipped and say what to install; in continuous integration that is a failure, for nobody
would read of it.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolchains import skip_or_fail

# Rows and results are built as for the other tests of the reports.
sys.path.insert(0, str(Path(__file__).parents[1] / "reports"))

HINT = "install them: apt-get install chromium chromium-driver, and pip install 'dasnet-conformance[test]'"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """The browser, of a profile of its own, empty and thrown away."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    try:
        import selenium
    except ImportError:
        selenium = None
    missing = [
        name for name, found in (("Chromium", program), ("chromedriver", driver), ("selenium", selenium)) if not found
    ]
    if missing:
        skip_or_fail(f"{' and '.join(missing)} not found; {HINT}")

    from chromium_driver import start

    browser = start(program, driver, tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium: object) -> Iterator[object]:
    """The browser, with nothing left of the test before. Afterwards it may have nothing to complain about."""
    from chromium_driver import Browser

    assert isinstance(chromium, Browser)
    chromium.refresh_settings()
    yield chromium
    assert chromium.complaints() == []
