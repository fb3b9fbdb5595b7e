"""A release: its notes, the page that an index makes of it, its version wherever that stands, and its workflow.

The whole of it, with fresh environments, is `tox -e release`, which takes a network.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ruamel.yaml import YAML

import dasnet_reference

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
VERSION = PROJECT["version"]
WORKFLOW = ROOT / ".github" / "workflows" / "release.yml"
REPOSITORY = "https://git.example.org/dasnet"
#: Of the module, which is nobody's file here.
DOCUMENTATION = "https://daslang.io/doc/stdlib/generated/network.html"

CHANGELOG = """\
# Changelog

## 0.2.0 (2026-11-25)

- new

## 0.1.0 (2026-01-01)

- old
"""


@pytest.fixture(scope="module")
def release() -> ModuleType:
    """.ci/release.py, which is no package."""
    spec = importlib.util.spec_from_file_location("release", ROOT / ".ci" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _metadata(**variables: str) -> dict[str, Any]:
    kept = {name: text for name, text in os.environ.items() if name != "DASNET_REPOSITORY"}
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "metadata"],
        cwd=ROOT,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


# the page of an index


def test_without_a_repository_the_description_has_no_link_into_it() -> None:
    told = _metadata()
    text = told["readme"]["text"]
    assert re.findall(r"\]\((?![a-z]+:|#)", text) == []
    assert "[The catalogue]" not in text
    assert "The catalogue of requirements and clauses" in text
    assert "urls" not in told


def test_with_a_repository_every_link_leads_to_a_file_of_the_release() -> None:
    told = _metadata(DASNET_REPOSITORY=f"{REPOSITORY}/")
    links = re.findall(r"\]\(([^)]+)\)", told["readme"]["text"])
    start = f"{REPOSITORY}/blob/v{VERSION}/"
    assert len(links) > 20
    (picture,) = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", told["readme"]["text"])
    assert picture == f"{REPOSITORY}/raw/v{VERSION}/docs/failing-ladder.svg"
    for link in links:
        if link not in (picture, DOCUMENTATION):
            assert link.startswith(start)
            assert (ROOT / link.removeprefix(start).partition("#")[0]).exists()
    assert told["urls"]["Changelog"] == f"{start}CHANGELOG.md"


def test_what_is_code_stays_as_it_is(release: ModuleType) -> None:
    module = release.description()
    text = "[a](b.md) [c](#d) [e](https://f)\n```toml\n[g](h)\n```\n[`i`](j.md#k)\n"
    assert module.for_an_index(text, "") == "a [c](#d) [e](https://f)\n```toml\n[g](h)\n```\n`i`\n"
    assert "[`i`](place/j.md#k)" in module.for_an_index(text, "place")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("Version: 1.0", "Version: 1.1"), "its version is 1.1, not 1.0"),
        (("text/markdown", "text/plain"), "not told to be Markdown"),
        (("word " * 300, "word"), "not the README"),
        (("word ", "[word](docs/page.md) "), "links that an index cannot follow: ](docs/page.md)"),
        (("word ", "[word](https://git.example.org/page.md) "), ""),
    ],
)
def test_a_page_that_would_be_wrong_is_told(changed: tuple[str, str], told: str, release: ModuleType) -> None:
    text = f"Version: 1.0\nDescription-Content-Type: text/markdown\n\n{'word ' * 300}\n"
    assert release.problem_of(text, "1.0") == ""
    found = release.problem_of(text.replace(*changed), "1.0")
    assert told in found
    assert bool(found) == bool(told)


# the notes


def test_the_notes_are_the_section_of_the_version(release: ModuleType) -> None:
    assert release.notes_of("0.2.0", CHANGELOG) == "Released 2026-11-25.\n\n- new\n"


@pytest.mark.parametrize(
    ("version", "changelog", "told"),
    [
        ("0.3.0", CHANGELOG, "does not begin with '## 0.3.0 (DATE)'"),
        ("0.1.0", CHANGELOG, "does not begin with '## 0.1.0 (DATE)'"),
        ("0.2.0", CHANGELOG.replace("- new\n", ""), "says nothing of 0.2.0"),
        ("0.2.0", CHANGELOG.replace("## 0.2.0", "## Unreleased\n\n- newer\n\n## 0.2.0"), "has a section Unreleased"),
        ("0.2.0", "# Changelog\n", "date its section"),
    ],
)
def test_a_changelog_that_is_not_ready_is_told(version: str, changelog: str, told: str, release: ModuleType) -> None:
    with pytest.raises(SystemExit, match=re.escape(told)):
        release.notes_of(version, changelog)


def test_another_tag_than_the_versions_is_refused(release: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=re.escape(f"the tag v9.9.9 is not v{VERSION}")):
        release.main(["--tag", "v9.9.9", "-o", str(tmp_path)])
    assert list(tmp_path.iterdir()) == []


# the Pythons


def test_a_python_that_is_no_python_counts_as_absent(
    release: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # As a manager of versions leaves it for one that is not in use.
    for version in ("3.11", "3.12", "3.13", "3.14"):
        (tmp_path / f"python{version}").write_text("#!/bin/sh\necho not in use >&2\nexit 127\n", "utf-8")
        (tmp_path / f"python{version}").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = release.pythons(PROJECT)
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert list(found) == ["3.11", "3.12", "3.13", "3.14"]
    assert {version for version, program in found.items() if program} == {own}
    monkeypatch.setattr(release, "try_wheel", lambda *arguments: None)
    monkeypatch.delenv("CI", raising=False)
    assert release.try_everywhere(Path("x.whl"), found, tmp_path) == [own]
    assert "skipped: Python 3." in capsys.readouterr().out
    monkeypatch.setenv("CI", "true")
    with pytest.raises(SystemExit, match="not installed, and a release is tried with every one that it names"):
        release.try_everywhere(Path("x.whl"), found, tmp_path)


# the version and the workflow


def test_the_version_is_the_same_everywhere() -> None:
    assert dasnet_reference.__version__ == VERSION
    for page in sorted((ROOT / "docs" / "ci").glob("*.md")):
        told = re.findall(r"(?:dasnet-conformance==|runs dasnet |dasnet@v|rev: v)([\d.]+\d)", page.read_text("utf-8"))
        assert set(told) == {VERSION}, page.name


def test_the_workflow_publishes_what_was_tried_without_a_password() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(WORKFLOW)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    workflow = YAML(typ="safe").load(WORKFLOW.read_text("utf-8"))
    build, publish, notes = (workflow["jobs"][name] for name in ("build", "publish", "notes"))
    assert workflow["permissions"] == {"contents": "read"}
    assert (publish["needs"], notes["needs"]) == ("build", "publish")
    # The job that may publish runs nothing of the repository, and has no right beyond that.
    assert publish["permissions"] == {"id-token": "write"}
    assert [step["uses"].partition("@")[0] for step in publish["steps"]] == [
        "actions/download-artifact",
        "pypa/gh-action-pypi-publish",
    ]
    assert all("permissions" not in job or "id-token" not in job["permissions"] for job in (build, notes))
    assert any("tox -e release -- --tag" in step.get("run", "") for step in build["steps"])
    (setup,) = [step for step in build["steps"] if step.get("uses", "").startswith("actions/setup-python")]
    named = [text.rpartition(" :: ")[2] for text in PROJECT["classifiers"] if "Python :: 3." in text]
    assert sorted(setup["with"]["python-version"].split()) == named
