"""Variants of HTTP clients: what of an answer is read, and how it is handed over."""

from __future__ import annotations

import re
from typing import Any

from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_response import BrokenError, Head, HttpResponse

from .registry import variant


@variant(
    "what is read leniently",
    shows={
        "http-client-answer.protocol-other": "responded",
        "http-client-answer.empty-line-before": "responded",
        "http-client-answer.spaces": "responded",
        "http-client-answer.name-invalid": "responded",
    },
)
class ReadsLeniently(HttpResponse):
    """Skips an empty line in front, splits a status line at any white space, takes any name of the protocol, drops what
    is no field: RFC 9112 leaves that to a client, or says nothing of it.
    """

    def read_line(self, line: bytes) -> None:
        """An empty line in front is none."""
        if self.state == "line" and not line:
            return
        super().read_line(line)

    def read_status_line(self, line: bytes) -> None:
        """Words apart by any white space."""
        words = line.split(None, 2)
        super().read_status_line(b" ".join(words))

    def minor_of(self, word: bytes) -> int:
        """A name that is another, or in small letters."""
        if word == b"ICY":
            return 0
        return super().minor_of(word.upper())

    def read_field(self, line: bytes) -> None:
        """What is no field is dropped, and a space before the colon mended."""
        name, colon, value = line.partition(b":")
        if not colon and not line.startswith((b" ", b"\t")):
            return
        super().read_field(name.rstrip(b" \t") + colon + value if name.strip(b" \t") == name.strip() else line)


@variant(
    "what is read strictly",
    shows={
        "http-client-answer.status-no-space": "failed",
        "http-client-answer.status-beyond": "failed",
        "http-client-answer.bare-lf": "failed",
        "http-client-framing.length-same": "failed",
        "http-client-framing.coding-old-version": "failed",
    },
)
class ReadsStrictly(HttpResponse):
    """Fails for whatever RFC 9112 does not allow a server: guessing is how two readers come apart."""

    def without_cr(self, line: bytes) -> bytes:
        """CR LF, and nothing else."""
        if not line.endswith(b"\r"):
            raise BrokenError("a line without CR")
        return super().without_cr(line)

    def status_of(self, word: bytes) -> int:
        """Of one of the five classes."""
        status = super().status_of(word)
        if not 100 <= status <= 599:
            raise BrokenError("no class of status")
        return status

    def reason_of(self, words: list[bytes]) -> bytes:
        """The space before it is there."""
        if len(words) < 3:
            raise BrokenError("no space behind the status")
        return super().reason_of(words)

    def length_of(self, values: list[bytes]) -> int:
        """One."""
        return self.length_number(values[0]) if len(values) == 1 else self.lengths_differ(values)

    def is_chunked(self, values: list[bytes]) -> bool:
        """One coding, and not in HTTP/1.0."""
        if self.head.minor < 1 or [value.lower() for value in values] != [b"chunked"]:
            raise BrokenError("an unknown coding")
        return True


@variant("what is read of a version and of a size", shows={"http-client-answer.protocol-other": "responded"})
class ReadsWhatIsPlain(HttpResponse):
    """Reads what begins with HTTP/1 as a version of it, and passes over a space before the size of a chunk: RFC 9110,
    section 2.4, lets a recipient make something of what is faulty.
    """

    def minor_of(self, word: bytes) -> int:
        """Whatever comes behind."""
        plain = re.match(rb"HTTP/1(?![0-9])(\.[0-9])?", word)
        return super().minor_of(plain[0] if plain and plain[1] else b"HTTP/1.1" if plain else word)

    def chunk_number(self, digits: bytes) -> int:
        """Behind the space."""
        return super().chunk_number(digits.lstrip(b" "))


@variant("the reason of an answer", falls_short=("http-client-answer.reason",))
class ReasonsAreLetGo(HttpResponse):
    """Hands over no reason: a client should not go by it (RFC 9112, section 4), and some let go of it."""

    def reason_of(self, words: list[bytes]) -> bytes:
        """None."""
        return b""


@variant("a status beyond 599, and both framings")
class BeyondIsFiveHundred(HttpResponse):
    """Hands over 999 as 500, which RFC 9110, section 15 wants; beside a coding it does not look at a length."""

    def status_of(self, word: bytes) -> int:
        """Of one of the five classes."""
        status = super().status_of(word)
        return status if status <= 599 else 500

    def both(self) -> None:
        """Chunks count."""


@variant("control characters in a value")
class ControlsAreSpaces(HttpResponse):
    """Reads NUL and a lone CR in a value as spaces, which RFC 9110, section 5.5 allows."""

    def trim(self, value: bytes) -> bytes:
        """White space around it, and in the place of what no value has."""
        return super().trim(re.sub(rb"[\0\r\n]", b" ", value))


@variant("fields as they are handed over")
class FieldsAreJoined(HttpClientHandle):
    """Hands over one field for each name but Set-Cookie, in small letters, the values joined: it means the same."""

    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        """One pair for each name."""
        name, number, status, reason, fields, body = super().outcome_of(asked, response)
        joined: dict[bytes, list[bytes]] = {}
        for each, value in fields:
            joined.setdefault(each.lower(), []).append(value)
        cookies = [(b"set-cookie", value) for value in joined.pop(b"set-cookie", [])]
        pairs = [(each, b", ".join(values)) for each, values in joined.items()]
        return (name, number, status, reason, pairs + cookies, body)


@variant("HTTP/1.0 in chunks", shows={"http-client-framing.coding-old-version": "responded"})
class OldVersionHasNoCodings(HttpResponse):
    """Reads an answer of HTTP/1.0 without codings: its body lasts until the end, and so it is handed over."""

    faulty = False

    def read_framing(self) -> None:
        """A coding that the version does not have is a field like any other."""
        if self.head.minor < 1:
            fields = [pair for pair in self.head.fields if pair[0].lower() != b"transfer-encoding"]
            self.faulty = fields != self.head.fields
            self.head.fields = fields
        super().read_framing()

    def keeps(self) -> bool:
        """Whatever the length is said to be (RFC 9112, section 6.1)."""
        return not self.faulty and super().keeps()


@variant("interim answers, and what a head may cost")
class HeadsAreCountedTogether(HttpResponse):
    """Counts interim answers into the limit of a head: who sends them without end sends a head without end."""

    def interim(self) -> None:
        """The size goes on."""
        size = self.head_size
        super().interim()
        self.head_size = size
        self.head = Head()


@variant("a line end that is LF alone", shows={"http-client-answer.bare-lf": "waits"})
class KnowsCrLfAlone(HttpResponse):
    """Knows no line end but CR LF, and waits for that: RFC 9112, section 2.2 lets a reader take a lone LF for one."""

    #: A lone LF is a control character of the line that it is in.
    line_end = b"\r\n"

    def reason_of(self, words: list[bytes]) -> bytes:
        """One without control characters."""
        reason = super().reason_of(words)
        self.check_value(reason)
        return reason
