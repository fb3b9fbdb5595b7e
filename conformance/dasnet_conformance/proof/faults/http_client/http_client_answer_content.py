"""Faults of section http-client-answer: what a client makes of the content of an answer, and of interim answers."""

from __future__ import annotations

import gzip
import zlib
from typing import Any, Final

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_response import HttpResponse

#: Fields that say where an answer ends.
FRAMING: Final = (b"content-length", b"transfer-encoding")


@fault("http-client-answer.content-as-sent")
class CodingIsUndone(HttpClientHandle):
    """A body that is said to be compressed is unpacked, and one that is not is given up."""

    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        name, number, *rest = super().outcome_of(asked, response)
        if b"gzip" not in response.head.values(b"content-encoding"):
            return (name, number, *rest)
        try:
            status, reason, fields, body = rest
            return (name, number, status, reason, fields, gzip.decompress(body))
        except (OSError, EOFError, zlib.error):
            return ("on_failure", number, "the body is not compressed", 1)


@fault("http-client-answer.content-as-sent")
class TextHasItsLinesEnded(HttpClientHandle):
    """The line ends of a text are made those of the host."""

    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        name, number, status, reason, fields, body = super().outcome_of(asked, response)
        if any(value.startswith(b"text/") for value in response.head.values(b"content-type")):
            body = body.replace(b"\r\n", b"\n")
        return (name, number, status, reason, fields, body)


@fault("http-client-answer.interim")
class InterimFieldsAreKept(HttpResponse):
    """The fields of an interim answer are put in front of those of the final one."""

    kept: tuple[tuple[bytes, bytes], ...] = ()

    def interim(self) -> None:
        kept = self.kept + tuple(self.head.fields)
        super().interim()
        self.kept = kept

    def head_is_whole(self) -> None:
        if self.head.status >= 200:
            self.head.fields[:0] = [
                pair for pair in self.kept if pair[0] not in (b"content-length", b"transfer-encoding")
            ]
        super().head_is_whole()
