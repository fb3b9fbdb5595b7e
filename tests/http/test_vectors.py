"""The loaders of the vectors: what an entry becomes, and what they say of one that is wrong."""

from __future__ import annotations

import pytest

from dasnet_conformance.catalogue.response_vectors import (
    Responded,
    load_response_vectors,
    response_vector,
)


def test_an_entry_becomes_a_vector_of_bytes() -> None:
    entry = {"status": 200, "body": "\u00ff", "fields": {"x-field": ["a"]}, "keeps": False}
    vector = response_vector(name="n", requirement="r", bytes="\u00e9\r\n", respond=[entry], closes=True)
    assert vector.data == b"\xe9\r\n"
    assert vector.respond == (Responded(200, None, b"\xff", {"x-field": (b"a",)}, False),)
    assert (vector.method, vector.closes, vector.fail, vector.waits) == ("GET", True, False, False)


def test_an_entry_of_which_nothing_may_come_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing may come of it"):
        response_vector(name="n", requirement="r", bytes="")


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(TypeError, match="hidden"):
        response_vector(name="n", requirement="r", bytes="", fail=True, hidden="/")


def test_what_can_only_fail_is_told_apart_from_what_may_be_handed_over() -> None:
    """A body that is cut short may never be handed over; a table that allowed that would judge nothing."""
    cut = [
        vector
        for requirement in ("answer.cut", "framing.length-short", "framing.chunk-truncated")
        for vector in load_response_vectors()[f"http-client-{requirement}"]
    ]
    assert all(vector.closes and vector.fail and not vector.respond for vector in cut)
