"""How the words of a command are told apart: implementations first, then ids, and nothing guessed. No runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from dasnet_adapters.implementation_file import FILE_NAME
from dasnet_conformance.cli import UsageMistake, selecting
from dasnet_conformance.cli.reaching import named
from dasnet_conformance.cli.selecting import excluded, selected, told_apart


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory to stand in, with a port, a port called as a section is, and two directories without a port."""
    for directory in ("port", "send"):
        (tmp_path / directory).mkdir()
        (tmp_path / directory / FILE_NAME).write_text('implementation = "python:dasnet_reference"\n', "utf-8")
    for directory in ("init", "plain", "deep/below"):
        (tmp_path / directory).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "word",
    [
        "reference",
        "python:module",
        "driver:./a driver",
        "tcp:localhost:4000",
        "unknown:form",
        "port",
        "plain",
        "port/dasnet.toml",
        "no-such.toml",
        "no/such/directory",
        "./send",
        ".",
    ],
)
def test_what_can_only_be_an_implementation_is_one(word: str) -> None:
    assert told_apart([word]) == ([word], [])
    assert told_apart([word, "tick", "data.*"]) == ([word], ["tick", "data.*"])


@pytest.mark.parametrize("word", ["tick", "Init.Port-In-Use", "send.size", "send.*", "*"])
def test_what_means_requirements_is_a_selection(word: str) -> None:
    assert told_apart([word, "tick"]) == ([], [word, "tick"])
    assert told_apart(["reference", word]) == (["reference"], [word])


def test_a_directory_that_holds_no_port_leaves_its_name_to_the_section() -> None:
    assert told_apart(["init"]) == ([], ["init"])


@pytest.mark.parametrize("before", [[], ["reference"]])
def test_a_directory_with_a_port_that_is_called_as_a_section_is_told_with_both_readings(before: list[str]) -> None:
    with pytest.raises(UsageMistake) as raised:
        told_apart([*before, "send"], len(before) + 1)
    assert str(raised.value) == (
        "send can be two things here, the directory of a dasnet.toml and a section: write ./send for the first, and "
        "for the second name the implementation before it, as in `dasnet.toml send`"
    )
    assert told_apart(["dasnet.toml", "send"]) == (["dasnet.toml"], ["send"])


def test_a_short_name_that_is_also_a_section_is_told_with_both_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(selecting.ALIASES, "tick", "python:ticking")
    with pytest.raises(UsageMistake, match=r"a short name .* and a section: write python:ticking for the first"):
        told_apart(["tick"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["refrence"], "no implementation is named 'refrence'; did you mean reference?"),
        (["sned"], "no requirement, section or clause is called sned; did you mean send?"),
        (["sned"], "no implementation is named 'sned' (write one of: reference, python:MODULE, "),
        (["send.*", "reference"], "reference is an implementation where an id is due; one may be named"),
        (["reference", "driver:x"], "driver:x is an implementation where an id is due"),
        (["reference", "sned"], "no requirement, section or clause is called sned; did you mean send?"),
        (["module.http"], "no requirement comes from the clause module.http: "),
        (["driver.rb"], "no implementation is named 'driver.rb'; did you mean driver:./driver.rb?"),
        (["driver.rb --fast"], "did you mean 'driver:./driver.rb --fast'?"),
        (["sh driver.rb"], "did you mean 'driver:sh driver.rb'?"),
        (["driver:sh", "driver.rb"], "driver.rb is a file where an id is due; a command of several words is quoted"),
        (["driver:sh", "./driver.rb", "tick"], "as in 'driver:sh ./driver.rb'"),
        (["core"], "it is a profile, which --profile core judges, and `dasnet list --profile core` lists"),
        (["reference", "must"], "it is a level, which `dasnet list --level MUST` lists"),
    ],
)
def test_what_is_neither_is_told_with_what_is_near(words: list[str], told: str, place: Path) -> None:
    (place / "driver.rb").touch()
    with pytest.raises(UsageMistake) as raised:
        told_apart(words)
    assert told in str(raised.value)


def test_two_implementations_may_stand_in_front_where_two_are_taken() -> None:
    assert told_apart(["port", "reference", "tick"], 2) == (["port", "reference"], ["tick"])
    assert told_apart(["port", "tick"], 2) == (["port"], ["tick"])
    assert told_apart([], 2) == ([], [])
    with pytest.raises(UsageMistake, match="is an implementation where an id is due; 2 may be named"):
        told_apart(["port", "tick", "reference"], 2)


def test_an_unknown_id_is_the_callers_mistake() -> None:
    assert [requirement.id for requirement in selected(["INIT.port-in-use"])] == ["init.port-in-use"]
    with pytest.raises(UsageMistake, match=r"did you mean init\.port-in-use"):
        selected(["init.port-in-us"])


def test_exclusions_take_sections_and_any_case_with_a_reason_each() -> None:
    reasons = excluded(["SEND=later", "send.size-zero=issue 12: a = sign"])
    assert reasons["send.size-zero"] == "issue 12: a = sign"
    assert reasons["send.arrives"] == "later"
    assert {name.partition(".")[0] for name in reasons} == {"send"}
    with pytest.raises(UsageMistake, match="--exclude send: give a reason"):
        excluded(["send= "])


# The implementation that is not named


def test_the_file_here_is_taken_without_a_word(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / FILE_NAME).touch()
    assert named() == FILE_NAME
    assert named("reference") == "reference"
    assert capsys.readouterr() == ("", "")


def test_the_nearest_file_above_is_taken_and_told(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / FILE_NAME).touch()
    monkeypatch.chdir(place / "deep" / "below")
    assert named() == f"../../{FILE_NAME}"
    assert capsys.readouterr() == ("", f"dasnet: taking ../../{FILE_NAME}\n")
    (place / "deep" / FILE_NAME).touch()
    assert named() == f"../{FILE_NAME}"


def test_without_a_file_the_caller_is_asked(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "is_file", lambda path: False)
    with pytest.raises(UsageMistake, match=r"say what to judge: .* no dasnet\.toml here or above"):
        named()
