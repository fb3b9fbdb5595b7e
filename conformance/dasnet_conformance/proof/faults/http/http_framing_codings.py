"""Faults of section http-framing, continued: Transfer-Encoding, by itself and beside a Content-Length."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Request


@fault("http-framing.coding-and-length")
class LengthCountsBesideACoding(HttpParser):
    """Where both are given the Content-Length counts, and a proxy in front went by the chunks."""

    def both(self, request: Request) -> None:
        request.fields = [each for each in request.fields if each[0].lower() != b"transfer-encoding"]

    def read_framing(self, request: Request) -> None:
        fields = request.fields
        codings, lengths = request.values(b"transfer-encoding"), request.values(b"content-length")
        if codings and lengths:
            self.both(request)
        super().read_framing(request)
        request.fields = fields


@fault("http-framing.coding-and-length")
class GoesOnAfterCodingAndLength(HttpParser):
    """Where both are given the chunks count, and the connection goes on as if nothing had been odd."""

    def both(self, request: Request) -> None:
        pass


@fault("http-framing.coding-and-length")
class ALengthOfNothingIsFalse(HttpParser):
    """Whether there is a Content-Length is asked of its number: 0 is as good as none, and beside chunks not seen."""

    def read_framing(self, request: Request) -> None:
        fields = request.fields
        if request.values(b"transfer-encoding"):
            request.fields = [each for each in fields if (each[0].lower(), each[1]) != (b"content-length", b"0")]
        super().read_framing(request)
        request.fields = fields


@fault("http-framing.coding-not-final")
class LooksForTheWordChunked(HttpParser):
    """A body is chunked if the word stands anywhere in the field."""

    def other_codings(self, codings: list[bytes]) -> bool:
        return b"chunked" in b",".join(codings) or super().other_codings(codings)


@fault("http-framing.coding-not-final")
class PassesOverUnknownCodings(HttpParser):
    """A Transfer-Encoding that is not known is passed over: the request has no body then."""

    def other_codings(self, codings: list[bytes]) -> bool:  # noqa: ARG002
        return False


@fault("http-framing.coding-not-final")
class TakesIdentityForNone(HttpParser):
    """The coding identity of an older text is taken for none at all."""

    def other_codings(self, codings: list[bytes]) -> bool:
        return super().other_codings(codings) if codings != [b"identity"] else False


@fault("http-framing.coding-not-final")
class TakesEveryCodingForChunked(HttpParser):
    """Where there is a Transfer-Encoding the body is read in chunks, whatever it names."""

    def other_codings(self, codings: list[bytes]) -> bool:  # noqa: ARG002
        return True


@fault("http-framing.coding-twice")
class ChunkedTwiceIsChunkedOnce(HttpParser):
    """Chunked named twice is read as chunked once."""

    def codings_of(self, values: list[bytes]) -> list[bytes]:
        return list(dict.fromkeys(super().codings_of(values)))


@fault("http-framing.coding-twice")
class LastCodingLineCounts(HttpParser):
    """Of two Transfer-Encoding lines the last one counts."""

    def codings_of(self, values: list[bytes]) -> list[bytes]:
        return super().codings_of(values[-1:])


@fault("http-framing.coding-case")
class KnowsChunkedInSmallLetters(HttpParser):
    """Chunked is known in small letters alone."""

    def codings_of(self, values: list[bytes]) -> list[bytes]:
        return [each if each in b",".join(values) else b"?" for each in super().codings_of(values)]


@fault("http-framing.coding-parameters")
class PassesOverParametersOfCodings(HttpParser):
    """Parameters of chunked, which has none, are passed over."""

    def codings_of(self, values: list[bytes]) -> list[bytes]:
        return [each.partition(b";")[0].strip() for each in super().codings_of(values)]


@fault("http-framing.coding-obfuscated")
class TrimsMoreThanWhiteSpace(HttpParser):
    """Vertical tabs and form feeds around a coding are trimmed as the language trims, and it is chunked after all."""

    def trim(self, value: bytes) -> bytes:
        return value.strip(b" \t\x0b\x0c")


@fault("http-framing.coding-obfuscated")
class TakesTheQuotesOffCodings(HttpParser):
    """A coding in quotes is taken out of them, and it is chunked after all."""

    def codings_of(self, values: list[bytes]) -> list[bytes]:
        return [each.strip(b"\"'") for each in super().codings_of(values)]


class _NamesWithUnderscores(Request):
    def values(self, name: bytes) -> list[bytes]:
        return [value for each, value in self.fields if each.lower().replace(b"_", b"-") == name]


@fault("http-framing.coding-obfuscated")
class TakesUnderscoresForHyphens(HttpParser):
    """Names are kept as variables of the environment, where Transfer_Encoding is the same as with a hyphen."""

    REQUEST = _NamesWithUnderscores


@fault("http-framing.coding-old-version")
class ReadsChunksOfAnOldVersion(HttpParser):
    """A Transfer-Encoding counts in HTTP/1.0 as well, and the connection goes on where the client asks for it."""

    def check_transfer_allowed(self, request: Request) -> None:
        pass


@fault("http-framing.coding-old-version")
class KnowsNoCodingsInAnOldVersion(HttpParser):
    """A Transfer-Encoding in HTTP/1.0 is passed over, and on a kept connection the chunks are read as a request."""

    def read_framing(self, request: Request) -> None:
        if request.minor >= 1:
            super().read_framing(request)


@fault("http-framing.coding-unknown")
class PassesOverCodingsBeneathChunked(HttpParser):
    """A coding beneath chunked that nobody knows is passed over, and the host gets what it cannot read."""

    def other_codings(self, codings: list[bytes]) -> bool:
        return codings[-1:] == [b"chunked"] or super().other_codings(codings)


@fault("http-framing.coding-not-final")
class AnEmptyCodingIsNone(HttpParser):
    """A Transfer-Encoding without a value is taken for none, and the length beside it counts."""

    def read_framing(self, request: Request) -> None:
        if not any(request.values(b"transfer-encoding")):
            request.fields = [field for field in request.fields if field[0].lower() != b"transfer-encoding"]
        super().read_framing(request)
