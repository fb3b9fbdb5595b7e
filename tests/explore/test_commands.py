"""`dasnet explore` and `dasnet replay` as a user has them: what they print, write and return."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dasnet_conformance.cli import main

FAULT = "python:dasnet_conformance.proof.faults:"


def test_nothing_found(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["explore", "reference", "--examples", "20", "--steps", "15", "--profile", "core"]) == 0
    assert "nothing found: 20 examples, seeds 0 to 3" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_conversations_over_http_alone(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["explore", "reference", "--examples", "20", "--profile", "http"]) == 0
    assert "nothing found: 20 examples" in capsys.readouterr().out
    file = tmp_path / "found.script"
    assert main(["explore", f"{FAULT}decodes_the_target", "--profile", "http", "-o", str(file)]) == 1
    assert "violates http-request.target-unchanged (MUST)" in capsys.readouterr().out
    assert main(["replay", str(file), f"{FAULT}decodes_the_target"]) == 1
    assert main(["replay", str(file), "reference"]) == 0


def test_a_finding_is_printed_saved_and_played_again(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "not yet" / "found.script"
    assert main(["explore", f"{FAULT}success_is_zero", "--seed", "5", "-o", str(file)]) == 1
    said = capsys.readouterr().out
    assert "host: open object 1 of class A" in said
    assert "violates init.free-port (MUST)" in said
    assert "seed 5, 1 step, " in said
    assert f"again: dasnet replay '{file}' {FAULT}success_is_zero" in said
    text = file.read_text()
    assert "# seed: 5\n# requirement: init.free-port\n" in text
    assert main(["replay", str(file), f"{FAULT}success_is_zero"]) == 1
    assert "violates init.free-port (MUST)" in capsys.readouterr().out
    assert main(["replay", str(file), "reference"]) == 0
    assert "nothing diverges" in capsys.readouterr().out


def test_steps_that_could_not_be_meant_are_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "odd.script"
    file.write_text(
        "host: open object 1 of class A\n"
        "peer 1: send 10 bytes\n"
        "peer 1: connect to object 2\n"
        "peer 2: connect to object 1\n"
        "peer 1: close\n"
    )
    assert main(["replay", str(file), "reference"]) == 0
    assert "3 of 5 steps could not be meant where they stand" in capsys.readouterr().out


def test_after_a_known_divergence_it_goes_on(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    known = "agreement.size-zero-without-client"
    wrong = f"{FAULT}nothing_is_always_sent"
    assert main(["explore", wrong, "--examples", "60", "--exclude", f"{known}=issue 7: to be told"]) == 0
    assert f"violated {known}, which is known" in capsys.readouterr().out
    listed = tmp_path / "baseline.toml"
    lines = (f'requirement = "{known}"', 'reason = "got true"', 'issue = "7"', 'owner = "the porters"')
    listed.write_text("\n".join(("[[known-failure]]", *lines, "")))
    assert main(["explore", wrong, "--examples", "60", "--baseline", str(listed)]) == 0
    assert f"violated {known}, which is known" in capsys.readouterr().out
    assert main(["explore", wrong, "--examples", "60", "-o", str(tmp_path / "found.script")]) == 1


def test_a_dying_implementation_is_a_finding(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "died.script"
    file.write_text("host: construct object 1 of class A\nhost: tick object 1 1 times\n")
    assert main(["replay", str(file), f"{FAULT}tick_without_handle_dies"]) == 1
    said = capsys.readouterr().out
    assert "violates construct.tick-harmless" in said
    assert "the process" in said


def test_the_time_is_bounded(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explore", "reference", "--examples", "100000", "--seconds", "0.5"]) == 0
    assert "(the time was up)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["explore", "no-such-form"], "no implementation is named"),
        (["explore"], "say what to judge"),
        (["replay", "no-such-file"], "no-such-file cannot be read"),
        (["explore", "python:no_such_module"], "cannot be imported"),
        (["explore", "reference", "--examples", "0"], "--examples and --steps take a number from 1 up"),
        (["replay", "no-such-file", "reference"], "no-such-file cannot be read"),
    ],
)
def test_a_callers_mistake(capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str) -> None:
    assert main(arguments) == 3
    assert complaint in capsys.readouterr().err


PORT = """\
implementation = "python:port"
build = [["{python}", "make_port.py"]]
profiles = ["core"]
"""
MAKES_PORT = """\
open("port.py", "w").write("from dasnet_conformance.proof.faults.sound import *\\n")
"""


def test_the_file_above_is_built_and_explored_and_replayed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dasnet.toml").write_text(PORT, "utf-8")
    (tmp_path / "make_port.py").write_text(MAKES_PORT, "utf-8")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "some.script").write_text("host: open object 1 of class A\n", "utf-8")
    monkeypatch.chdir(tmp_path / "below")
    assert main(["explore", "--examples", "5", "--steps", "5"]) == 0
    told = capsys.readouterr()
    assert "nothing found: 5 examples" in told.out
    assert told.err == "dasnet: taking ../dasnet.toml\n"
    assert (tmp_path / "port.py").is_file()
    assert main(["replay", "some.script"]) == 0
    assert "nothing diverges" in capsys.readouterr().out


def test_a_port_that_cannot_be_built_is_inconclusive(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dasnet.toml").write_text(PORT, "utf-8")
    (tmp_path / "make_port.py").write_text("raise SystemExit(7)\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["explore"]) == 2
    assert "ended with status 7" in capsys.readouterr().err


def test_a_file_that_claims_too_much_is_the_callers_mistake(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'implementation = "python:dasnet_reference"\nprofiles = ["http-port"]\n'
    (tmp_path / "dasnet.toml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["explore"]) == 3
    assert "profiles names http-port, which the implementation does not claim" in capsys.readouterr().err


def test_an_adapter_that_breaks_at_the_start_is_inconclusive(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explore", f"driver:{sys.executable} -c 'raise SystemExit(4)'"]) == 2
    assert "no verdict" in capsys.readouterr().err


def test_where_nothing_can_be_judged_nothing_is_green(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    assert main(["explore", "python:other_choices:bare", "--examples", "5", "--steps", "5"]) == 2
    file = tmp_path / "some.script"
    file.write_text("host: open object 1 of class A\n")
    assert main(["replay", str(file), "python:other_choices:bare"]) == 2
    assert capsys.readouterr().err.count("no verdict") == 2
