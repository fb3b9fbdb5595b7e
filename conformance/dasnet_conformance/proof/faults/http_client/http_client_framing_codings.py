"""Faults of section http-client-framing: which answers have a body, and what a Transfer-Encoding makes of it."""

from __future__ import annotations

import re
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_request import listed
from dasnet_conformance.proof.faults.sound_http_response import HttpResponse


@fault("http-client-framing.head")
class InterimForgetsHead(HttpResponse):
    """Behind an interim answer it is forgotten that the request was a HEAD."""

    def interim(self) -> None:
        super().interim()
        self.method = b""


@fault("http-client-framing.head")
class HeadHasNoLength(HttpClientHandle):
    """An answer to HEAD is handed over with the length of what came, which is none."""

    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        name, number, status, reason, fields, body = super().outcome_of(asked, response)
        if asked.method == b"HEAD":
            fields = [(each, b"0" if each.lower() == b"content-length" else value) for each, value in fields]
        return name, number, status, reason, fields, body


@fault("http-client-framing.until-close")
class RedirectionsHaveNoBody(HttpResponse):
    """A redirection that says nothing of a length has no body."""

    def has_no_content(self) -> bool:
        bare = not self.head.values(b"content-length") and not self.head.values(b"transfer-encoding")
        return super().has_no_content() or (300 <= self.head.status < 400 and bare)


@fault("http-client-framing.until-close")
class ErrorsWithoutLengthHaveNoBody(HttpResponse):
    """An error that says nothing of a length has no body."""

    def has_no_content(self) -> bool:
        bare = not self.head.values(b"content-length") and not self.head.values(b"transfer-encoding")
        return super().has_no_content() or (self.head.status >= 400 and bare)


@fault("http-client-framing.chunked")
class ErrorsComeByLength(HttpResponse):
    """An error without a Content-Length has no body, its chunks are what follows."""

    def has_no_content(self) -> bool:
        return super().has_no_content() or (self.head.status >= 400 and not self.head.values(b"content-length"))


@fault("http-client-framing.chunked")
class FirstCodingLineCounts(HttpResponse):
    """Of several fields Transfer-Encoding the first counts."""

    def is_chunked(self, values: list[bytes]) -> bool:
        return super().is_chunked(values[:1])


@fault("http-client-framing.chunked")
class ChunkedAloneIsRead(HttpResponse):
    """Where chunked is the last of several codings the body lasts until the end, chunks and all."""

    def is_chunked(self, values: list[bytes]) -> bool:
        return super().is_chunked(values) and len(listed(values)) == 1


@fault("http-client-framing.coding-not-final")
class ChunkedAnywhere(HttpResponse):
    """A body is in chunks where the word is found anywhere in Transfer-Encoding."""

    def is_chunked(self, values: list[bytes]) -> bool:
        return b"chunked" in b",".join(values).lower()


@fault("http-client-framing.coding-not-final")
class ChunkedAtTheEnd(HttpResponse):
    """A coding whose name ends in chunked is taken for that."""

    def is_chunked(self, values: list[bytes]) -> bool:
        return b",".join(values).lower().endswith(b"chunked")


@fault("http-client-framing.coding-and-length")
class IdentityIsNoCoding(HttpResponse):
    """The coding identity is passed over, as RFC 2616 had it, and Content-Length counts."""

    def read_framing(self) -> None:
        if [each.lower() for each in self.head.values(b"transfer-encoding")] == [b"identity"]:
            self.head.fields = [pair for pair in self.head.fields if pair[0].lower() != b"transfer-encoding"]
        super().read_framing()


@fault("http-client-framing.coding-not-final")
class ParametersAreDropped(HttpResponse):
    """The name of a coding is what stands before a semicolon: chunked with a parameter is chunked."""

    def is_chunked(self, values: list[bytes]) -> bool:
        return super().is_chunked([re.sub(rb"[ \t]*;[^,]*", b"", value) for value in values])


@fault("http-client-framing.coding-not-final")
class CodingsAreStripped(HttpResponse):
    """The name of a coding is stripped of what the language calls white space."""

    def check_value(self, value: bytes) -> None:
        super().check_value(value.strip())

    def is_chunked(self, values: list[bytes]) -> bool:
        return super().is_chunked([value.strip() for value in values])
