"""Which part a name belongs to: every name to one, whatever other names there are; and how a part is written."""

from __future__ import annotations

from collections import Counter

import pytest

from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.catalogue.shard import Shard, read_shard, with_shard, without_shard

#: Of three requirements, those in the first, the second and the third of three parts.
HELD = [["send.size-zero"], ["init.port-in-use", "data.zeros"], []]
IDS = list(load_catalogue().requirements)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 20])
def test_every_requirement_is_in_one_part(count: int) -> None:
    held = Counter(name for number in range(1, count + 1) for name in IDS if Shard(number, count).holds(name))
    assert held == Counter(IDS)


def test_no_part_of_a_few_is_much_larger_than_another() -> None:
    sizes = [sum(Shard(number, 4).holds(name) for name in IDS) for number in range(1, 5)]
    assert max(sizes) < 2 * min(sizes)


def test_a_name_stays_where_it_is_in_every_release() -> None:
    # Written down from the first release with shards: a CI system keeps the times of a part, and who looks for a
    # requirement in the third log finds it there again.
    names = ("init.port-in-use", "send.size-zero", "data.zeros")
    assert [[name for name in names if Shard(number, 3).holds(name)] for number in range(1, 4)] == HELD


def test_a_part_is_written_and_read() -> None:
    assert read_shard("2/3") == Shard(2, 3)
    assert str(Shard(2, 3)) == "2/3"


@pytest.mark.parametrize("text", ["", "2", "0/3", "4/3", "2/0", "-1/3", "02/3", "2/3/4", " 2/3", "a/b", "2/3\n"])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="shard"):
        read_shard(text)


@pytest.mark.parametrize("filters", ["", "send --profile core", "-k 'a or b'"])
def test_filters_and_part_are_taken_apart_as_they_were_put_together(filters: str) -> None:
    assert without_shard(with_shard(filters, Shard(2, 3))) == (filters, Shard(2, 3))
    assert without_shard(with_shard(filters, None)) == (filters, None)
