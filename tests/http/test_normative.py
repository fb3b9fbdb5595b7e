"""Every MUST and SHOULD of RFC 9110 and RFC 9112 for a server or a client is covered, or listed with a reason."""

from __future__ import annotations

import re
from dataclasses import replace

from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.catalogue.normative import (
    NotCovered,
    load_normative,
    load_not_covered,
    problems_of_normative,
)

CLAUSES = load_catalogue().clauses
STATEMENTS = load_normative()
RFC = re.compile(r"RFC (9110|9112), section ")


def test_no_statement_is_in_neither_list_and_none_in_both() -> None:
    assert problems_of_normative(STATEMENTS, load_not_covered(), CLAUSES) == []


def test_every_clause_of_the_two_rfcs_covers_a_statement_but_those_without_a_must_or_should() -> None:
    covering = {name for one in STATEMENTS for name in one.clauses}
    idle = {clause.id for clause in CLAUSES.values() if RFC.match(clause.source)} - covering
    assert idle == {
        "http-asked.method",
        "http-body.length",
        "http-body.too-large",
        "http-callback.failure",
        "http-client.redirect",
        "http-connection.smuggling",
        "http-connection.timeout",
        "http-connection.timeout-code",
        "http-heard.cookies",
        "http-heard.switching",
        "http-message.major",
        "http-message.version",
        "http-request.asterisk",
        "http-request.connect",
        "http-request.target-raw",
    }


def test_the_sections_that_a_server_reads_by_are_in_the_table() -> None:
    sections = {one.source for one in STATEMENTS}
    read_by = {
        "RFC 9112": ("2.2", "3", "3.2", "3.2.2", "5.1", "5.2", "6.1", "6.2", "6.3", "7.1", "7.1.1", "7.1.2", "9.3"),
        "RFC 9110": ("5.3", "5.4", "5.5", "6.2", "6.6.1", "8.6", "9.1", "9.3.2", "10.1.1", "15.2"),
    }
    wanted = {f"{rfc}, section {each}" for rfc, found in read_by.items() for each in found}
    assert wanted <= sections


def test_what_is_wrong_is_told() -> None:
    one = replace(STATEMENTS[0], id="new", clauses=())
    assert problems_of_normative([one], [], CLAUSES) == [
        "statement new is neither covered by a clause nor listed as not covered"
    ]
    both = replace(one, clauses=("http-body.chunked",))
    assert problems_of_normative([both], [NotCovered("why", ("new", "other"))], CLAUSES) == [
        "other is called not covered and is no statement",
        "statement new is covered by http-body.chunked and called not covered",
    ]
    odd = replace(one, source="RFC 2616", level="MAY", binds="proxy", clauses=("no.clause",))
    assert problems_of_normative([odd, odd], [], CLAUSES)[:3] == [
        "statement new stands twice",
        "statement new comes from 'RFC 2616', which is no section of the two RFCs",
        "statement new has the level 'MAY' and binds 'proxy'",
    ]
