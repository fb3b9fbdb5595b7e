"""Faults of section http-client-framing: where a client takes the end of a body to be."""

from __future__ import annotations

import re

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_response import BrokenError, HttpResponse


@fault("http-client-framing.no-content")
class WaitsBehindNoContent(HttpResponse):
    """204 and 304 are read with the body that their fields tell of."""

    def has_no_content(self) -> bool:
        return self.method == b"HEAD"


@fault("http-client-framing.no-content")
class WaitsBehindNotModified(HttpResponse):
    """304 is read with the body that its Content-Length tells of."""

    def has_no_content(self) -> bool:
        return self.method == b"HEAD" or self.head.status == 204


@fault("http-client-framing.no-content")
class NoContentOnlyWithoutCoding(HttpResponse):
    """204 with a Transfer-Encoding has a body."""

    def has_no_content(self) -> bool:
        return super().has_no_content() and not self.head.values(b"transfer-encoding")


@fault("http-client-framing.head")
class WaitsBehindHead(HttpResponse):
    """An answer to HEAD is read with the body that GET would have had."""

    def has_no_content(self) -> bool:
        return self.head.status in (204, 304)


@fault("http-client-framing.head")
class HeadWithoutFramingLasts(HttpResponse):
    """An answer to HEAD without any framing lasts until the end of the connection."""

    def has_no_content(self) -> bool:
        framed = self.head.values(b"content-length") or self.head.values(b"transfer-encoding")
        return bool(self.head.status in (204, 304) or (self.method == b"HEAD" and framed))


@fault("http-client-framing.length")
class OneByteTooFew(HttpResponse):
    """A body is whole one byte before its end."""

    def length_number(self, value: bytes) -> int:
        return max(super().length_number(value) - 1, 0)


@fault("http-client-framing.length")
class BodyEndsAtNul(HttpResponse):
    """A body is handed over up to the first NUL."""

    def read_data(self) -> bool:
        came = super().read_data()
        if self.done and b"\0" in self.body:
            del self.body[self.body.index(0) :]
        return came


@fault("http-client-framing.length")
class StripsLineEnds(HttpResponse):
    """Line ends at the beginning of a body are dropped."""

    def read_data(self) -> bool:
        came = super().read_data()
        if self.done:
            self.body[:] = self.body.lstrip(b"\r\n")
        return came


@fault("http-client-framing.length")
class LengthInItsUsualCase(HttpResponse):
    """The field Content-Length is known as it is usually written."""

    def read_framing(self) -> None:
        self.head.fields = [pair for pair in self.head.fields if pair[0] != b"content-length"]
        super().read_framing()


@fault("http-client-framing.length")
class WantsABlank(HttpResponse):
    """A field is a name, a colon, a blank and a value."""

    def split_field(self, line: bytes) -> tuple[bytes, bytes]:
        if b": " not in line and not line.endswith(b":"):
            raise BrokenError("a line that is no field")
        return super().split_field(line)


@fault("http-client-framing.coding-case")
class CodingInItsUsualCase(HttpResponse):
    """The field Transfer-Encoding is known as it is usually written."""

    def read_framing(self) -> None:
        self.head.fields = [pair for pair in self.head.fields if pair[0] != b"transfer-encoding"]
        super().read_framing()


@fault("http-client-framing.length-short")
class ShortBodyIsAnAnswer(HttpResponse):
    """A body that ends early is handed over as far as it came."""

    def cut(self) -> None:
        if self.state == "length":
            self.state = "done"
        else:
            super().cut()


@fault("http-client-framing.length-short")
class NoBodyIsAnAnswer(HttpResponse):
    """A body of which nothing came is handed over as empty."""

    def cut(self) -> None:
        if self.state == "length" and not self.body:
            self.state = "done"
        else:
            super().cut()


@fault("http-client-framing.length-invalid")
class LengthsByLanguage(HttpResponse):
    """A Content-Length is whatever the language takes for a number."""

    def length_number(self, value: bytes) -> int:
        try:
            return max(int(value.decode("latin-1"), 0), 0)
        except ValueError as error:
            raise BrokenError("no number") from error


@fault("http-client-framing.length-invalid")
class LengthsByPrefix(HttpResponse):
    """A Content-Length is whatever digits it begins with."""

    def length_number(self, value: bytes) -> int:
        found = re.match(rb"[0-9]+", value)
        return int(found[0]) if found else 0


@fault("http-client-framing.length-invalid")
class InvalidLengthLasts(HttpResponse):
    """A Content-Length that is no number is passed over, and the body lasts until the end."""

    def read_framing(self) -> None:
        lengths = self.head.values(b"content-length")
        if lengths and not lengths[0].replace(b",", b"").replace(b" ", b"").isdigit():
            self.state = "end"
        else:
            super().read_framing()


@fault("http-client-framing.length-differ")
class HttpClientFirstLengthCounts(HttpResponse):
    """Of several Content-Length the first counts."""

    def lengths_differ(self, values: list[bytes]) -> int:
        return self.length_number(values[0].partition(b",")[0])


@fault("http-client-framing.length-differ")
class HttpClientLastLengthCounts(HttpResponse):
    """Of several Content-Length the last counts."""

    def lengths_differ(self, values: list[bytes]) -> int:
        return self.length_number(values[-1].rpartition(b",")[2].strip())


@fault("http-client-framing.length-huge")
class LengthsWrap(HttpResponse):
    """A Content-Length beyond 64 bits wraps."""

    def length_number(self, value: bytes) -> int:
        return super().length_number(value) % (1 << 64)


@fault("http-client-framing.length-huge")
class LengthsOfThirtyTwoBits(HttpResponse):
    """A Content-Length is kept in 32 bits."""

    def length_number(self, value: bytes) -> int:
        return super().length_number(value) % (1 << 32)


@fault("http-client-framing.until-close")
class NoFramingIsNoBody(HttpResponse):
    """A body without framing is empty."""

    def read_framing(self) -> None:
        super().read_framing()
        if self.state == "end" and not self.head.values(b"transfer-encoding"):
            self.state = "done"


@fault("http-client-framing.until-close")
class EndIsAFailure(HttpResponse):
    """A body that the end of the connection ends is a failure."""

    def end(self) -> None:
        self.cut()


@fault("http-client-framing.until-close")
class OldChunksAreRead(HttpResponse):
    """What looks like chunks is read as chunks, also where no field says so."""

    def end(self) -> None:
        super().end()
        if self.body.startswith(b"5\r\nhello\r\n"):
            self.body[:] = b"hello"


@fault("http-client-framing.large")
class LargeBodiesAreCut(HttpResponse):
    """A body of more than 512 KiB is cut there."""

    def read_data(self) -> bool:
        came = super().read_data()
        if self.done:
            del self.body[524_288:]
        return came

    def end(self) -> None:
        super().end()
        del self.body[524_288:]


@fault("http-client-framing.large")
class LengthsOfSixteenBits(HttpResponse):
    """A Content-Length is kept in 16 bits."""

    def length_number(self, value: bytes) -> int:
        number = super().length_number(value)
        return number if number > 1 << 32 else number % (1 << 16)
