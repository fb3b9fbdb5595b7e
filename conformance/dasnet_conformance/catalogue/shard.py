"""One part of several: which requirements or faults it holds, by their names alone.

A name's place is taken from a hash of the name and not from where it stands, so that a new requirement moves no other
one into another part. Here is also what all parts have to keep to that are to be put together again, be they of a run
or of a proof. Nothing is printed, and nothing read but the suite's own files.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dasnet_conformance import SUITE_NAME, __version__
from dasnet_reports import harmless

from .hashes import suite_hashes

#: How a part is written: its number from 1 up, and how many there are.
_WRITTEN: Final = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")

#: Characters of a message about shards.
_LONGEST: Final = 600

#: The option that asks for a part, as results keep it among the filters of a run.
OPTION: Final = "--shard"


@dataclass(frozen=True, order=True)
class Shard:
    """Part `number`, from 1 up, of `count`. Raises `ValueError` for a number that is not among them."""

    number: int
    count: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.count:
            raise ValueError(f"there is no shard {self.number} of {self.count}; they count from 1")

    def holds(self, name: str) -> bool:
        """Whether a requirement's id, or a fault's name, belongs to this part."""
        digest = hashlib.sha256(name.encode()).digest()
        return int.from_bytes(digest[:8]) % self.count == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def read_shard(text: str) -> Shard:
    """The part that is written as `2/3`. Raises `ValueError` for anything else."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError(f"a shard is written K/N, such as 2/3, with up to four digits each, not {text[:40]!r}")
    return Shard(int(found[1]), int(found[2]))


def with_shard(selection: str, shard: Shard | None) -> str:
    """The filters of a run in words, with the part that was asked for at their end."""
    return selection if shard is None else f"{selection} {OPTION} {shard}".strip()


def without_shard(selection: str) -> tuple[str, Shard | None]:
    """The filters of a run as `with_shard` spells them, taken apart: those of the whole, and the part."""
    before, found, written = selection.rpartition(f"{OPTION} ")
    if not found:
        return selection, None
    try:
        return before.strip(), read_shard(written)
    except ValueError:
        return selection, None


class MergeError(Exception):
    """The shards do not make a whole: the caller's mistake, told in one line with the shard and the next step.

    Arguments: `told`, which may quote what a file says: it is made harmless.
    """

    def __init__(self, told: str) -> None:
        super().__init__(harmless(told, _LONGEST, one_line=True))


def insist_on_all(parts: Sequence[tuple[str, Shard]], command: str) -> None:
    """Raise `MergeError` unless every part of one division is there, and none twice.

    Arguments: `parts`, the name and the shard of each; `command`, with which a shard is made.
    """
    first_name, first = parts[0]
    seen: dict[int, str] = {}
    for name, shard in parts:
        if shard.count != first.count:
            told = f"{first_name} is one of {first.count} shards and {name} one of {shard.count}"
            raise MergeError(f"{told}; make all of them with the same N of {OPTION} K/N")
        if shard.number in seen:
            told = f"{seen[shard.number]} and {name} overlap: both are shard {shard}"
            raise MergeError(f"{told}; give each shard once")
        seen[shard.number] = name
    missing = [str(Shard(number, first.count)) for number in range(1, first.count + 1) if number not in seen]
    if missing:
        which = f"shard {missing[0]} is" if len(missing) == 1 else f"shards {', '.join(missing)} are"
        raise MergeError(f"{which} missing; give the results of {command} {OPTION} {missing[0]}, too")


def insist_on_this_suite(name: str, version: str, hashes: Mapping[str, object]) -> None:
    """Raise `MergeError` unless a shard was made by the suite that is installed here, which knows what is whole.

    Arguments: `name`, of the shard; `version` and `hashes`, of the suite that made it.
    """
    if version != __version__ or any(hashes.get(what) != value for what, value in suite_hashes().items()):
        told = f"{name} was made by {SUITE_NAME} {version}, and here is another suite ({__version__})"
        raise MergeError(f"{told}; merge where the same one is installed")
