"""`dasnet list` and `dasnet explain`, and the door of the command line. No runs, no sockets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from dasnet_conformance import __version__, cli
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.cli import main

CATALOGUE = load_catalogue()

Say = Callable[..., str]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """What a command prints when all is well."""

    def say(*arguments: str) -> str:
        assert main(arguments) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return say


def listed(text: str) -> list[str]:
    """The requirements of a listing."""
    return [line.split()[0] for line in text.splitlines() if line.startswith("  ")]


def test_the_list_holds_every_requirement_in_order(say: Say) -> None:
    text = say("list")
    assert listed(text) == list(CATALOGUE.requirements)
    assert text.splitlines()[-1] == f"{len(CATALOGUE.requirements)} requirements; `dasnet explain ID` tells more"


def test_the_list_tells_level_and_profile_under_the_title_of_the_section(say: Say) -> None:
    lines = say("list", "--section", "init").splitlines()
    assert lines[0] == f"init: {CATALOGUE.titles['init']}"
    assert "init.port-zero MAY core" in [" ".join(line.split()) for line in lines]


@pytest.mark.parametrize(
    "filters",
    [
        {"sections": ["init"]},
        {"levels": ["MAY"]},
        {"profiles": ["lowlevel"]},
        {"sections": ["init", "send"], "levels": ["SHOULD"]},
        {"levels": ["MUST", "MAY"], "profiles": ["core"]},
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_the_list_filters(say: Say, filters: dict[str, list[str]], as_json: bool) -> None:
    arguments = [word for name, values in filters.items() for value in values for word in (f"--{name[:-1]}", value)]
    text = say("list", *arguments, *(["--json"] if as_json else []))
    got = [entry["id"] for entry in json.loads(text)] if as_json else listed(text)
    assert got == [requirement.id for requirement in CATALOGUE.select(**filters)]
    assert got


def test_the_list_as_json_tells_all_about_each(say: Say) -> None:
    document: list[dict[str, Any]] = json.loads(say("list", "--json"))
    assert len(document) >= 130
    for entry in document:
        requirement = CATALOGUE.requirements[entry["id"]]
        assert entry["section"] == requirement.section
        assert entry["level"] == requirement.level
        assert entry["profile"] == requirement.profile
        assert entry["clauses"] == list(requirement.clauses)
        assert entry["allowed"] == requirement.allowed
        assert entry["text"]


def test_explain_tells_text_clause_latitude_and_check(say: Say) -> None:
    text = say("explain", "init.port-negative")
    joined = " ".join(text.split())
    requirement = CATALOGUE.requirements["init.port-negative"]
    assert text.startswith("init.port-negative  MUST  profile core\n")
    assert requirement.text in joined
    for name in requirement.clauses:
        clause = CATALOGUE.clauses[name]
        assert f"clause {name} ({clause.symbol}, #{clause.anchor}) {clause.text}" in joined
    for outcome, why in requirement.allowed.items():
        assert f"{outcome}: {why}" in joined
    assert "check dasnet_conformance/suite/core/test_init.py:" in text


def test_explain_says_when_a_death_is_a_failure(say: Say) -> None:
    told = "a death of the process, or a call that never returns, fails this requirement"
    assert told in say("explain", "tick.idle-returns")
    assert told not in say("explain", "init.free-port")


def test_explain_of_a_requirement_without_latitude_says_nothing_of_it(say: Say) -> None:
    assert "allowed outcomes" not in say("explain", "data.zeros")


def test_explain_as_json_holds_the_clauses_whole(say: Say) -> None:
    document = json.loads(say("explain", "init.port-negative", "--json"))
    assert document["id"] == "init.port-negative"
    assert [clause["id"] for clause in document["clauses"]] == ["init.result"]
    assert set(document["clauses"][0]) == {"id", "symbol", "anchor", "text", "untestable", "source"}
    assert len(document["checks"]) == 1


def test_every_requirement_can_be_explained_down_to_its_check(say: Say) -> None:
    explained = {name: say("explain", name).splitlines() for name in CATALOGUE.requirements}
    checks = {name: [line for line in lines if line.startswith("check ")] for name, lines in explained.items()}
    assert {name: len(lines) for name, lines in checks.items()} == dict.fromkeys(CATALOGUE.requirements, 1)


def test_the_list_takes_ids_beside_filters(say: Say) -> None:
    assert listed(say("list", "SEND.size", "init.free-port")) == [
        requirement.id
        for requirement in CATALOGUE.requirements.values()
        if requirement.id == "init.free-port" or "send.size" in requirement.clauses
    ]
    assert listed(say("list", "init", "--level", "MAY")) == [
        requirement.id for requirement in CATALOGUE.select(sections=["init"], levels=["MAY"])
    ]
    assert say("list", "init.free-port").endswith("\n1 requirement; `dasnet explain ID` tells more\n")


def test_explain_finds_an_id_in_any_case(say: Say) -> None:
    assert say("explain", "INIT.PORT-IN-USE") == say("explain", "init.port-in-use")


def test_explain_of_a_section_tells_its_title_and_each_of_its_requirements(say: Say) -> None:
    text = say("explain", "lifetime")
    members = CATALOGUE.select(sections=["lifetime"])
    heading = f"section lifetime: {CATALOGUE.titles['lifetime']}, {len(members)} requirements\n\n"
    assert text == heading + "\n".join(say("explain", requirement.id) for requirement in members)


def test_explain_of_a_clause_tells_its_text_and_what_comes_from_it(say: Say) -> None:
    clause = CATALOGUE.clauses["send.size"]
    heading, *explained = say("explain", "send.size").split("\n\n")
    assert heading.startswith(f"clause send.size ({clause.symbol}, #{clause.anchor})\n")
    assert clause.text in " ".join(heading.split())
    members = [r.id for r in CATALOGUE.requirements.values() if "send.size" in r.clauses]
    assert [text.split()[0] for text in explained] == members


def test_explain_of_a_clause_that_cannot_be_tested_says_why(say: Say) -> None:
    clause = CATALOGUE.clauses["module.http"]
    assert f"not tested: {clause.untestable}" in " ".join(say("explain", "module.http").split())


def test_explain_of_a_name_that_is_a_requirement_and_a_clause_tells_the_requirement(say: Say) -> None:
    assert say("explain", "server-restore.rebinds").startswith("server-restore.rebinds  MUST  profile lowlevel\n")


def test_explain_as_json_is_an_object_for_one_id_and_else_a_list(say: Say) -> None:
    one = json.loads(say("explain", "init.free-port", "--json"))
    assert json.loads(say("explain", "init.free-por?", "--json")) == [one]
    assert json.loads(say("explain", "init.free-port", "INIT.FREE-PORT", "--json")) == [one]


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_names_every_command(say: Say, word: str) -> None:
    text = say(word)
    for command, (_, what) in cli.COMMANDS.items():
        assert f"{command} " in text
        assert what in text


@pytest.mark.parametrize("word", ["-V", "--version"])
def test_the_version_is_that_of_the_package(say: Say, word: str) -> None:
    assert say(word) == f"dasnet {__version__}\n"


@pytest.mark.parametrize("command", ["run", "list", "explain"])
def test_every_command_has_help_of_its_own(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: dasnet {command} ")
