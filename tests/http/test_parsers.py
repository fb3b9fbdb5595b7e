"""h11 and httptools against the vectors: each difference is one that `parsers.toml` lists and explains.

The reference stands on one of them, so that what a parser lets pass has to be seen by the code around it; and a vector
on which two independent parsers agree against the table would be a vector to doubt.
"""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from parsers import PARSERS, agrees

from dasnet_conformance.catalogue.vectors import Vector, load_vectors

TABLE: dict[str, list[dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("parsers.toml").read_text(encoding="utf-8")
)
VECTORS = [vector for vectors in load_vectors().values() for vector in vectors]

Outcomes = dict[tuple[str, str], tuple[str, ...]]


def listed(entries: list[dict[str, Any]], *words: str) -> Outcomes:
    """The vectors that entries of the table name, each with the outcomes that stand under `words`."""
    found: Outcomes = {}
    for entry in entries:
        names = [vector.name for vector in load_vectors()[entry["requirement"]]]
        for name in entry.get("vectors", names):
            assert name in names, f"{entry['requirement']} has no vector {name}"
            assert (entry["requirement"], name) not in found, f"{entry['requirement']}: {name} stands twice"
            found[entry["requirement"], name] = tuple(entry[word] for word in words)
    return found


@pytest.mark.parametrize("parser", PARSERS)
def test_a_parser_differs_from_the_vectors_where_the_table_says_so_and_nowhere_else(parser: str) -> None:
    found: Outcomes = {}
    for vector in VECTORS:
        reading = PARSERS[parser]([vector.data])
        if not agrees(reading, vector):
            found[vector.requirement, vector.name] = (reading.outcome,)
    assert found == listed([entry for entry in TABLE["difference"] if entry["parser"] == parser], "does")


def test_the_parsers_part_within_the_vectors_where_the_table_says_so_and_nowhere_else() -> None:
    found: Outcomes = {}
    for vector in VECTORS:
        readings = [read([vector.data]) for read in PARSERS.values()]
        outcomes = tuple(reading.outcome for reading in readings)
        if len(set(outcomes)) > 1 and all(agrees(reading, vector) for reading in readings):
            found[vector.requirement, vector.name] = outcomes
    assert found == listed(TABLE["apart"], *PARSERS)


def test_both_parsers_are_against_the_same_vectors_only_in_what_is_left_to_the_server() -> None:
    both = set.intersection(
        *(set(listed([entry for entry in TABLE["difference"] if entry["parser"] == parser])) for parser in PARSERS)
    )
    left_to_the_server = {"http-request.host-invalid", "http-request.version-major", "http-request.target-form"}
    assert {requirement for requirement, _ in both} == left_to_the_server


@pytest.mark.parametrize("parser", PARSERS)
def test_a_cut_at_any_byte_gives_the_same_reading(parser: str) -> None:
    read = PARSERS[parser]
    for vector in VECTORS:
        whole = read([vector.data])
        single = [vector.data[at : at + 1] for at in range(len(vector.data))]
        assert read(single) == whole, f"{vector.requirement}: {vector.name}, byte by byte"
        for at in range(1, len(vector.data)):
            cut = read([vector.data[:at], vector.data[at:]])
            assert cut == whole, f"{vector.requirement}: {vector.name}, cut at {at}"


@pytest.mark.parametrize("parser", PARSERS)
@settings(max_examples=200, deadline=None, derandomize=True)
@given(vector=st.sampled_from(VECTORS), cuts=st.sets(st.integers(1, 120), max_size=12))
@example(vector=VECTORS[0], cuts=set())
def test_any_cuts_give_the_same_reading(parser: str, vector: Vector, cuts: set[int]) -> None:
    data = vector.data
    ends = [0, *sorted(at for at in cuts if at < len(data)), len(data)]
    pieces = [data[start:end] for start, end in itertools.pairwise(ends)]
    assert PARSERS[parser](pieces) == PARSERS[parser]([data])
