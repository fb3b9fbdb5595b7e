"""`dasnet init-ci --shards`: jobs that judge a part each, and the one that merges, as files and as scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ci_jobs import SH, SOUND, WRONG, Job, accepted, play_github, read_yaml

from conformance_tools import assert_one_line
from dasnet_conformance.cli import main
from dasnet_conformance.cli.init_ci_command import TEMPLATES
from dasnet_reports import load


@pytest.mark.parametrize("system", [name for name, template in TEMPLATES.items() if template.in_shards])
def test_the_file_of_shards_is_what_the_system_takes(system: str, tmp_path: Path) -> None:
    assert main(["init-ci", system, str(tmp_path), "--shards", "3"]) == 0
    place = tmp_path / TEMPLATES[system].place
    text = place.read_text("utf-8")
    assert "@" not in re.sub(r'"\$@"|actions/[a-z-]+@v\d', "", text)
    if system == "github":
        accepted("vendor.github-workflows", place)
        jobs = read_yaml(place)["jobs"]
        assert jobs["shard"]["strategy"] == {"fail-fast": False, "matrix": {"shard": [1, 2, 3]}}
        assert (jobs["dasnet"]["needs"], jobs["dasnet"]["if"]) == ("shard", "${{ !cancelled() }}")
        (kept,) = [step for step in jobs["shard"]["steps"] if step.get("uses", "").startswith("actions/upload")]
        (taken,) = [step for step in jobs["dasnet"]["steps"] if step.get("uses", "").startswith("actions/download")]
        assert kept["with"]["name"].replace("${{ matrix.shard }}", "*") == taken["with"]["pattern"]
    else:
        accepted("vendor.gitlab-ci", place, "--data-transform", "gitlab-ci")
        jobs = read_yaml(place)
        assert jobs["dasnet-shard"]["parallel"] == 3
        assert (jobs["dasnet"]["needs"], jobs["dasnet"]["when"]) == (["dasnet-shard"], "always")
        assert jobs["dasnet-shard"]["artifacts"]["when"] == "always"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["github", "--shards", "0"], "--shards takes a number from 1 to 50, not 0"),
        (["gitlab", "--shards", "51"], "not 51"),
        (["tox", "--shards", "3"], "tox runs on one machine; give each machine its part: tox -e dasnet -- --shard K/N"),
    ],
)
def test_shards_that_cannot_be_meant(
    given: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init-ci", *given[:1], str(tmp_path), *given[1:]]) == 3
    err = capsys.readouterr().err
    assert_one_line(err)
    assert told in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("port", "status"), [(SOUND, 0), (WRONG, 1)], ids=["sound", "wrong"])
def test_the_workflow_of_shards_ends_as_the_port_deserves(port: str, status: int, tmp_path: Path) -> None:
    job = Job.of(tmp_path, port)
    assert main(["init-ci", "github", str(job.work), "--shards", "2"]) == 0
    workflow = read_yaml(job.work / ".github" / "workflows" / "dasnet.yml")
    shard, merging = workflow["jobs"]["shard"], workflow["jobs"]["dasnet"]
    report = job.work / "dasnet-report"
    for number in shard["strategy"]["matrix"]["shard"]:
        contexts = {"github.workspace": str(job.work), "matrix.shard": str(number)}
        play_github(job, shard["steps"], contexts, {**workflow["env"], **shard["env"]})
        # What the artifacts are for.
        (job.work / "dasnet-shards").mkdir(exist_ok=True)
        report.rename(job.work / "dasnet-shards" / f"dasnet-shard-{number}")
    play_github(job, merging["steps"], {"github.workspace": str(job.work)}, {**workflow["env"], **merging["env"]})
    assert job.ended["Merge the shards"] == status, job.said
    assert (tmp_path / "summary.md").read_text("utf-8") == (report / "summary.md").read_text("utf-8")
    results = load(report / "results.json")
    assert (results.selection, results.strict) == ("", True)


def test_the_workflow_of_shards_fails_where_one_left_no_report(tmp_path: Path) -> None:
    job = Job.of(tmp_path, SOUND)
    assert main(["init-ci", "github", str(job.work), "--shards", "2"]) == 0
    workflow = read_yaml(job.work / ".github" / "workflows" / "dasnet.yml")
    merging = workflow["jobs"]["dasnet"]
    play_github(job, merging["steps"], {"github.workspace": str(job.work)}, {**workflow["env"], **merging["env"]})
    assert job.ended["Merge the shards"] == 3
    assert "Traceback" not in job.said


@pytest.mark.parametrize(("port", "status"), [(SOUND, 0), (WRONG, 1)], ids=["sound", "wrong"])
def test_the_pipeline_of_shards_ends_as_the_port_deserves(port: str, status: int, tmp_path: Path) -> None:
    job = Job.of(tmp_path, port)
    assert main(["init-ci", "gitlab", str(job.work), "--shards", "2"]) == 0
    jobs = read_yaml(job.work / ".gitlab-ci.yml")
    shared, shard, merging = jobs[".dasnet"], jobs["dasnet-shard"], jobs["dasnet"]
    variables = {name: text.replace("$CI_PROJECT_DIR", str(job.work)) for name, text in shared["variables"].items()}
    for number in range(1, shard["parallel"] + 1):
        given = {**variables, "CI_NODE_INDEX": str(number), "CI_NODE_TOTAL": str(shard["parallel"])}
        job.run("script", SH, "\n".join([*shared["before_script"], *shard["script"]]), **given)
    script = "\n".join([*shared["before_script"], *merging["script"]])
    assert job.run("merge", SH, script, **variables) == status, job.said
    assert (job.work / merging["artifacts"]["reports"]["junit"]).exists()
