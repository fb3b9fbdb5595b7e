"""Wherever requests are cut on their way, `RequestReader` reads the same of them. In memory; no socket is touched."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dasnet_conformance.catalogue.vectors import load_vectors
from dasnet_reference._http_limits import HTTP_DEFAULTS
from dasnet_reference._http_reader import Request, RequestReader
from dasnet_reference._http_rules import RejectedError

VECTORS = [vector for vectors in load_vectors().values() for vector in vectors]

Read = list[tuple[object, ...]]


def read(pieces: list[bytes]) -> Read:
    """What comes of these bytes, a piece after the other: requests, and at the end the status if one is turned down."""
    reader = RequestReader(HTTP_DEFAULTS)
    found: Read = []
    for piece in pieces:
        reader.feed(piece)
        try:
            while step := reader.step():
                if isinstance(step, Request):
                    found.append((step.method, step.target, step.version, step.headers, step.body))
        except RejectedError as rejected:
            return [*found, (rejected.status,)]
    return found


def test_there_are_many() -> None:
    assert len(VECTORS) > 200
    outcomes = [read([vector.data])[-1:] for vector in VECTORS]
    assert sum(len(outcome) == 1 and len(outcome[0]) == 1 for outcome in outcomes) > 50
    assert sum(len(outcome) == 1 and len(outcome[0]) == 5 for outcome in outcomes) > 50


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector.requirement}: {vector.name}")
def test_in_two_pieces_and_byte_by_byte(vector: object) -> None:
    data: bytes = vector.data  # type: ignore[attr-defined]
    whole = read([data])
    assert read([data[at : at + 1] for at in range(len(data))]) == whole
    # A long one is cut where it begins and ends: what is between is the same byte again and again.
    for at in [*range(1, min(len(data), 300)), *range(max(300, len(data) - 300), len(data))]:
        assert read([data[:at], data[at:]]) == whole, at


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_several_in_a_row_in_any_pieces(data: st.DataObject) -> None:
    some = st.sampled_from([vector.data for vector in VECTORS if len(vector.data) < 2000])
    row = b"".join(data.draw(st.lists(some, min_size=1, max_size=4)))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(row)), max_size=12)) | {0, len(row)})
    assert read([row[start:end] for start, end in itertools.pairwise(cuts)]) == read([row])
