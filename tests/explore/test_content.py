"""What is sent in explorations: streams that can be told apart, and that hold what trips servers."""

from __future__ import annotations

import pytest

from dasnet_conformance.explore.shared.content import parcel, shared_out, stream
from dasnet_conformance.explore.shared.limits import LONGEST_PARCEL, LONGEST_SEND, LONGEST_STREAM, MOST_CONNECTIONS

SERIALS = range(MOST_CONNECTIONS)


def test_the_first_byte_of_a_stream_stands_nowhere_else() -> None:
    whole = [stream(serial) for serial in SERIALS]
    for serial in SERIALS:
        assert len(whole[serial]) == LONGEST_STREAM
        assert sum(each.count(whole[serial][:1]) for each in whole) == 1


@pytest.mark.parametrize("serial", SERIALS)
def test_every_stream_has_line_ends_zeros_blanks_and_text(serial: int) -> None:
    start = stream(serial)[:10_000]
    for piece in (b"\r\n", b"\n", b"\r", b"\0\0", b"  ", "\u20ac".encode(), "\U0001f600".encode()):
        assert piece in start


def test_every_other_stream_is_valid_text() -> None:
    for serial in SERIALS:
        # Of a character at the end there may be a part only.
        text = stream(serial)[:-4].decode("utf-8", "replace" if serial % 2 else "ignore")
        assert ("\ufffd" in text) is bool(serial % 2)


def test_parcels_are_different_from_their_first_bytes_on() -> None:
    assert len({parcel(number, 12) for number in range(1, 100)}) == 99
    assert len(parcel(7, LONGEST_PARCEL)) == LONGEST_PARCEL


def test_a_long_send_is_a_parcel_many_times() -> None:
    for length in (0, 1, LONGEST_PARCEL, LONGEST_SEND):
        part, repeat = shared_out(length)
        assert part * repeat == length
        assert part <= LONGEST_PARCEL
