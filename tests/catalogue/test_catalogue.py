"""The packaged catalogue: it loads, holds what the documentation says, and agrees with the checks. No sockets."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from conformance_tools import Workshop, pytest_of_the_suite
from dasnet_adapters.contract import PROFILES
from dasnet_conformance.catalogue.loader import DOCUMENTATION, LEVELS, load_catalogue, problems
from dasnet_conformance.catalogue.rooms import SECTIONS
from dasnet_conformance.catalogue.where import check_places
from dasnet_conformance.stage import bounds

#: Every name that the documentation declares.
DOCUMENTED = (
    "NetworkServer",
    "Server",
    "Server.make_server_adapter",
    "Server.init",
    "Server.restore",
    "Server.save",
    "Server.has_session",
    "Server.is_open",
    "Server.is_connected",
    "Server.tick",
    "Server.send",
    "make_server",
    "server_init",
    "server_is_open",
    "server_is_connected",
    "server_tick",
    "server_send",
    "server_restore",
)

STATES = (
    "new-object",
    "handle-made",
    "listening",
    "client-pending",
    "client-taken",
    "client-gone",
    "departure-noticed",
    "init-failed",
    "saved",
    "restored",
    "destroyed",
)

REQUIREMENTS = load_catalogue().requirements
CLAUSES = load_catalogue().clauses

#: Written by the collecting child: one line for each check, requirement and function.
COLLECTED = """\
def pytest_collection_finish(session):
    with open("collected", "w", encoding="utf-8") as file:
        for item in session.items:
            for mark in item.iter_markers("dasnet_requirement"):
                print(mark.args[0], item.module.__name__, item.function.__name__, file=file)
"""


@cache
def collected(folder: Path) -> list[tuple[str, str]]:
    """Requirement and function of every check that pytest finds in the installed suite, each pair once."""
    workshop = Workshop(folder)
    (folder / "collecting.py").write_text(COLLECTED, "utf-8")
    ran = workshop.run(pytest_of_the_suite("--collect-only", "-q", "-p", "collecting"))
    assert ran.status == 0, ran.out + ran.err
    lines = (folder / "collected").read_text("utf-8").splitlines()
    return list(dict.fromkeys((name, where) for name, _, where in (line.partition(" ") for line in lines)))


@pytest.fixture(scope="session")
def checks(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    return collected(tmp_path_factory.mktemp("collecting"))


def test_it_agrees_with_the_checks_that_pytest_collects(checks: list[tuple[str, str]]) -> None:
    assert problems(load_catalogue(), [requirement for requirement, _ in checks]) == []


def test_every_requirement_has_one_check_function(checks: list[tuple[str, str]]) -> None:
    assert Counter(requirement for requirement, _ in checks) == Counter(dict.fromkeys(REQUIREMENTS, 1))


def test_the_places_of_checks_are_where_pytest_finds_them(checks: list[tuple[str, str]]) -> None:
    found = {
        (name, f"{place.file[:-3].replace('/', '.')} {place.function}")
        for name, places in check_places().items()
        for place in places
    }
    assert found == {(name, where) for name, where in checks}


def test_a_place_names_file_line_and_function() -> None:
    (place,) = check_places()["init.port-negative"]
    assert re.fullmatch(r"dasnet_conformance/suite/core/test_init\.py:\d+ test_port_negative", str(place))


def test_there_are_at_least_130_requirements() -> None:
    assert len(REQUIREMENTS) >= 130


@pytest.mark.parametrize("symbol", DOCUMENTED)
def test_every_documented_symbol_has_a_clause(symbol: str) -> None:
    assert [clause for clause in CLAUSES.values() if clause.symbol == symbol]


def test_the_constructor_and_the_field_have_clauses_of_their_own() -> None:
    assert CLAUSES["server.construct"].anchor == "function-network_Server_0xb"
    assert "`_server`" in CLAUSES["server-class.handle-field"].text


def test_no_clause_is_about_a_symbol_that_is_not_documented() -> None:
    told = {clause.symbol for clause in CLAUSES.values() if clause.source == DOCUMENTATION}
    assert told <= {*DOCUMENTED, "network"}


def test_every_documented_symbol_is_judged_by_a_requirement() -> None:
    judged = {CLAUSES[clause].symbol for requirement in REQUIREMENTS.values() for clause in requirement.clauses}
    assert judged >= set(DOCUMENTED)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_has_a_title_and_requirements(section: str) -> None:
    assert load_catalogue().titles[section]
    assert load_catalogue().select(sections=[section])


def test_levels_and_profiles_are_the_known_ones() -> None:
    assert {requirement.level for requirement in REQUIREMENTS.values()} == set(LEVELS)
    assert {requirement.profile for requirement in REQUIREMENTS.values()} == set(PROFILES)


def test_ids_are_words_and_no_positions() -> None:
    words = re.compile(r"[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*){1,2}")
    assert [identity for identity in (*REQUIREMENTS, *CLAUSES) if not words.fullmatch(identity)] == []


def test_texts_are_sentences_on_one_line() -> None:
    texts = [requirement.text for requirement in REQUIREMENTS.values()] + [clause.text for clause in CLAUSES.values()]
    assert [text for text in texts if "\n" in text or "  " in text or not text.endswith((".", "?"))] == []


def test_no_two_requirements_say_the_same() -> None:
    said = Counter(requirement.text for requirement in REQUIREMENTS.values())
    assert [text for text, count in said.items() if count > 1] == []


def test_a_stated_number_of_ticks_is_the_bound_that_checks_keep() -> None:
    stated = [int(number) for r in REQUIREMENTS.values() for number in re.findall(r"within (\d+) ticks", r.text)]
    assert len(stated) >= 3
    assert set(stated) == {bounds.TICKS_TO_NOTICE}


def test_a_legal_choice_has_at_least_two_outcomes() -> None:
    choices = [requirement for requirement in REQUIREMENTS.values() if requirement.level == "MAY"]
    assert choices
    assert [choice.id for choice in choices if len(choice.allowed) < 2] == []


def test_every_allowed_outcome_says_why_it_is_fine() -> None:
    reasons = [why for requirement in REQUIREMENTS.values() for why in requirement.allowed.values()]
    assert [why for why in reasons if len(why.split()) < 2] == []


def test_every_cell_of_the_state_table_is_a_requirement() -> None:
    cells = {
        f"state.{state}.{query}" for state in STATES for query in ("has-session", "is-open", "is-connected", "send")
    }
    assert len(cells) == 44
    assert {requirement.id for requirement in load_catalogue().select(sections=["state"])} == cells


@pytest.mark.parametrize("cell", [name for name in REQUIREMENTS if name.startswith("state.")])
def test_the_sentence_of_a_cell_agrees_with_its_outcomes(cell: str) -> None:
    spelled = {"true": "answers true", "false": "answers false", "refused": "is refused"}
    requirement = REQUIREMENTS[cell]
    assert requirement.allowed
    for outcome, words in spelled.items():
        assert (words in requirement.text) == (outcome in requirement.allowed)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"levels": ["MAY"], "sections": ["init"]}, ["init.port-zero"]),
        ({"sections": ["nowhere"]}, []),
        ({}, list(REQUIREMENTS)),
        ({"profiles": ["lowlevel"]}, [r.id for r in REQUIREMENTS.values() if r.profile == "lowlevel"]),
    ],
)
def test_select_keeps_what_matches_every_filter(filters: dict[str, list[str]], expected: list[str]) -> None:
    assert [requirement.id for requirement in load_catalogue().select(**filters)] == expected
