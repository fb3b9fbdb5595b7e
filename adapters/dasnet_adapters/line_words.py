"""The words and the line of the line protocol, version 1: numbers, booleans, bytes, free text, and what splits them.

Strict: what the page does not allow is a `ProtocolError` that says which word and why. Knows nothing of commands and
answers; those are in `line_protocol`. May import the standard library and the hints.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from .hints import HINTS

_LARGEST: Final = (1 << 63) - 1
_NUMBER: Final = re.compile(r"0|-?[1-9][0-9]{0,18}")
_TEXT: Final = re.compile(r"(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+")
_BOOLEANS: Final = {"true": True, "false": False}
_PRINTABLE: Final = bytes(range(0x20, 0x7F))
_SHOWN: Final = 60


class ProtocolError(Exception):
    """A line that the protocol does not have.

    `symptom` is a key of `HINTS`, `hint` its likely cause and next step as text; `sequence` is the number of the line
    where that much could be read of a command.
    """

    def __init__(self, message: str, symptom: str) -> None:
        super().__init__(message)
        self.symptom = symptom
        self.sequence: int | None = None
        self.hint = HINTS[symptom].text


def show(word: str | bytes) -> str:
    """A word or line for people: clipped, and with nothing in it that a terminal would obey."""
    text = word[: _SHOWN + 1].decode("ascii", "backslashreplace") if isinstance(word, bytes) else word[: _SHOWN + 1]
    clipped = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
    return clipped if clipped.isprintable() and clipped.isascii() else ascii(clipped)[1:-1]


def encode_text(text: str) -> str:
    """Free text as one word. What is no Unicode (a lone surrogate) is written as its escape."""
    if text in ("", "-"):
        return "%2D" if text else "-"
    return quote(text.encode("utf-8", "backslashreplace"), safe="")


def decode_text(word: str) -> str:
    """The text behind a word. Raises `ProtocolError` for what is not percent-encoded UTF-8."""
    if word == "-":
        return ""
    if not _TEXT.fullmatch(word):
        bare = re.search(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9._~%-]", word)
        found = f"has a bare '{show(bare.group())}'" if bare else "is empty"
        raise ProtocolError(f"the text '{show(word)}' {found}", "bad-text")
    try:
        return unquote_to_bytes(word).decode("utf-8")
    except UnicodeDecodeError:
        raise ProtocolError(f"the text '{show(word)}' is not UTF-8 behind its percent-encoding", "bad-text") from None


def encode_bytes(data: bytes) -> str:
    """Bytes as one word."""
    return data.hex() or "-"


def decode_bytes(word: str) -> bytes:
    """The bytes behind a word. Raises `ProtocolError` for what is not lowercase hex in pairs."""
    if word == "-":
        return b""
    try:
        data = bytes.fromhex(word)
    except ValueError:
        what = "an odd number of digits" if len(word) % 2 else "something that is no hex digit"
        raise ProtocolError(f"the bytes '{show(word)}' have {what}", "bad-hex") from None
    # fromhex takes upper case and white space as well; going back is the fastest strict check.
    if not data or data.hex() != word:
        raise ProtocolError(f"the bytes '{show(word)}' are not lowercase hex", "bad-hex")
    return data


def decode_number(word: str) -> int:
    """The number behind a word. Raises `ProtocolError` for anything but a plain decimal of 64 bits."""
    if _NUMBER.fullmatch(word):
        number = int(word)
        if -_LARGEST - 1 <= number <= _LARGEST:
            return number
    raise ProtocolError(f"'{show(word)}' is no number", "bad-number")


def decode_size(word: str) -> int:
    """A number from 0 up. Raises `ProtocolError` for anything else."""
    number = decode_number(word)
    if number < 0:
        raise ProtocolError(f"'{show(word)}' is negative", "negative-size")
    return number


def decode_positive(word: str) -> int:
    """A number from 1 up. Raises `ProtocolError` for anything else."""
    number = decode_size(word)
    if not number:
        raise ProtocolError("0 where a number from 1 up belongs", "bad-number")
    return number


def decode_boolean(word: str) -> bool:
    """A boolean. Raises `ProtocolError` for anything but true and false."""
    try:
        return _BOOLEANS[word]
    except KeyError:
        raise ProtocolError(f"'{show(word)}' is neither true nor false", "wrong-value") from None


# What does not even begin with a number was never meant as an answer, whatever else is wrong with it.
def _line_error(what: str, line: bytes, symptom: str) -> ProtocolError:
    return ProtocolError(f"{what} '{show(line)}'", symptom if line[:1].isdigit() else "stray-print")


def split_line(line: bytes) -> list[str]:
    """The words of a line without its line feed; one carriage return at the end is dropped.

    Raises `ProtocolError` for what no line may hold, and for words that are not separated by single spaces.
    """
    if line.endswith(b"\r"):
        line = line[:-1]
    if not line.isascii():
        if line.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
            raise ProtocolError("a byte order mark at the start of a line", "byte-order-mark")
        raise _line_error("bytes beyond ASCII in", line, "not-ascii")
    if b"\0" in line:
        raise ProtocolError(f"a NUL byte in '{show(line)}'", "nul-byte")
    if b"\r" in line:
        raise _line_error("a carriage return inside", line, "carriage-return")
    if line.translate(None, _PRINTABLE):
        raise _line_error("a control character in", line, "not-ascii")
    words = line.decode("ascii").split(" ")
    if "" in words:
        if not line:
            raise ProtocolError("an empty line", "stray-print")
        raise _line_error("an empty word in", line, "spacing")
    return words


def expect_words(words: list[str], count: int, what: str) -> None:
    """Raises `ProtocolError` when there are not that many words; `what` is the form they should have."""
    if len(words) != count:
        raise ProtocolError(f"'{what}' has {count} words, not {len(words)}: '{show(' '.join(words))}'", "wrong-words")
