"""The random contents of a check, drawn from its seed. It imports nothing of ours, and does no input or output."""

from __future__ import annotations

import random
from typing import Final

#: Bytes that are drawn at once: what comes of a draw of mebibytes is a number for which the system finds fresh memory
#: three times over.
_AT_ONCE: Final = 1 << 14


class Contents(random.Random):
    """Like `random.Random`, whose bytes it draws: the same seed gives the same to whoever has no such class."""

    def randbytes(self, n: int) -> bytes:
        """So many bytes."""
        if n <= _AT_ONCE:
            return super().randbytes(n)
        draw = super().randbytes
        # The generator makes four bytes at a time, so that pieces of a multiple of that join to the whole.
        whole = [draw(_AT_ONCE) for _ in range(n // _AT_ONCE)]
        return b"".join([*whole, draw(n % _AT_ONCE)])
