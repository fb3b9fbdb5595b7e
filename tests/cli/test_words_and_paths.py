"""Words are taken in any case and misspelt ones are told with what is near; paths are tried before a run, not after."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Final

import pytest

from conformance_tools import Workshop, assert_one_line
from dasnet_adapters.errors import UsageError
from dasnet_adapters.implementation_file import load_file
from dasnet_conformance.cli import UsageMistake, main
from dasnet_conformance.cli.files import write_text
from dasnet_conformance.explore.scripts.script import BadScript, read_script
from dasnet_conformance.gate.baseline import BaselineError, read_baseline

ONE: Final = "init.free-port"
BASELINE: Final = '[[known-failure]]\nrequirement = "send.large"\nreason = "r"\nissue = "i"\nowner = "o"\n'


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("RUN reference", "no command RUN; did you mean run?"),
        ("run REFERENCES", "no implementation is named 'REFERENCES'; did you mean reference?"),
        ("run pyton:dasnet_reference", "did you mean python:dasnet_reference?"),
        ("run reference --profile cor", "no profile cor; did you mean core?"),
        ("run reference --striict", "unrecognized arguments: --striict; did you mean --strict?"),
        ("list --level MSUT", "no level MSUT; did you mean MUST?"),
        ("list --section Sned", "no section Sned; did you mean send"),
        ("list --profile cor", "no profile cor; did you mean core?"),
        ("list --profile core,lowlevle", "no profile lowlevle; did you mean lowlevel"),
        ("list --profile core,", "no profile ''; the profiles are core"),
        ("list send,data", "no requirement, section or clause is called send,data; write them apart: send data"),
        ("run reference send.large,nothing", "is called send.large,nothing; did you mean"),
        ("init-ci gitlba", "no system gitlba; did you mean gitlab"),
        ("new-driver Pyhton x", "there is no skeleton in 'Pyhton'; did you mean python?"),
        ("baseline wriet a b", "no action wriet; did you mean write?"),
        ("prove --fault ends_at_zerro", "no fault ends_at_zerro; did you mean ends_at_zero"),
        ("run reference --seed x", "argument --seed: takes a whole number, not 'x'"),
        ("run reference --deadline soon", "argument --deadline: takes a number, not 'soon'"),
        ("completion", "the following arguments are required: shell; shell is bash or zsh or fish (see"),
    ],
)
def test_a_word_that_nobody_knows_is_told_with_what_is_near(
    line: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line.split()) == 3
    said = capsys.readouterr().err
    assert told in said
    assert_one_line(said)


@pytest.mark.parametrize(
    "line",
    [
        "list --level must --profile CORE --section Send",
        "list --level must,Should --profile core,LOWLEVEL --section send,twins",
        f"run reference {ONE} --profile core,lowlevel",
        "prove --fault Ends_At_Zero --list",
        "completion Bash",
        f"run Reference {ONE.upper()} --profile Core",
        f"run Python:dasnet_reference {ONE}",
    ],
)
def test_words_are_taken_in_any_case(line: str, workshop: Workshop) -> None:
    ran = workshop.dasnet(*line.split())
    assert (ran.status, ran.err) == (0, "")


def test_a_module_that_is_misspelt_is_told_with_what_is_near(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", "python:dasnet_refernce")
    assert ran.status == 3
    assert "did you mean dasnet_reference?" in ran.err
    assert_one_line(ran.err)


def test_a_file_that_is_no_text_is_told_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "file.toml"
    file.write_bytes(b"# first\n# second\nname = '\xe9'\n")
    for read, error in (
        (load_file, UsageError),
        (read_baseline, BaselineError),
        (read_script, BadScript),
    ):
        with pytest.raises(error) as caught:
            read(file)
        assert str(caught.value) == f"{file}: line 3 is not UTF-8 text; save it as UTF-8"


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    mark = "\ufeff"
    (tmp_path / "dasnet.toml").write_text(f'{mark}command = "x"\n', "utf-8")
    assert load_file(tmp_path / "dasnet.toml").words == ("x",)
    (tmp_path / "baseline.toml").write_text(mark + BASELINE, "utf-8")
    assert [failure.requirement for failure in read_baseline(tmp_path / "baseline.toml")] == ["send.large"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("run reference --report-dir taken", "--report-dir taken: it is a file; name a folder"),
        ("run reference --report-dir taken/below", "--report-dir taken/below: taken is a file; name a folder"),
        ("run reference --report-dir locked/below", "--report-dir locked/below: locked cannot be written to: "),
        ("run reference --baseline missing.toml", "missing.toml: cannot be read: No such file or directory"),
        ("run reference --baseline broken.toml", "broken.toml: is no TOML: "),
        (
            "run reference --baseline ''",
            "--baseline is empty, as of a variable that is not set; name a place, or leave",
        ),
        ("run reference --report-dir ''", "--report-dir is empty, as of a variable that is not set"),
        ("init-ci github ''", "DIR is empty"),
        ("prove -o taken", "-o taken: it is a file; name a folder"),
        ("explore reference -o folder", "-o folder: it is a folder; name a file"),
        ("run driver:x --wrapper no-such-wrapper", "--wrapper: there is no program 'no-such-wrapper' in PATH"),
        ("diff reference", "there is no dasnet.toml here or above to compare it with; name both, as in `dasnet diff"),
        ("explore reference -o taken/below", "-o taken/below: taken is a file"),
        ("explore reference --seconds nan", "--seconds one from 0 up"),
        ("stability missing/dasnet.toml", "missing/dasnet.toml: cannot be read"),
        ("new-driver c taken", "DIR taken: it is a file; name a folder"),
        ("verify-report taken", "taken is a file; give the folder of a report"),
        ("drift http://host/page", "http://host/page: cannot be read: No such file or directory; save the page"),
        ("baseline", "the following arguments are required: action, RESULTS, FILE; action is write or update (see"),
        ("explain", "the following arguments are required: ID (see"),
    ],
)
def test_a_place_that_cannot_be_used_is_told_before_anything_runs(
    options: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("a file")
    (tmp_path / "broken.toml").write_text("nonsense")
    (tmp_path / "folder").mkdir()
    (tmp_path / "locked").mkdir(mode=0o555)
    if "locked" in options and os.access(tmp_path / "locked", os.W_OK):
        # Whoever may write anywhere finds a place where nobody may.
        monkeypatch.setattr("tempfile.TemporaryFile", _locked)
    monkeypatch.chdir(tmp_path)
    for name in ("run_command.run", "prove_command.build", "explore_command.start_player"):
        monkeypatch.setattr(f"dasnet_conformance.cli.{name}", _never)
    assert main(shlex.split(options)) == 3
    said = capsys.readouterr().err
    assert told in said
    assert_one_line(said)


def _never(*arguments: object, **options: object) -> None:
    raise AssertionError("something ran")


def _locked(**options: object) -> None:
    raise PermissionError(13, "Permission denied")


def test_what_is_written_from_results_has_a_place_of_its_own_kind(workshop: Workshop) -> None:
    assert workshop.dasnet("run", "reference", ONE, "--report-dir", "report").status == 0
    (workshop.folder / "taken").write_text("a file")
    for line, told in (
        ("matrix report -o taken", "dasnet: -o taken: it is a file; name a folder, or a place where one can be made\n"),
        ("baseline write report report", "dasnet: report is a folder; name a file, such as baseline.toml\n"),
    ):
        ran = workshop.dasnet(*line.split())
        assert (ran.status, ran.out, ran.err) == (3, "", told)


@pytest.mark.parametrize("columns", ["0", "1", "x", "²"])
def test_a_width_in_which_nothing_can_be_read_is_not_believed(columns: str, workshop: Workshop) -> None:
    ran = workshop.dasnet("run", "reference", ONE, COLUMNS=columns)
    assert ran.status == 0
    assert "dasnet_reference: conforming (1 pass) in " in ran.out


def test_several_words_where_one_is_taken_are_told_as_that(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-driver", "python", "x", "--profile", "client,http"]) == 3
    assert capsys.readouterr().err == "dasnet: client,http is several profiles, and one is taken here\n"


def test_a_place_that_is_tried_keeps_nothing(tmp_path: Path, workshop: Workshop) -> None:
    assert workshop.dasnet("run", "reference", "--report-dir", "new/report", "no.such-id").status == 3
    assert not (workshop.folder / "new").exists()


@pytest.mark.parametrize("line", ["run reference --report-dir {}", "run ./{}", "verify-report {}", "new-driver c {}"])
def test_a_name_that_is_too_long_is_the_callers_mistake(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.format("a" * 300).split()) == 3
    said = capsys.readouterr().err
    assert_one_line(said)
    assert "a" * 40 in said
    assert said.endswith("...: File name too long; name a shorter one\n")


def test_a_file_is_replaced_as_a_whole_or_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = tmp_path / "listed.toml"
    listed.write_text("earlier")
    listed.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(listed)
    write_text(str(link), "later")
    assert (link.is_symlink(), listed.read_text(), listed.stat().st_mode & 0o777) == (True, "later", 0o640)
    whole = Path.write_text

    def short_of_room(path: Path, text: str, *rest: str) -> int:
        whole(path, text[:2], *rest)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", short_of_room)
    with pytest.raises(UsageMistake, match="cannot be written: No space left on device"):
        write_text(str(listed), "never")
    assert listed.read_text() == "later"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.toml", "listed.toml"]
