"""The contents of a check are those of Python's own generator, however they are drawn: reproductions draw them anew."""

from __future__ import annotations

import random

import pytest

from dasnet_conformance.stage.contents import Contents


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 1000, 1 << 14, (1 << 14) + 1, 3 << 14, 200_001])
def test_bytes_are_those_of_the_plain_generator(size: int) -> None:
    ours, plain = Contents("0:send.large"), random.Random("0:send.large")
    assert ours.randbytes(size) == plain.randbytes(size)
    assert ours.randbytes(7) == plain.randbytes(7)
