"""The built site in the browser of `tests/browser`. `DASNET_SITE` is the folder of its pages; else it is built."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS / "browser"))

_spec = importlib.util.spec_from_file_location("browser_fixtures", TESTS / "browser" / "conftest.py")
assert _spec is not None
assert _spec.loader is not None
_fixtures = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_fixtures)
chromium, browser = _fixtures.chromium, _fixtures.browser


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the pages."""
    if built := os.environ.get("DASNET_SITE"):
        return Path(built)
    folder = tmp_path_factory.mktemp("site")
    subprocess.run([sys.executable, str(TESTS.parent / "docs" / "build_site.py"), "-o", str(folder)], check=True)
    return folder / "html"
