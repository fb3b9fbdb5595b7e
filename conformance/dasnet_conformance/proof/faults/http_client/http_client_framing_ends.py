"""Faults of section http-client-framing: where within a body the connection's end is taken for the body's."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_response import HttpResponse


@fault("http-client-framing.chunk-truncated")
class NoChunkIsAnEmptyBody(HttpResponse):
    """A server that ends before the first chunk had nothing to say, the client thinks."""

    def cut(self) -> None:
        if self.state == "size" and not self.body and not self.buffer:
            self.state = "done"
        else:
            super().cut()


@fault("http-client-framing.chunk-truncated")
class WholeDataIsEnough(HttpResponse):
    """Where the data of a chunk is whole nothing is missing, though its line end has not come."""

    def cut(self) -> None:
        if self.state == "data-end":
            self.state = "done"
        else:
            super().cut()


@fault("http-client-framing.chunk-truncated")
class ZeroWithoutLineEnd(HttpResponse):
    """At the end of the connection what is left is read as a line: a 0 is the last chunk."""

    def cut(self) -> None:
        if self.state == "size" and bytes(self.buffer) == b"0":
            self.state = "done"
        else:
            super().cut()


@fault("http-client-framing.chunk-no-final-line")
class TrailerIsEnough(HttpResponse):
    """The end of the connection behind a trailer field is the end of the body."""

    trailers = 0

    def read_trailer(self, name: bytes, value: bytes) -> None:
        self.trailers += 1
        super().read_trailer(name, value)

    def cut(self) -> None:
        if self.state == "trailer" and self.trailers:
            self.state = "done"
        else:
            super().cut()


@fault("http-client-framing.head")
class ErrorsHaveBodies(HttpResponse):
    """An error has a body, whatever was asked."""

    def has_no_content(self) -> bool:
        return super().has_no_content() and not (self.method == b"HEAD" and self.head.status >= 400)


@fault("http-client-framing.length")
class BodyIsKeptAsText(HttpResponse):
    """A body is handed over as a text that ends with NUL, without those that it ends with."""

    def step(self) -> bool:
        more = super().step()
        if self.done:
            self.body = self.body.rstrip(b"\0")
        return more


@fault("http-client-framing.length-invalid")
class LengthsAreStripped(HttpResponse):
    """A length is stripped of what the language calls white space before it is read."""

    def trim(self, value: bytes) -> bytes:
        return super().trim(value).strip()


@fault("http-client-framing.length-huge")
class LengthsOfThirtyOneBits(HttpResponse):
    """A length is kept in 32 bits with a sign, and below 0 there is none: the body lasts until the end."""

    def read_framing(self) -> None:
        super().read_framing()
        if self.state == "length" and self.left & 0x8000_0000:
            self.state = "end"

    def check_body(self, size: int) -> None:
        if size < 0x8000_0000:
            super().check_body(size)


@fault("http-client-framing.chunk-data-end")
class CrIsEnough(HttpResponse):
    """Of the two bytes behind a chunk's data the first is looked at."""

    def check_data_end(self, end: bytes) -> None:
        super().check_data_end(end[:1] + b"\n")


@fault("http-client-framing.chunk-data-end")
class LfIsEnough(HttpResponse):
    """Of the two bytes behind a chunk's data the second is looked at."""

    def check_data_end(self, end: bytes) -> None:
        super().check_data_end(b"\r" + end[1:])
