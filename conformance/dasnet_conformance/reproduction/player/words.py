"""The words of the line protocol and of the script, as far as they are compared."""

from __future__ import annotations

import hashlib
import random
import re
import urllib.parse


def fingerprint(data: bytes | bytearray) -> str:
    """Bytes as their number and the first digits of their SHA-256."""
    return f"{len(data)} {hashlib.sha256(data).hexdigest()[:12]}"


def first_size(text: str) -> int:
    """The first number of bytes that a text tells, 0 without one."""
    found = re.search(r"(\d+) bytes", text)
    return int(found[1]) if found else 0


def total(words: list[str]) -> int:
    """How many bytes the words of a channel tell of."""
    return sum(int(parts[1]) for parts in map(str.split, words) if len(parts) == 3 and len(parts[2]) == 12)


def short(outcome: list[str]) -> str:
    """An outcome as far as it can be compared."""
    return " ".join(outcome[:2]) if outcome[0] == "value" else outcome[0]


def spoken(word: str) -> bool:
    """Whether there is anything to read in a text of the protocol."""
    return bool(urllib.parse.unquote(word).strip()) and word != "-"


def payload(word: str) -> bytes:
    """The bytes behind a word: hex, - for none, or random(SEED,PLACE,SIZE) for a piece of a row of random bytes."""
    drawn = re.match(r"random\((.*),(\d+),(\d+)\)$", word)
    if drawn is None:
        return b"" if word == "-" else bytes.fromhex(word)
    place, size = int(drawn[2]), int(drawn[3])
    whole = (place + size + 3) & ~3
    return random.Random(drawn[1]).getrandbits(8 * whole).to_bytes(whole, "little")[place : place + size]


def number(word: str) -> int:
    """The number in an outcome, 0 without one."""
    return int(word.split()[-1]) if word.split()[-1:] and word.split()[-1].isdigit() else 0


def totals(text: str) -> dict[tuple[str, str], int]:
    """What a wait waits for, from its words."""
    found = {}
    for part in filter(None, text.split(", ")):
        kind, index, *words = part.split()
        for word in words:
            what, _, total = word.partition("=")
            found[f"{kind} {index}", what] = int(total)
    return found


def is_less(now: list[str], recorded: list[str]) -> bool:
    """Whether what came now is what came first of the recorded, its last bytes perhaps not all of them."""
    if now == recorded[: len(now)]:
        return True
    if len(now) > len(recorded) or now[:-1] != recorded[: len(now) - 1]:
        return False
    last, then = now[-1].split(), recorded[len(now) - 1].split()
    return len(last) == len(then) == 3 and last[0] == then[0] and int(last[1]) < int(then[1])
