"""h11 and httptools against the vectors: each difference is one that `parsers.toml` lists and explains.

The reference stands on one of them, so that what a parser lets pass has to be seen by the code around it; and a vector
on which two independent parsers agree against the table would be a vector to doubt.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import parsers
import pytest
import response_parsers
from hypothesis import given, settings
from hypothesis import strategies as st

from dasnet_conformance.catalogue.response_vectors import load_response_vectors
from dasnet_conformance.catalogue.vectors import load_vectors

TABLE: dict[str, list[dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("parsers.toml").read_text(encoding="utf-8")
)

Outcomes = dict[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True)
class Kind:
    """Requests or answers: their vectors by requirement, how a parser reads one in pieces, and if that is right."""

    vectors: dict[str, tuple[Any, ...]]
    read: dict[str, Callable[[Any, Iterable[bytes]], Any]]
    agrees: Callable[[Any, Any], bool]

    @property
    def all(self) -> list[Any]:
        """Every vector."""
        return [vector for vectors in self.vectors.values() for vector in vectors]

    def listed(self, entries: Iterable[dict[str, Any]], *words: str) -> Outcomes:
        """The vectors that entries of the table name, each with the outcomes that stand under `words`."""
        found: Outcomes = {}
        for entry in entries:
            requirement = entry["requirement"]
            if requirement in self.vectors:
                names = [vector.name for vector in self.vectors[requirement]]
                for name in entry.get("vectors", names):
                    assert name in names, f"{requirement} has no vector {name}"
                    assert (requirement, name) not in found, f"{requirement}: {name} stands twice"
                    found[requirement, name] = tuple(entry[word] for word in words)
        return found


REQUESTS = Kind(
    load_vectors(),
    {name: lambda _, pieces, read=read: read(pieces) for name, read in parsers.PARSERS.items()},
    parsers.agrees,
)
ANSWERS = Kind(load_response_vectors(), dict(response_parsers.RESPONSE_PARSERS), response_parsers.agrees)

of_either_kind = pytest.mark.parametrize("kind", [REQUESTS, ANSWERS], ids=["requests", "answers"])
by_either_parser = pytest.mark.parametrize("parser", parsers.PARSERS)


def test_every_entry_of_the_table_is_about_a_requirement_with_vectors() -> None:
    named = {entry["requirement"] for entries in TABLE.values() for entry in entries}
    assert named <= REQUESTS.vectors.keys() | ANSWERS.vectors.keys()


def test_there_are_as_many_vectors_as_promised() -> None:
    assert len(REQUESTS.all) >= 80
    assert len(ANSWERS.all) >= 50
    assert sum(bool(vector.hidden) for vector in REQUESTS.all) >= 36


@of_either_kind
@by_either_parser
def test_a_parser_differs_from_the_vectors_where_the_table_says_so_and_nowhere_else(kind: Kind, parser: str) -> None:
    found: Outcomes = {}
    for vector in kind.all:
        reading = kind.read[parser](vector, [vector.data])
        if not kind.agrees(reading, vector):
            found[vector.requirement, vector.name] = (reading.outcome,)
    assert found == kind.listed((entry for entry in TABLE["difference"] if entry["parser"] == parser), "does")


@of_either_kind
def test_the_parsers_part_within_the_vectors_where_the_table_says_so_and_nowhere_else(kind: Kind) -> None:
    found: Outcomes = {}
    for vector in kind.all:
        readings = [read(vector, [vector.data]) for read in kind.read.values()]
        outcomes = tuple(reading.outcome for reading in readings)
        if len(set(outcomes)) > 1 and all(kind.agrees(reading, vector) for reading in readings):
            found[vector.requirement, vector.name] = outcomes
    assert found == kind.listed(TABLE["apart"], *parsers.PARSERS)


def test_both_parsers_are_against_the_same_vectors_only_in_what_is_left_to_who_uses_them() -> None:
    both: set[str] = set()
    for kind in (REQUESTS, ANSWERS):
        of_each = [
            set(kind.listed(entry for entry in TABLE["difference"] if entry["parser"] == parser))
            for parser in parsers.PARSERS
        ]
        both |= {requirement for requirement, _ in set.intersection(*of_each)}
    assert both == {
        "http-request.host-invalid",
        "http-request.version-major",
        "http-request.target-form",
        "http-client-answer.version-major",
    }


@of_either_kind
@by_either_parser
def test_a_cut_at_any_byte_gives_the_same_reading(kind: Kind, parser: str) -> None:
    read = kind.read[parser]
    for vector in kind.all:
        whole = read(vector, [vector.data])
        single = [vector.data[at : at + 1] for at in range(len(vector.data))]
        assert read(vector, single) == whole, f"{vector.requirement}: {vector.name}, byte by byte"
        for at in range(1, len(vector.data)):
            cut = read(vector, [vector.data[:at], vector.data[at:]])
            assert cut == whole, f"{vector.requirement}: {vector.name}, cut at {at}"


@of_either_kind
@by_either_parser
@settings(max_examples=100, deadline=None, derandomize=True)
@given(chosen=st.integers(min_value=0), cuts=st.sets(st.integers(1, 120), max_size=12))
def test_any_cuts_give_the_same_reading(kind: Kind, parser: str, chosen: int, cuts: set[int]) -> None:
    vector = kind.all[chosen % len(kind.all)]
    ends = [0, *sorted(at for at in cuts if at < len(vector.data)), len(vector.data)]
    pieces = [vector.data[start:end] for start, end in pairwise(ends)]
    assert kind.read[parser](vector, pieces) == kind.read[parser](vector, [vector.data])
