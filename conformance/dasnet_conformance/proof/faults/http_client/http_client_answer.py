"""Faults of section http-client-answer: what a client makes of the head of an answer."""

from __future__ import annotations

import re
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_response import BrokenError, Head, HttpResponse


@fault("http-client-answer.status-line")
class ErrorsAreFailures(HttpClientHandle):
    """An answer of 4xx is told as a failure."""

    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        if 400 <= response.head.status < 500:
            return ("on_failure", asked.number, "the server says no", response.head.status)
        return super().outcome_of(asked, response)


@fault("http-client-answer.status-line")
class UnknownStatusIsItsClass(HttpClientHandle):
    """An unknown status is handed over as the first of its class."""

    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        name, number, status, *rest = super().outcome_of(asked, response)
        return (name, number, 200 if status == 299 else status, *rest)


@fault("http-client-answer.status-line")
class FollowsRedirections(HttpClientHandle):
    """A redirection is followed, and the program hears of the last answer alone."""

    def respond(self) -> None:
        response, asked = self.response, self.current
        places = response.head.values(b"location") if response is not None else []
        if response is not None and asked is not None and response.head.status == 302 and places:
            self.retire()
            _, end, rest = asked.data.partition(b"\r\n")
            asked.data = b"GET " + places[0] + b" HTTP/1.1" + end + rest
            self.begin(asked)
            return
        super().respond()


@fault("http-client-answer.reason")
class ReasonOfItsOwn(HttpResponse):
    """The reason is the client's own for the status."""

    def reason_of(self, words: list[bytes]) -> bytes:  # noqa: ARG002
        return b"OK" if self.head.status == 200 else b"Not Found"


@fault("http-client-answer.reason")
class ReasonOfOneWord(HttpResponse):
    """Of a reason the first word is handed over."""

    def reason_of(self, words: list[bytes]) -> bytes:
        return super().reason_of(words).partition(b" ")[0]


@fault("http-client-answer.status-line-invalid")
class HttpClientAnyNumberIsAStatus(HttpResponse):
    """Any number is a status."""

    def status_of(self, word: bytes) -> int:
        if not word.isdigit():
            raise BrokenError("no status")
        return int(word)


@fault("http-client-answer.status-line-invalid")
class StatusByPrefix(HttpResponse):
    """A status is whatever number a word begins with."""

    def status_of(self, word: bytes) -> int:
        found = re.match(rb"[+-]?[0-9]+", word)
        return int(found[0]) if found else 0


@fault("http-client-answer.status-line-invalid")
class VersionMayBeMissing(HttpResponse):
    """A status line may begin with its status."""

    def read_status_line(self, line: bytes) -> None:
        super().read_status_line(line if line.startswith(b"HTTP") else b"HTTP/1.1 " + line)


@fault("http-client-answer.status-line-invalid")
class GarbageIsAnOldAnswer(HttpResponse):
    """What is no status line is taken for a body of HTTP/0.9."""

    def read_status_line(self, line: bytes) -> None:
        try:
            super().read_status_line(line)
        except BrokenError:
            self.head = Head(200, b"", 0)


@fault("http-client-answer.status-line-invalid")
class VersionsOfManyDigits(HttpResponse):
    """A version may have more digits."""

    def minor_of(self, word: bytes) -> int:
        return super().minor_of(word[:8])


@fault("http-client-answer.version-major")
class AnyVersion(HttpResponse):
    """An answer of any version is read as one of HTTP/1.1."""

    def other_major(self, word: bytes) -> int:  # noqa: ARG002
        return 1


@fault("http-client-answer.version-major")
class NewerVersionsToo(HttpResponse):
    """An answer of HTTP/2.0 in the form of HTTP/1.1 is read as one."""

    def other_major(self, word: bytes) -> int:
        return 1 if word == b"HTTP/2.0" else super().other_major(word)


@fault("http-client-answer.version-minor")
class OneVersionOnly(HttpResponse):
    """Versions other than 1.0 and 1.1 are refused."""

    def minor_of(self, word: bytes) -> int:
        if word == b"HTTP/1.2":
            raise BrokenError("an unknown version")
        return super().minor_of(word)


@fault("http-client-answer.version-old", "http-client-framing.until-close")
class OldVersionRefused(HttpResponse):
    """Answers of HTTP/1.0 are refused."""

    def minor_of(self, word: bytes) -> int:
        minor = super().minor_of(word)
        if minor == 0:
            raise BrokenError("too old")
        return minor


@fault("http-client-answer.version-old")
class OldConnectionsAreKept(HttpResponse):
    """A connection is kept behind an answer of HTTP/1.0 as behind any."""

    def minor_of(self, word: bytes) -> int:
        return max(super().minor_of(word), 1)


@fault("http-client-answer.folded")
class FoldedIsRefused(HttpResponse):
    """A folded field makes the request fail, as a server may do with a request."""

    def folded(self, line: bytes) -> None:
        raise BrokenError(f"a line of the head begins with white space: {line!r}")


