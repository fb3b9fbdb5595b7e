"""The files that hosts of repositories read: their form, that they ask for what dasnet prints, and that they agree."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from dasnet_conformance.cli import COMMANDS, parser_of

ROOT = Path(__file__).parents[2]
FORMS = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
SCHEMAS = {
    **{str(path.relative_to(ROOT)): "vendor.github-issue-forms" for path in FORMS},
    ".github/ISSUE_TEMPLATE/config.yml": "vendor.github-issue-config",
    "CITATION.cff": "vendor.citation-file-format",
}
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def _yaml(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text("utf-8"))


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_file_is_what_its_reader_takes(name: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[name], str(ROOT / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_is_a_form_for_each_kind_of_report() -> None:
    assert [path.stem for path in FORMS] == ["blind-spot", "broken-driver", "false-alarm"]


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_for_what_dasnet_prints(form: Path) -> None:
    text = form.read_text("utf-8")
    fields = {field["id"]: field for field in _yaml(form)["body"] if "id" in field}
    assert fields["version"]["attributes"]["label"] == "dasnet version --verbose"
    assert fields["version"]["validations"] == {"required": True}
    assert fields["doctor"]["attributes"]["label"] == "dasnet doctor"
    assert "reproduce.py" in text
    for command, options in re.findall(r"`dasnet ([a-z-]+)([^`]*)`", text):
        assert command in COMMANDS
        known = {name for action in parser_of(command)._actions for name in action.option_strings}
        assert set(re.findall(r"--[a-z-]+", options)) <= known


def test_the_citation_is_of_this_version_and_its_day() -> None:
    citation = _yaml(ROOT / "CITATION.cff")
    assert citation["version"] == VERSION
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"## {VERSION} ({citation['date-released']})\n" in changelog
    # The project and nobody by name.
    assert [set(author) for author in citation["authors"]] == [{"name"}]
