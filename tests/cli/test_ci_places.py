"""Where `dasnet init-ci` writes, where the job goes, and what it installs."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

from conformance_tools import assert_one_line
from dasnet_conformance import __version__
from dasnet_conformance.cli import ci_places, main

ADDRESS: Final = "https://git.example.org/dasnet.git"
COMMIT: Final = "0f3e2d1c4b5a69788796a5b4c3d2e1f00f1e2d3c"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The top of a git repository with a port two folders down; the current directory is the port's."""
    (tmp_path / ".git").mkdir()
    port = tmp_path / "ports" / "my port"
    port.mkdir(parents=True)
    (port / "dasnet.toml").write_text('command = "x"\n')
    monkeypatch.chdir(port)
    return tmp_path


def written(top: Path) -> dict[str, Any]:
    place = top / ".github" / "workflows" / "dasnet.yml"
    document: dict[str, Any] = YAML(typ="safe").load(place.read_text("utf-8"))
    return document


@pytest.mark.parametrize("start", [".", "../..", ".."])
def test_the_job_is_at_the_top_and_goes_where_the_port_is(repository: Path, start: str) -> None:
    assert main(["init-ci", "github", start]) == 0
    assert written(repository)["env"]["DASNET_DIRECTORY"] == "ports/my port"


def test_a_folder_inside_the_port_does_as_well(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = repository / "ports" / "my port" / "src"
    inside.mkdir()
    monkeypatch.chdir(inside)
    assert main(["init-ci", "tox"]) == 0
    assert "change_dir = {tox_root}/ports/my port\n" in (repository / "tox.ini").read_text("utf-8")


def test_of_several_ports_one_has_to_be_named(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "ports" / "other").mkdir()
    (repository / "ports" / "other" / "dasnet.toml").write_text('command = "y"\n')
    assert main(["init-ci", "github", str(repository)]) == 3
    said = capsys.readouterr().err
    assert "ports/my port, ports/other" in said
    assert_one_line(said)
    assert main(["init-ci", "github", "../other"]) == 0
    assert written(repository)["env"]["DASNET_DIRECTORY"] == "ports/other"


def test_what_is_built_or_hidden_is_no_port(repository: Path) -> None:
    for place in ("node_modules/a", ".venv", "target"):
        (repository / place).mkdir(parents=True)
        (repository / place / "dasnet.toml").write_text('command = "y"\n')
    assert main(["init-ci", "github", str(repository)]) == 0
    assert written(repository)["env"]["DASNET_DIRECTORY"] == "ports/my port"


def test_a_real_repository_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert main(["init-ci", "gitlab"]) == 0
    assert (tmp_path / ".gitlab-ci.yml").is_file()


@pytest.mark.parametrize("system", ["github", "gitlab", "tox"])
def test_a_commit_of_a_git_repository_is_installed(
    repository: Path, system: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init-ci", system, "--git", ADDRESS, "--commit", COMMIT, "-o", "job"]) == 0
    assert f"dasnet-conformance @ git+{ADDRESS}@{COMMIT}\n" in (repository / "job").read_text("utf-8")
    assert f"runs dasnet of commit {COMMIT[:12]} on each change" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("came", "package", "doubtful"),
    [
        ({}, f"dasnet-conformance=={__version__}", False),
        ({"url": "file:///x", "dir_info": {}}, f"dasnet-conformance=={__version__}", True),
        (
            {"url": f"https://me:secret@{ADDRESS[8:]}", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
            f"dasnet-conformance @ git+{ADDRESS}@{COMMIT}",
            False,
        ),
    ],
    ids=["an index", "a folder", "git"],
)
def test_what_is_installed_follows_where_this_dasnet_came_from(
    came: dict[str, Any],
    package: str,
    doubtful: bool,
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(ci_places, "_came_from", lambda: came)
    assert main(["init-ci", "github"]) == 0
    assert written(repository)["env"]["DASNET_PACKAGE"] == package
    assert ("note: see that dasnet-conformance" in capsys.readouterr().out) == doubtful


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--git", ADDRESS], "--git and --commit go together"),
        (["--commit", COMMIT], "--git and --commit go together"),
        (["--git", ADDRESS, "--commit", "main"], "--commit takes the hash of a commit, not main"),
        (["--git", "dasnet.git", "--commit", COMMIT], "--git takes an address such as"),
        (["--git", "https://x/$(y)", "--commit", COMMIT], "--git takes an address such as"),
    ],
)
def test_what_pip_could_not_be_given_is_one_line(
    options: list[str], told: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init-ci", "github", *options]) == 3
    said = capsys.readouterr().err
    assert told in said
    assert_one_line(said)
    assert not (repository / ".github").exists()
