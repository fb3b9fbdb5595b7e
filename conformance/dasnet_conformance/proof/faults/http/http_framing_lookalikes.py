"""Faults of section http-framing: what is taken for a length, a coding or a size, and only looks like one."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Refused, Request, listed


# A number in digits of another script than ours, as a language reads it that knows them all; None if it is no such.
def _digits_of_any_script(word: bytes) -> str | None:
    try:
        text = word.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.isdecimal() and not text.isascii() else None


@fault("http-framing.coding-obfuscated")
class FoldsCodingsAsUnicodeDoes(HttpParser):
    """Fields are texts of UTF-8, and made small as Unicode says, in which the sign for kelvin is a k."""

    def codings_of(self, values: list[bytes]) -> list[bytes]:
        return [coding.decode("utf-8", "replace").lower().encode("utf-8") for coding in listed(values)]


@fault("http-framing.length-invalid")
class ReadsLengthsInAnyScript(HttpParser):
    """A length is a text of UTF-8 and read as a number of the language, which knows the digits of all scripts."""

    def length_number(self, value: bytes) -> int:
        text = _digits_of_any_script(value)
        return super().length_number(value) if text is None else int(text)


@fault("http-framing.length-invalid")
class LengthsAmongForeignSpace(HttpParser):
    """A length is read by a function that passes over white space, which has a byte beyond ASCII among it."""

    def length_number(self, value: bytes) -> int:
        return super().length_number(value.strip(b"\xa0\x85"))


@fault("http-framing.length-invalid")
class LengthsAmongSeparators(HttpParser):
    """The four separators of ASCII are white space to the language, and are trimmed off each value."""

    def trim(self, value: bytes) -> bytes:
        return value.strip(b" \t\x1c\x1d\x1e\x1f")


@fault("http-framing.chunk-size-invalid")
class SkipsMoreThanBlanksBeforeASize(HttpParser):
    """The size of a chunk is read by a function of C, which skips a vertical tab before it."""

    def chunk_number(self, digits: bytes) -> int:
        return super().chunk_number(digits.lstrip(b"\x0b\x0c"))


@fault("http-framing.chunk-size-invalid")
class ReadsSizesInAnyScript(HttpParser):
    """The size of a chunk is read as a number of the language, which knows the digits of all scripts."""

    def chunk_number(self, digits: bytes) -> int:
        text = _digits_of_any_script(digits)
        return super().chunk_number(digits) if text is None else int(text, 16)


# A field is found although it is called otherwise: then its values count as those of the name that is meant.
class _TakesForALength(HttpParser):
    resembles: Callable[[bytes], bool]

    def read_framing(self, request: Request) -> None:
        found = [value for name, value in request.fields if self.resembles(name.lower())]
        super().read_framing(request)
        if found and request.length is None and not request.chunked:
            request.length = self.length_of(found)
            self.check_body(request.length)


@fault("http-framing.length-absent")
class NamesOfLengthsEndAnywhere(_TakesForALength):
    """Names are compared as far as the known one goes, and Content-Length-X is a length."""

    resembles = staticmethod(lambda name: name.startswith(b"content-length"))


@fault("http-framing.length-absent")
class LengthsOfTheEnvironment(_TakesForALength):
    """Fields are looked up as variables of the environment, where Content_Length is the length as well."""

    resembles = staticmethod(lambda name: name.replace(b"_", b"-") == b"content-length")


@fault("http-framing.coding-obfuscated")
class NamesOfCodingsEndAnywhere(HttpParser):
    """Names are compared as far as the known one goes, and Transfer-Encoding-X is a coding."""

    def read_framing(self, request: Request) -> None:
        if any(name.lower().startswith(b"transfer-encoding-") for name, _ in request.fields):
            request.chunked = True
        else:
            super().read_framing(request)


@fault("http-framing.coding-unknown")
class CodingsOfTheLastLine(HttpParser):
    """Fields are in a map, and of two lines of codings the last one says chunked, and nothing of the one beneath."""

    def is_chunked(self, values: list[bytes]) -> bool:
        return super().is_chunked(values[-1:])


@fault("http-framing.length-body")
class StripsWhatConnectionNames(HttpParser):
    """Fields that Connection names are taken out first, as a proxy does, and the length may be among them."""

    def read_head(self, request: Request) -> None:
        named = [option.lower() for option in listed(request.values(b"connection"))]
        super().read_head(request)
        request.fields = [field for field in request.fields if field[0].lower() not in named]


@fault("http-framing.length-body")
class UndoesEncodings(HttpParser):
    """A body whose encoding is gzip is unpacked before it is handed over, and what is none is answered 400."""

    def end_of_request(self) -> None:
        super().end_of_request()
        if self.request.values(b"content-encoding") == [b"gzip"]:
            try:
                self.request.body = bytearray(gzip.decompress(bytes(self.request.body)))
            except (OSError, EOFError):
                raise Refused(400, "this is not gzip") from None


@fault("http-framing.length-body")
class UnescapesForms(HttpParser):
    """The body of a form is handed over with its escapes undone."""

    def end_of_request(self) -> None:
        super().end_of_request()
        if self.request.values(b"content-type") == [b"application/x-www-form-urlencoded"]:
            self.request.body = bytearray(unquote_to_bytes(bytes(self.request.body)).replace(b"+", b" "))


@fault("http-framing.chunk-extension")
class CountsQuotes(HttpParser):
    """An extension with an odd number of quotes is answered 400, though one of them is escaped."""

    def check_extension(self, extension: bytes) -> None:
        super().check_extension(extension)
        if extension.count(b'"') % 2:
            raise Refused(400, "a quote is not closed")


@fault("http-framing.chunk-extension")
class ExtensionsOfSixtyFourBytes(HttpParser):
    """The line of a chunk has room for 64 bytes, and one with a signature in its extension is answered 400."""

    CHUNK_LINE = 64


@fault("http-request.version-minor")
class KnowsChunksInOneVersion(HttpParser):
    """Chunks are read where the version is HTTP/1.1, and those of HTTP/1.2 are taken for the next request."""

    told = 1

    def minor_of(self, major: int, minor: int) -> int:
        self.told = minor
        return super().minor_of(major, minor)

    def read_framing(self, request: Request) -> None:
        if self.told <= 1:
            super().read_framing(request)


@fault("http-framing.length-absent")
class ExpectationsPromiseABody(HttpParser):
    """A request that expects 100-continue has a body, and where no length is said it is waited for."""

    def end_of_request(self) -> None:
        if self.state == self.field_line and self.request.expects:
            self.state = self.nothing_comes
        else:
            super().end_of_request()

    def nothing_comes(self) -> bool:
        """The state of a body that never does."""
        return False
