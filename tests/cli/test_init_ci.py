"""`dasnet init-ci` and the action: the YAML is what the CI systems take, and the shell parts do what they are for.

The files are held against the published schemas of those systems. Their scripts are taken out and run, in order and as
the system would run them, on ports that conform, do not, or are not there; only pip is played by a stand-in.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from ci_jobs import ROOT, SH, SOUND, WRONG, Job, accepted, play_github, read_yaml

from conformance_tools import assert_one_line, dasnet
from dasnet_conformance import __version__
from dasnet_conformance.cli import main
from dasnet_conformance.cli.init_ci_command import TEMPLATES
from dasnet_reports import load

ACTION = ROOT / "action.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"


def _workflow(job: Job, **changed: str) -> str:
    """Write the workflow and play it; returns what stands on the job page."""
    assert main(["init-ci", "github", str(job.work)]) == 0
    workflow = read_yaml(job.work / ".github" / "workflows" / "dasnet.yml")
    steps = workflow["jobs"]["dasnet"]
    environment = {**workflow["env"], **steps["env"], **changed}
    play_github(job, steps["steps"], {"github.workspace": str(job.work)}, environment)
    return (job.folder / "summary.md").read_text("utf-8")


def _baseline(job: Job) -> None:
    # A whole run is what a baseline is written from; the profile is the port's own claim then.
    report = job.folder / "for-the-baseline"
    options = ["--strict", "--report-dir", str(report)]
    subprocess.run([*dasnet(), "run", *options], cwd=job.work, capture_output=True, check=False)
    file = str(job.work / "baseline.toml")
    assert main(["baseline", "write", str(report), file, "--owner", "team", "--issue", "issue 7"]) == 0


# the files


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        ('command = "./driver"\ndedline = 3\n', "unknown key 'dedline'"),
        ("command =\n", "dasnet.toml: "),
        ('name = "nothing to start"\n', "give either command"),
    ],
)
def test_a_file_that_cannot_be_meant_is_told_beside_the_job(
    content: str, trouble: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dasnet.toml").write_text(content, "utf-8")
    assert main(["init-ci", "github", str(tmp_path)]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("next: mend the implementation file, with which the job would judge nothing: ")
    assert trouble in last
    (tmp_path / "dasnet.toml").write_text('command = "./driver"\n', "utf-8")
    assert main(["init-ci", "github", str(tmp_path), "-o", "other.yml"]) == 0
    assert "next:" not in capsys.readouterr().out


@pytest.mark.parametrize("system", TEMPLATES)
def test_a_file_is_written_once(system: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init-ci", system, str(tmp_path)]) == 0
    place = tmp_path / TEMPLATES[system].place
    told = capsys.readouterr().out.splitlines()
    assert told[0] == f"{place}: runs dasnet {__version__} on each change"
    assert told[-1].startswith(f"next: write {tmp_path / 'dasnet.toml'}")
    text = place.read_text("utf-8")
    assert f"dasnet-conformance=={__version__}\n" in text
    assert "@" not in re.sub(r'"\$@"|actions/[a-z-]+@v\d', "", text)
    place.write_text("mine", "utf-8")
    assert main(["init-ci", system, str(tmp_path)]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert_one_line(err)
    assert err.startswith(f"dasnet: {place} exists and stays as it is; ")
    assert place.read_text("utf-8") == "mine"


def test_another_place_may_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "dasnet.toml").write_text('command = "./driver"\n', "utf-8")
    assert main(["init-ci", "gitlab", str(tmp_path), "-o", ".gitlab/dasnet.yml"]) == 0
    assert (tmp_path / ".gitlab" / "dasnet.yml").exists()
    assert "next:" not in capsys.readouterr().out


def test_the_place_has_to_be_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").touch()
    assert main(["init-ci", "tox", str(tmp_path / "missing")]) == 3
    assert "is no directory" in capsys.readouterr().err
    assert main(["init-ci", "tox", str(tmp_path), "-o", "taken/tox.ini"]) == 3
    assert_one_line(capsys.readouterr().err)


def test_github_takes_the_workflow(tmp_path: Path) -> None:
    assert main(["init-ci", "github", str(tmp_path)]) == 0
    accepted("vendor.github-workflows", tmp_path / ".github" / "workflows" / "dasnet.yml")


def test_gitlab_takes_the_pipeline(tmp_path: Path) -> None:
    assert main(["init-ci", "gitlab", str(tmp_path)]) == 0
    accepted("vendor.gitlab-ci", tmp_path / ".gitlab-ci.yml", "--data-transform", "gitlab-ci")
    artifacts = read_yaml(tmp_path / ".gitlab-ci.yml")["dasnet"]["artifacts"]
    assert artifacts["when"] == "always"
    assert artifacts["reports"] == {"junit": "dasnet-report/junit.xml"}


def test_github_takes_the_action() -> None:
    accepted("vendor.github-actions", ACTION)


def test_the_report_is_kept_after_a_failure(tmp_path: Path) -> None:
    assert main(["init-ci", "github", str(tmp_path)]) == 0
    workflow = read_yaml(tmp_path / ".github" / "workflows" / "dasnet.yml")
    for steps in (workflow["jobs"]["dasnet"]["steps"], read_yaml(ACTION)["runs"]["steps"]):
        (upload,) = [step for step in steps if step.get("uses", "").startswith("actions/upload-artifact@")]
        assert upload["if"] == "always()"


def test_the_hooks_name_commands_that_exist() -> None:
    hooks = read_yaml(HOOKS)
    assert [hook["id"] for hook in hooks] == ["dasnet-doctor", "dasnet-run"]
    for hook in hooks:
        # What a hook has to have, and no file names: a port is judged as a whole.
        assert {"id", "name", "entry", "language"} <= hook.keys()
        assert (hook["language"], hook["pass_filenames"], hook["stages"]) == ("python", False, ["pre-push"])
        command, *words = hook["entry"].split()
        assert command == "dasnet"
        assert main(["help", words[0]]) == 0


# the scripts


@pytest.mark.parametrize(
    ("port", "status", "verdict"), [(SOUND, 0, "conforming"), (WRONG, 1, "non-conforming")], ids=["sound", "wrong"]
)
def test_the_workflow_ends_as_the_port_deserves(port: str, status: int, verdict: str, tmp_path: Path) -> None:
    job = Job.of(tmp_path, port)
    page = _workflow(job)
    assert job.pip == [f"-m pip install dasnet-conformance=={__version__}"]
    assert job.ended == {"Install dasnet": 0, "Judge the port": status, "Write the summary to the job page": 0}
    assert verdict in page
    assert page == (job.work / "dasnet-report" / "summary.md").read_text("utf-8")
    results = load(job.work / "dasnet-report" / "results.json")
    assert (results.verdict, results.strict) == (verdict, True)


def test_the_workflow_gates_on_a_baseline_that_is_there(tmp_path: Path) -> None:
    job = Job.of(tmp_path, WRONG)
    _baseline(job)
    _workflow(job)
    assert job.ended["Judge the port"] == 0
    (job.work / "port.py").write_text(SOUND, "utf-8")
    (job.work / ".github" / "workflows" / "dasnet.yml").unlink()
    _workflow(job)
    assert job.ended["Judge the port"] == 1, "a listed failure that passes is a difference"


def test_the_workflow_fails_without_a_port_and_says_so_on_the_page(tmp_path: Path) -> None:
    job = Job.of(tmp_path, "")
    page = _workflow(job)
    assert job.ended["Judge the port"] == 3
    assert page == "dasnet wrote no report: see what it said in the step before.\n"


def test_the_workflow_fails_where_there_is_no_such_directory(tmp_path: Path) -> None:
    job = Job.of(tmp_path, SOUND)
    _workflow(job, DASNET_DIRECTORY="missing")
    assert job.ended["Judge the port"] == 3


def test_a_summary_beyond_what_a_page_takes_is_cut(tmp_path: Path) -> None:
    job = Job.of(tmp_path, "")
    (job.work / "dasnet-report").mkdir()
    (job.work / "dasnet-report" / "summary.md").write_text("x" * 3_000_000, "utf-8")
    assert len(_workflow(job)) == 1_000_000


@pytest.mark.parametrize(("port", "status"), [(SOUND, 0), (WRONG, 1), ("", 3)], ids=["sound", "wrong", "missing"])
def test_the_pipeline_ends_as_the_port_deserves(port: str, status: int, tmp_path: Path) -> None:
    job = Job.of(tmp_path, port)
    assert main(["init-ci", "gitlab", str(job.work)]) == 0
    described = read_yaml(job.work / ".gitlab-ci.yml")["dasnet"]
    job.variables["CI_PROJECT_DIR"] = str(job.work)
    variables = {name: text.replace("$CI_PROJECT_DIR", str(job.work)) for name, text in described["variables"].items()}
    assert job.run("script", SH, "\n".join(described["script"]), **variables) == status, job.said
    assert job.pip == [f"-m pip install dasnet-conformance=={__version__}"]
    junit = job.work / described["artifacts"]["reports"]["junit"]
    assert junit.exists() == (status != 3)


@pytest.mark.parametrize(("port", "status"), [(SOUND, 0), (WRONG, 1)], ids=["sound", "wrong"])
def test_the_action_ends_as_the_port_deserves(port: str, status: int, tmp_path: Path) -> None:
    job = Job.of(tmp_path, port)
    action = read_yaml(ACTION)
    inputs = {f"inputs.{name}": str(described["default"]) for name, described in action["inputs"].items()}
    contexts = {**inputs, "inputs.arguments": "-k lowlevel --seed 7", "github.workspace": str(job.work)}
    play_github(job, action["runs"]["steps"], contexts, {})
    assert job.pip == [f"-m venv {job.folder}/dasnet", f"-m pip install {ROOT}"]
    assert job.ended["Judge the port"] == status, job.said
    assert contexts["steps.judge.outputs.status"] == str(status)
    document = json.loads((job.work / "dasnet-report" / "results.json").read_text("utf-8"))
    assert document["seed"] == 7
    assert (job.folder / "summary.md").read_text("utf-8")


def test_the_action_does_not_run_what_an_input_holds(tmp_path: Path) -> None:
    job = Job.of(tmp_path, SOUND)
    action = read_yaml(ACTION)
    inputs = {f"inputs.{name}": str(described["default"]) for name, described in action["inputs"].items()}
    evil = f'-k "$(touch {tmp_path}/ran)"; touch {tmp_path}/ran'
    contexts = {**inputs, "inputs.arguments": evil, "github.workspace": str(job.work)}
    play_github(job, action["runs"]["steps"], contexts, {})
    assert not (tmp_path / "ran").exists()
    assert job.ended["Judge the port"] == 3
