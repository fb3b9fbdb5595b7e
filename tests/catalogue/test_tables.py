"""The catalogue's tables in the form that the build adds: the same as the TOML, and never older than it."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from dasnet_conformance.catalogue import tables

CATALOGUE = Path(str(files("dasnet_conformance.catalogue")))
ALL = sorted(CATALOGUE.glob("*/*.toml"))


def test_the_wheel_has_every_table_and_no_other() -> None:
    made = json.loads((CATALOGUE / tables.NAME).read_text("utf-8"))
    assert made == tables.compiled(path.read_text("utf-8") for path in ALL)


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_table_is_what_its_toml_says(path: Path) -> None:
    assert tables.read_table(path.parent, path.name) == tomllib.loads(path.read_text("utf-8"))


def test_an_edited_table_is_read_anew(tmp_path: Path) -> None:
    text = ALL[0].read_text("utf-8")
    tmp_path.joinpath("edited.toml").write_text(f"{text}\n[added]\nby = 'hand'\n", "utf-8")
    assert tables.read_table(tmp_path, "edited.toml") == {**tomllib.loads(text), "added": {"by": "hand"}}