@fault("http-client-answer.folded")
class FoldedIsDropped(HttpResponse):
    """The folded part of a field is dropped."""

    def folded(self, line: bytes) -> None:
        pass


@fault("http-client-answer.folded")
class FoldedWithoutSpace(HttpResponse):
    """The parts of a folded field are put together without a space."""

    def folded(self, line: bytes) -> None:
        name, value = self.head.fields[-1]
        self.head.fields[-1] = (name, value + line.strip(b" \t"))


@fault("http-client-answer.folded")
class FoldedByTabIsRefused(HttpResponse):
    """A line that goes on after a tab is not known as one."""

    def read_field(self, line: bytes) -> None:
        if line.startswith(b"\t"):
            raise BrokenError("a line that is no field")
        super().read_field(line)


@fault("http-client-answer.value-trimmed")
class ValuesUntrimmed(HttpResponse):
    """White space behind a value stays."""

    def trim(self, value: bytes) -> bytes:
        return value.lstrip(b" \t")


@fault("http-client-answer.value-trimmed")
class TrimsSpacesOnly(HttpResponse):
    """Tabs around a value stay."""

    def trim(self, value: bytes) -> bytes:
        return value.strip(b" ")


@fault("http-client-answer.value-bytes")
class ValuesInUnicode(HttpResponse):
    """Values are read as UTF-8, and what is none is replaced."""

    def trim(self, value: bytes) -> bytes:
        return super().trim(value).decode("utf-8", "replace").encode("utf-8")


@fault("http-client-answer.value-bytes")
class EmptyValuesDropped(HttpResponse):
    """A field with an empty value is dropped."""

    def head_is_whole(self) -> None:
        self.head.fields = [(name, value) for name, value in self.head.fields if value]
        super().head_is_whole()


@fault("http-client-answer.value-bytes")
class ValuesEndAtAColon(HttpResponse):
    """A value ends at its first colon."""

    def trim(self, value: bytes) -> bytes:
        return super().trim(value.partition(b":")[0])


@fault("http-client-answer.fields-in-order")
class FieldsInADictionary(HttpResponse):
    """Of two fields of one name the last is left."""

    def head_is_whole(self) -> None:
        self.head.fields = list(dict(self.head.fields).items())
        super().head_is_whole()


@fault("http-client-answer.fields-in-order")
class FieldsAreSorted(HttpResponse):
    """Fields are handed over the last first."""

    def head_is_whole(self) -> None:
        self.head.fields.reverse()
        super().head_is_whole()


@fault("http-client-answer.value-line-ends")
class LoneCrEndsALine(HttpResponse):
    """A lone CR ends a line, and makes a field of what follows."""

    def feed(self, data: bytes) -> None:
        super().feed(re.sub(rb"\r(?!\n|$)", b"\r\n", data) if self.state in ("line", "field") else data)


@fault("http-client-answer.value-line-ends")
class NulEndsAValue(HttpResponse):
    """The value of a field ends at its first NUL."""

    def check_value(self, value: bytes) -> None:
        super().check_value(value.replace(b"\0", b""))

    def trim(self, value: bytes) -> bytes:
        return super().trim(value).partition(b"\0")[0]


@fault("http-client-answer.cut")
class CutHeadIsAnAnswer(HttpResponse):
    """A head that the end of the connection cuts is an answer without a body, if its status is there."""

    def cut(self) -> None:
        if self.state == "field":
            self.state = "done"
        else:
            super().cut()


@fault("http-client-answer.cut")
class NothingIsAnAnswer(HttpResponse):
    """A server that leaves without a word has answered 200."""

    def cut(self) -> None:
        if self.begun:
            super().cut()
        self.head.status, self.state = 200, "done"


@fault("http-client-answer.status-line")
class AsksAgainWhenBusy(HttpClientHandle):
    """503 with Retry-After is asked for once more, and the program hears of the last answer alone."""

    again = False

    def respond(self) -> None:
        response, asked = self.response, self.current
        if response is not None and asked is not None and response.head.status == 503 and not self.again:
            self.again = True
            self.retire()
            self.begin(asked)
            return
        super().respond()


@fault("http-client-answer.byte-by-byte")
class HeadInOnePiece(HttpClientHandle):
    """A head has to come in one piece."""

    def take(self, data: bytes) -> None:
        super().take(data)
        assert self.response is not None
        if self.response.state in ("line", "field"):
            raise BrokenError("half a head")


@fault("http-client-answer.byte-by-byte")
class BodyInOnePiece(HttpClientHandle):
    """A body is whole when its first piece has come."""

    def take(self, data: bytes) -> None:
        super().take(data)
        if self.response is not None and self.response.state == "length" and self.response.body:
            self.response.state = "done"


@fault("http-client-answer.byte-by-byte")
class LineEndInOnePiece(HttpResponse):
    """CR and LF of a chunk's end have to come together."""

    def read_data_end(self) -> bool:
        if len(self.buffer) == 1:
            raise BrokenError("half a line end")
        return super().read_data_end()
