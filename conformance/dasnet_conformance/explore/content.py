"""What peers and hosts send, made so that each byte tells whose it is. Data only.

The upper three bits of every byte that a connection sends are its mark, the lower five are noise that never repeats
within a stream. So data that arrives names its sender, and a byte lost, doubled or exchanged shows at once. The first
connection's bytes have the eighth bit set; zeros and line ends are among the second's.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Final

#: Connections in one script, which is what three bits can tell apart.
MOST_CONNECTIONS: Final = 8
#: Bytes that one connection sends at most.
LONGEST_STREAM: Final = 1 << 19
#: Bytes that one send of the host has in its buffer at most.
LONGEST_PARCEL: Final = 1 << 19
#: What a callback sends whose reaction is "send".
FROM_CALLBACK: Final = b"<from a callback>"


_MARKS: Final = tuple((5 + 3 * serial) % MOST_CONNECTIONS for serial in range(MOST_CONNECTIONS))


@cache
def _noise() -> bytes:
    return random.Random(5).randbytes(LONGEST_STREAM + (1 << 16))


@cache
def stream(serial: int) -> bytes:
    """All that the connection of that number will ever send, in order."""
    table = bytes((_MARKS[serial] << 5) | (byte & 31) for byte in range(256))
    return _noise()[:LONGEST_STREAM].translate(table)


def sender_of(data: bytes) -> int:
    """The number of the connection that sent these bytes, of which there is one at least."""
    return _MARKS.index(data[0] >> 5)


def parcel(number: int, length: int) -> bytes:
    """The buffer of the host's send of that number: no two are alike, nor is one the beginning of another."""
    start = number * 131 % (1 << 15)
    return (b"<%d>" % number + _noise()[start : start + length])[:length]
