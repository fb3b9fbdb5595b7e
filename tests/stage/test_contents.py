"""The contents of a check: pieces of the stream that Python's own generator gives, as reproductions draw it anew."""

from __future__ import annotations

import random

import pytest

from dasnet_conformance.stage.contents import BEGINNINGS, Contents, draw_ahead

SIZES = (0, 1, 3, 4, 5, 1000, 1 << 14, (1 << 14) + 1, 200_001)


@pytest.fixture(scope="module")
def stream() -> bytes:
    return random.Random("7").randbytes(BEGINNINGS + (1 << 20))


def test_bytes_are_pieces_of_the_stream_one_after_the_other(stream: bytes) -> None:
    contents, place = Contents("7", "send.large"), 0
    for size in SIZES:
        piece = contents.randbytes(size)
        assert len(piece) == size
        if size > 8:
            found = stream.find(piece)
            assert found >= place
            assert found % 4 == 0
            place = found + size


def test_each_check_begins_at_a_place_of_its_own_that_never_changes() -> None:
    assert Contents("7", "send.large").randbytes(64) == Contents("7", "send.large").randbytes(64)
    assert Contents("7", "send.large").randbytes(64) != Contents("7", "send.arrives").randbytes(64)
    assert Contents("7", "send.large").randbytes(64) != Contents("8", "send.large").randbytes(64)


def test_what_was_drawn_ahead_is_the_same(stream: bytes) -> None:
    Contents("8", "send.large").randbytes(4)
    draw_ahead("7", BEGINNINGS + 4096)
    assert Contents("7", "send.large").randbytes(4096) in stream
