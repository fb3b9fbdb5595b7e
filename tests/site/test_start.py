"""A stranger's first minute: the README's length and picture, and how the site is made and published."""

from __future__ import annotations

import configparser
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
WORKFLOW = ROOT / ".github" / "workflows" / "site.yml"


def test_the_readme_is_short_and_begins_with_a_failure() -> None:
    assert len(README.splitlines()) < 120
    assert README.index("(docs/failing-ladder.svg)") < README.index("\n## Two commands\n")


def test_the_picture_is_what_a_run_gives() -> None:
    command = [sys.executable, str(ROOT / "docs" / "failing_ladder.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_tox_makes_the_site_in_ci() -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "tox.ini", "utf-8")
    assert "site" in parser["tox"]["env_list"].replace(",", " ").split()
    assert "docs/build_site.py" in parser["testenv:site"]["commands"]


def test_the_workflow_publishes_what_tox_made() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(WORKFLOW)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    workflow = YAML(typ="safe").load(WORKFLOW.read_text("utf-8"))
    build, publish = workflow["jobs"]["build"], workflow["jobs"]["publish"]
    assert any("tox -e site" in step.get("run", "") for step in build["steps"])
    assert [step["with"]["path"] for step in build["steps"] if "pages-artifact" in step.get("uses", "")] == [
        "out/site/html"
    ]
    # The job that may publish runs nothing of the repository.
    assert workflow["permissions"] == {"contents": "read"}
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}
    assert [step["uses"].partition("@")[0] for step in publish["steps"]] == ["actions/deploy-pages"]
