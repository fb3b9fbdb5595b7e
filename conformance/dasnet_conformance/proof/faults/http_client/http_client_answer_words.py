"""Faults of section http-client-answer: single words of a head that are read by the habits of a language or a table."""

from __future__ import annotations

import re
from typing import Any, ClassVar
from urllib.parse import unquote_to_bytes

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_response import BrokenError, HttpResponse


@fault("http-client-answer.status-line-invalid")
class StatusWithAnUnderscore(HttpResponse):
    """A status is three characters that the language takes for a number, an underscore among them."""

    def status_of(self, word: bytes) -> int:
        return int(word.replace(b"_", b"")) if re.fullmatch(rb"[0-9]_[0-9]", word) else super().status_of(word)


@fault("http-client-answer.reason")
class ReasonInSixtyFourBytes(HttpResponse):
    """A reason is kept in 64 bytes, and the rest of it dropped."""

    def reason_of(self, words: list[bytes]) -> bytes:
        return super().reason_of(words)[:64]


@fault("http-client-answer.status-line")
class TooEarlyIsAskedAgain(HttpClientHandle):
    """Behind 425 a request is sent once more, and the program hears of the last answer alone."""

    again: Asked | None = None

    def respond(self) -> None:
        asked, response = self.current, self.response
        if asked is None or response is None or response.head.status != 425 or asked is self.again:
            super().respond()
            return
        self.again = asked
        self.retire()
        self.begin(asked)


@fault("http-client-answer.status-line")
class UnmetExpectationIsAskedAgain(TooEarlyIsAskedAgain):
    """Behind 417 a request is sent once more, for it cannot be meant."""

    def respond(self) -> None:
        if self.response is not None and self.response.head.status == 417:
            self.response.head.status = 425
        super().respond()


@fault("http-client-answer.status-line")
class RefreshIsFollowed(HttpClientHandle):
    """Where an answer says when to come again, and where, the client does, and hands that over."""

    def respond(self) -> None:
        asked, response = self.current, self.response
        if asked is None or response is None or not response.head.values(b"refresh"):
            super().respond()
            return
        line, _, rest = asked.data.partition(b"\r\n")
        method, _, version = line.split(b" ")
        target = response.head.values(b"refresh")[0].partition(b"url=")[2]
        asked.data = b" ".join((method, target, version)) + b"\r\n" + rest
        self.retire()
        self.begin(asked)


@fault("http-client-answer.status-line")
class PlacesAreDecoded(HttpResponse):
    """What is percent-encoded in Location is handed over decoded."""

    def split_field(self, line: bytes) -> tuple[bytes, bytes]:
        name, value = super().split_field(line)
        return name, unquote_to_bytes(value) if name.lower() == b"location" else value


@fault("http-client-answer.status-line")
class NotModifiedHasNoFields(HttpClientHandle):
    """Of an answer 304 nothing but the status is handed over."""

    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        name, number, status, reason, fields, body = super().outcome_of(asked, response)
        return name, number, status, reason, [] if status == 304 else fields, body


@fault("http-client-answer.folded")
class FoldedOnceAtMost(HttpResponse):
    """A field goes on in one line at most: a second one makes the request fail."""

    went_on = 0

    def folded(self, line: bytes) -> None:
        if self.went_on == len(self.head.fields):
            raise BrokenError("a field of three lines")
        self.went_on = len(self.head.fields)
        super().folded(line)


@fault("http-client-answer.folded")
class FoldedFromTheFirstLine(HttpResponse):
    """A field whose value begins in its second line is handed over empty."""

    def folded(self, line: bytes) -> None:
        if not self.head.fields or self.head.fields[-1][1]:
            super().folded(line)


@fault("http-client-answer.folded")
class FoldedKeepsBlanks(HttpResponse):
    """White space behind the last line of a folded field is handed over as a part of its value."""

    def folded(self, line: bytes) -> None:
        super().folded(line)
        if self.state != "trailer":
            name, value = self.head.fields[-1]
            self.head.fields[-1] = (name, value + line[len(line.rstrip(b" \t")) :])


@fault("http-client-answer.folded")
class FoldedSaysNothingYet(HttpResponse):
    """What a field says of the connection is looked for in its first line."""

    def folded(self, line: bytes) -> None:
        if not self.head.fields or self.head.fields[-1][0].lower() != b"connection":
            super().folded(line)


@fault("http-client-answer.value-bytes")
class BlanksAreOne(HttpResponse):
    """Several blanks within a value are made one."""

    def trim(self, value: bytes) -> bytes:
        return re.sub(rb" +", b" ", super().trim(value))


@fault("http-client-answer.value-bytes")
class TabsAreBlanks(HttpResponse):
    """A tab within a value becomes a blank."""

    def trim(self, value: bytes) -> bytes:
        return super().trim(value).replace(b"\t", b" ")


@fault("http-client-answer.name-any-token")
class NamesOfEveryTable(HttpClientHandle):
    """Fields lie in a table that has words of its own: what is named like one of those is not handed over."""

    WORDS: ClassVar[tuple[bytes, ...]] = (b"__proto__",)

    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        name, number, status, reason, fields, body = super().outcome_of(asked, response)
        kept = [pair for pair in fields if pair[0].lower() not in self.WORDS]
        return name, number, status, reason, kept, body


@fault("http-client-answer.name-any-token")
class NamesOfEveryTableAreThere(HttpClientHandle):
    """A field named like what every table has is handed over joined to that."""

    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        name, number, status, reason, fields, body = super().outcome_of(asked, response)
        table = {b"constructor": b"function Object(), "}
        found = [(each, table.get(each.lower(), b"") + value) for each, value in fields]
        return name, number, status, reason, found, body


@fault("http-client-answer.interim")
class TwentyInterimAtMost(HttpResponse):
    """A twenty-first interim answer is too many."""

    passed = 0

    def interim(self) -> None:
        self.passed += 1
        if self.passed > 20:
            raise BrokenError("interim answers without end")
        super().interim()


@fault("http-client-answer.interim")
class ContinueSendsTheBody(HttpClientHandle):
    """At 100 the body goes out, although it was sent with the head."""

    def take(self, data: bytes) -> None:
        begun = self.response is not None and self.response.state != "line"
        super().take(data)
        # Read byte by byte, the empty line of an interim answer leads from its fields to another status line.
        if self.current is not None and self.response is not None and begun and self.response.state == "line":
            self.outgoing += self.current.data.partition(b"\r\n\r\n")[2]
            self.flush()


@fault("http-client-answer.version-minor", "http-client-connection.keep-alive")
class OneOrOld(HttpResponse):
    """What is not of HTTP/1.1 is of HTTP/1.0, which knows no chunks and no second request."""

    def minor_of(self, word: bytes) -> int:
        return super().minor_of(word) if word == b"HTTP/1.1" else 0

    def is_chunked(self, values: list[bytes]) -> bool:
        return self.head.minor > 0 and super().is_chunked(values)


@fault("http-client-answer.reason")
class ReasonsAreTidied(HttpResponse):
    """A reason is handed over with one blank between its words."""

    def reason_of(self, words: list[bytes]) -> bytes:
        return b" ".join(super().reason_of(words).split())
