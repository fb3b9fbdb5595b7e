"""Fixtures that the tests of the suite's tools share."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from conformance_tools import Ran, Workshop, once
from dasnet_conformance.stage.ports import Ports

# How wide the lines of pytest-xdist are, as it tells its workers, is no concern of the commands that are tried here.
os.environ.pop("COLUMNS", None)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


@pytest.fixture
def ports() -> Iterator[Ports]:
    ports = Ports()
    yield ports
    ports.close()


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    """The reference judged by everything, in two workers; the run, and the folder of its reports."""

    def judge(folder: Path) -> None:
        options = ("--strict", "--seed", "20", "-n", "2", "--report-dir", "reports")
        ran = Workshop(folder).dasnet("run", "reference", *options)
        (folder / "ran.json").write_text(json.dumps(asdict(ran)), "utf-8")

    place = once(tmp_path_factory, "whole", judge)
    return Ran(**json.loads((place / "ran.json").read_text("utf-8"))), place / "reports"
