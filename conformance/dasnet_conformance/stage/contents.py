"""The random contents of a check, drawn from the seed of its run. It imports nothing of ours; no input, no output.

All checks of a run draw from one stream of bytes, each from a place of its own on, so that what was drawn for one is
there for the others, and for every copy that is made of this process. The stream is what Python's own generator gives
for the seed: whoever plays a check again draws it without any of this.
"""

from __future__ import annotations

import random
import zlib
from typing import Final

#: The places where checks begin are below this.
BEGINNINGS: Final = 1 << 20

#: Bytes that are drawn at once. What comes of a draw of mebibytes is a number for which the system finds fresh memory
#: three times over. The generator makes four bytes at a time: pieces of a multiple of that join to the whole.
_AT_ONCE: Final = 1 << 14


class _Stream:
    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.drawn = bytearray()
        self._random = random.Random(seed)

    def reach(self, size: int) -> None:
        while len(self.drawn) < size:
            self.drawn += self._random.randbytes(_AT_ONCE)


# That of the run at hand; whoever has another seed begins another one.
_stream = _Stream("")


def _stream_of(seed: str) -> _Stream:
    global _stream
    if _stream.seed != seed:
        _stream = _Stream(seed)
    return _stream


def draw_ahead(seed: str, size: int) -> None:
    """Have so many bytes ready, for the copies of this process that are about to be made."""
    _stream_of(seed).reach(size)


class Contents:
    """The contents of one check.

    Arguments: `seed`, of the run; `name`, the check's, which says where in the stream it begins.
    """

    def __init__(self, seed: str, name: str) -> None:
        self._stream = _stream_of(seed)
        self._place = zlib.crc32(name.encode()) % BEGINNINGS & ~3

    def randbytes(self, size: int) -> bytes:
        """So many bytes, which come after those of the last call."""
        place = self._place
        self._place = (place + size + 3) & ~3
        self._stream.reach(place + size)
        with memoryview(self._stream.drawn) as drawn:
            return bytes(drawn[place : place + size])
