"""What a word means among requirements, sections and clauses, on a small catalogue, and on ours. No runs."""

from __future__ import annotations

import pytest

from dasnet_conformance.catalogue.loader import Catalogue, Clause, Requirement, load_catalogue
from dasnet_conformance.catalogue.selection import (
    Meaning,
    SelectionError,
    meaning,
    reasons_by_requirement,
    select,
    words_of,
)


def _requirement(name: str, section: str, *clauses: str) -> Requirement:
    return Requirement(id=name, section=section, level="MUST", profile="core", text="", clauses=clauses)


def _clause(name: str, untestable: str = "") -> Clause:
    return Clause(id=name, symbol="", anchor="", text="", untestable=untestable)


#: `send.all` is a requirement and a clause, `both` a section and a clause, `Mixed.Case` is spelled with capitals.
SMALL = Catalogue(
    clauses={
        "send.all": _clause("send.all"),
        "both": _clause("both"),
        "none.yet": _clause("none.yet", "nothing shows it."),
    },
    requirements={
        "send.all": _requirement("send.all", "send", "send.all"),
        "send.some": _requirement("send.some", "send", "send.all"),
        "server-send.all": _requirement("server-send.all", "both", "both"),
        "Mixed.Case": _requirement("Mixed.Case", "both", "send.all"),
    },
    titles={"send": "Sending", "both": "Both"},
)


def ids(*words: str) -> list[str]:
    return [requirement.id for requirement in select(words, SMALL)]


def told(*words: str) -> str:
    with pytest.raises(SelectionError) as raised:
        select(words, SMALL)
    return str(raised.value)


@pytest.mark.parametrize(
    ("word", "kind", "name", "found"),
    [
        ("send.some", "requirement", "send.some", ["send.some"]),
        ("SEND.Some", "requirement", "send.some", ["send.some"]),
        ("mixed.case", "requirement", "Mixed.Case", ["Mixed.Case"]),
        ("Send", "section", "send", ["send.all", "send.some"]),
        ("send.*", "pattern", "send.*", ["send.all", "send.some"]),
        ("*.ALL", "pattern", "*.ALL", ["send.all", "server-send.all"]),
        ("send.[!a]???", "pattern", "send.[!a]???", ["send.some"]),
        ("mixed*", "pattern", "mixed*", ["Mixed.Case"]),
        ("none.yet", "clause", "none.yet", []),
    ],
)
def test_a_word_means_one_thing_in_any_case(word: str, kind: str, name: str, found: list[str]) -> None:
    meant = meaning(word, SMALL)
    assert (meant.kind, meant.name, [requirement.id for requirement in meant.requirements]) == (kind, name, found)


def test_the_requirement_goes_before_the_clause_of_the_same_name() -> None:
    assert meaning("send.all", SMALL) == Meaning("requirement", "send.all", (SMALL.requirements["send.all"],))


def test_the_section_goes_before_the_clause_of_the_same_name() -> None:
    assert meaning("both", SMALL).kind == "section"
    assert ids("both") == ["server-send.all", "Mixed.Case"]


def test_a_clause_means_all_that_comes_from_it() -> None:
    clauses = {**SMALL.clauses, "send.how": _clause("send.how")}
    requirements = {name: _requirement(name, "send", "send.how") for name in ("a.first", "b.second")}
    found = meaning("send.how", Catalogue(clauses, {**SMALL.requirements, **requirements}, SMALL.titles))
    assert (found.kind, [r.id for r in found.requirements]) == ("clause", ["a.first", "b.second"])


def test_several_words_select_each_requirement_once_in_the_order_of_the_catalogue() -> None:
    assert ids("mixed.case", "send.*", "send.all", "SEND") == ["send.all", "send.some", "Mixed.Case"]


def test_without_a_word_everything_is_selected() -> None:
    assert ids() == list(SMALL.requirements)


def test_an_unknown_word_is_told_with_what_is_near() -> None:
    near = "did you mean send.all, send or server-send.all?"
    assert told("Send.Al") == f"no requirement, section or clause is called Send.Al; {near}"
    assert told("xyzzy") == "no requirement, section or clause is called xyzzy; `dasnet list` names them all"
    assert told("snd") == "no requirement, section or clause is called snd; did you mean send?"


def test_one_good_word_does_not_excuse_another() -> None:
    assert "is called xyzzy" in told("send", "xyzzy")


def test_the_beginning_of_ids_is_told_as_a_pattern() -> None:
    assert told("SERVER-SEND").endswith("is called SERVER-SEND; did you mean server-send.*?")


def test_a_part_of_an_id_is_told_with_the_ids_that_have_it() -> None:
    near = "no requirement, section or clause is called port-in-use; did you mean "
    those = r"init\.port-in-use, http-open\.port-in-use or server-init\.port-in-use\?$"
    with pytest.raises(SelectionError, match="^" + near + those):
        select(["port-in-use"], load_catalogue())


@pytest.mark.parametrize("word", ["sned.*", "snd?"])
def test_a_pattern_without_a_match_is_told_with_what_is_near(word: str) -> None:
    assert told(word) == f"no requirement matches {word}; did you mean send?"


@pytest.mark.parametrize("word", ["", "[", "?"])
def test_a_word_without_a_letter_means_nothing(word: str) -> None:
    assert told(word).endswith("; `dasnet list` names them all")


def test_a_clause_that_cannot_be_tested_selects_nothing_and_says_why() -> None:
    assert told("none.yet") == "no requirement comes from the clause none.yet: nothing shows it"


def test_the_reason_of_the_word_that_names_a_requirement_alone_counts() -> None:
    given = [("send.some", "issue 12"), ("SEND", "not ported"), ("send.*", "not yet")]
    assert reasons_by_requirement(given, SMALL) == {"send.all": "not yet", "send.some": "issue 12"}
    with pytest.raises(SelectionError, match="is called xyzzy"):
        reasons_by_requirement([("send", "why"), ("xyzzy", "why")], SMALL)


def test_every_word_of_our_catalogue_means_something() -> None:
    catalogue = load_catalogue()
    words = words_of(catalogue)
    assert len(words) == len(set(words))
    assert {*catalogue.requirements, *catalogue.titles} < set(words)
    for word in words:
        assert select([word.upper()], catalogue), word


def test_every_requirement_of_our_catalogue_is_selected_by_its_id_alone() -> None:
    catalogue = load_catalogue()
    assert all(select([name], catalogue) == [catalogue.requirements[name]] for name in catalogue.requirements)
