"""Faults of section http-client-answer: what one answer leaves behind for the next, and fields out of the ordinary."""

from __future__ import annotations

import gzip
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_response import BrokenError, HttpResponse


@fault("http-client-answer.one-after-other")
class HeadIsRemembered(HttpClientHandle):
    """Behind HEAD every answer on the connection is read without a body."""

    head = False

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        assert self.response is not None
        self.head = asked.method == b"HEAD" or (self.head and self.connection is not None)
        if self.head:
            self.response.method = b"HEAD"


@fault("http-client-answer.one-after-other")
class FieldsAreRemembered(HttpClientHandle):
    """Fields of an answer are handed over with the next one on its connection, where that has none of the name."""

    before: tuple[tuple[bytes, bytes], ...] = ()

    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        name, number, status, reason, fields, body = super().outcome_of(asked, response)
        names = {each.lower() for each, _ in fields}
        old = [pair for pair in self.before if pair[0].lower() not in names] if self.used else []
        self.before = tuple(pair for pair in fields if pair[0].lower().startswith(b"x-"))
        return (name, number, status, reason, fields + old, body)


@fault("http-client-answer.one-after-other")
class ChunksAreRemembered(HttpClientHandle):
    """Behind an answer in chunks all that follow on the connection are read in chunks."""

    chunks = False

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        assert self.response is not None
        if self.chunks:
            response, read = self.response, self.response.read_framing

            def in_chunks() -> None:
                read()
                response.state = "size"

            response.read_framing = in_chunks  # type: ignore[method-assign]

    def respond(self) -> None:
        assert self.response is not None
        self.chunks = self.chunks or bool(self.response.head.values(b"transfer-encoding"))
        super().respond()

    def retire(self) -> None:
        super().retire()
        self.chunks = False


@fault("http-client-answer.name-any-token")
class LettersAndHyphensOnly(HttpResponse):
    """A field is dropped whose name has more than letters, digits and hyphens."""

    def head_is_whole(self) -> None:
        plain = b"abcdefghijklmnopqrstuvwxyz0123456789-"
        self.head.fields = [pair for pair in self.head.fields if all(byte in plain for byte in pair[0].lower())]
        super().head_is_whole()


@fault("http-client-answer.name-any-token")
class OddNamesAreAFailure(HttpResponse):
    """A name of a field begins with a letter, or the request fails."""

    def split_field(self, line: bytes) -> tuple[bytes, bytes]:
        if not line[:1].isalpha():
            raise BrokenError("no name of a field")
        return super().split_field(line)


@fault("http-client-answer.fields-large")
class FortyFieldsOfAnAnswer(HttpResponse):
    """There is room for forty fields of an answer, and those behind are dropped."""

    def head_is_whole(self) -> None:
        super().head_is_whole()
        self.head.fields = self.head.fields[:40]


@fault("http-client-answer.fields-large")
class ValuesOfFourKilobytes(HttpResponse):
    """The value of a field is kept in four kilobytes, and the rest of it dropped."""

    def trim(self, value: bytes) -> bytes:
        return super().trim(value)[:4_096]


@fault("http-client-answer.content-as-sent")
class CodingIsUndoneWhereItIs(HttpClientHandle):
    """A body that is compressed is unpacked, and the field that said so left out."""

    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        name, number, status, reason, fields, body = super().outcome_of(asked, response)
        if b"gzip" in response.head.values(b"content-encoding") and body.startswith(b"\x1f\x8b"):
            fields = [pair for pair in fields if pair[0].lower() != b"content-encoding"]
            body = gzip.decompress(body)
        return (name, number, status, reason, fields, body)


@fault("http-client-answer.content-as-sent")
class MarkOfTheCodingIsDropped(HttpClientHandle):
    """The mark of UTF-8 at the beginning of a body is dropped."""

    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        *rest, body = super().outcome_of(asked, response)
        return (*rest, body.removeprefix(b"\xef\xbb\xbf"))


@fault("http-client-answer.interim")
class FiveInterimAtMost(HttpResponse):
    """A sixth interim answer is too many."""

    passed = 0

    def interim(self) -> None:
        self.passed += 1
        if self.passed > 5:
            raise BrokenError("too many interim answers")
        super().interim()


@fault("http-client-answer.status-line")
class AsksAgainBehindAnError(HttpClientHandle):
    """An answer of 500, 502 or 504 to GET is asked for once more, and the program hears of the last alone."""

    again = 0

    def respond(self) -> None:
        asked = self.current
        assert asked is not None
        assert self.response is not None
        bad = self.response.head.status in (500, 502, 504)
        if bad and asked.method == b"GET" and self.again != asked.number:
            self.again = asked.number
            self.retire()
            self.begin(asked)
            return
        super().respond()


@fault("http-client-answer.version-old")
class NothingReadNothingLost(HttpResponse):
    """A connection goes on behind an answer without content, of HTTP/1.0 too: nothing was left to be read."""

    def keeps(self) -> bool:
        return super().keeps() or (self.has_no_content() and self.head.minor == 0 and not self.buffer)
