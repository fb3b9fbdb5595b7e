"""What peers and hosts send: text of several bytes a character, line ends, zeros and blanks, and noise. Data only.

The first byte of each connection stands nowhere else, so that whatever is delivered first names its sender; what comes
later is told by its place, since the model knows how much of each was delivered. No two streams are alike, and a byte
lost, doubled or exchanged shows by the next few.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Final

from .limits import LONGEST_PARCEL, LONGEST_STREAM, MOST_CONNECTIONS

#: What a callback sends whose reaction is "send".
FROM_CALLBACK: Final = b"<from a callback>"

#: What streams are made of, beside letters: each stands on every connection.
_PIECES: Final = (
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"\0\0",
    b" ",
    b"  ",
    b"\t",
    *(c.encode() for c in "\u00e4\u00df\u20ac\u6f22\U0001f600"),
)
_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#: The first byte of each connection, which no stream has in another place.
_FIRST: Final = bytes(range(1, 1 + MOST_CONNECTIONS))
_WITHOUT_FIRST: Final = bytes(byte + 128 if byte in _FIRST else byte for byte in range(256))


def _text(chance: random.Random, length: int) -> bytes:
    pieces = [bytes([letter]) for letter in _LETTERS] + [piece for piece in _PIECES for _ in range(4)]
    # Each piece has one byte at least.
    return b"".join(chance.choices(pieces, k=length))[:length]


@cache
def _noise(text: bool) -> bytes:
    length = LONGEST_PARCEL + (1 << 16)
    return _text(random.Random(6), length) if text else random.Random(5).randbytes(length)


@cache
def stream(serial: int) -> bytes:
    """All that the connection of that number will ever send, in order: of every other one it is valid UTF-8."""
    chance = random.Random(1_000 + serial)
    first = _FIRST[serial : serial + 1]
    if serial % 2 == 0:
        return first + _text(chance, LONGEST_STREAM - 1)
    # Pieces of text with bytes of all values between them.
    parts = [_text(chance, 64) + chance.randbytes(64).translate(_WITHOUT_FIRST) for _ in range(LONGEST_STREAM // 128)]
    return (first + b"".join(parts))[:LONGEST_STREAM]


def shared_out(length: int) -> tuple[int, int]:
    """How a buffer of about that length is made: the bytes of a parcel, and how often they are repeated."""
    repeat = max(1, -(-length // LONGEST_PARCEL))
    return length // repeat, repeat


def parcel(number: int, length: int) -> bytes:
    """The buffer of the host's send of that number: no two are alike, nor is one the beginning of another.

    Every other one is text, so that a size that is counted in characters shows.
    """
    start = number * 131 % (1 << 15)
    return (b"<%d>" % number + _noise(number % 2 == 0)[start : start + length])[:length]
