"""Faults of several sections: what belongs to one request or answer of many gets into another, or is lost."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_answer import HttpAnswer
from dasnet_conformance.proof.faults.sound_http_connection import HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser

Fields = list[tuple[bytes, bytes]]


@fault("http-framing.bodies-apart")
class ChunksShareABuffer(HttpParser):
    """Chunks are put together in a buffer of the server, which every connection has the use of."""

    shared = bytearray()

    def take_content(self) -> None:
        if not self.request.chunked:
            super().take_content()
            return
        if not self.request.body:
            self.shared.clear()
        self.request.body = bytearray()
        super().take_content()
        self.shared.extend(self.request.body)
        self.request.body = bytearray(self.shared)


@fault("http-framing.bodies-apart")
class MeasuredBodiesShareACount(HttpParser):
    """How much of a body is missing is kept once for all connections, as there was but one when it was written."""

    counted = [0]  # noqa: RUF012

    def end_of_head(self) -> None:
        super().end_of_head()
        self.counted[0] = self.missing

    def body(self) -> bool:
        self.missing = self.counted[0]
        ended = super().body()
        self.counted[0] = self.missing
        return ended


@fault("http-callbacks.exchanges-differ")
class NumbersStartAnewBehindAThousand(HttpHandle):
    """Exchanges are numbered from 1 to 1,024 and from 1 again: places of a table."""

    def next_number(self) -> int:
        self.count = self.count % 1_024 + 1
        return self.count


@fault("http-response.fields-arrive")
class SixtyFourFields(HttpAnswer):
    """An answer has room for sixty-four fields, and what the host gives beyond is left out."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        return super().field_lines(fields)[:64]


@fault("http-response.fields-arrive")
class LongValuesAreCut(HttpAnswer):
    """A line of an answer has room for 4,096 bytes, and what the host gives beyond is left out."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        return [line[:4_096] for line in super().field_lines(fields)]


@fault("http-connection.pipelining-faulty")
class LooksAheadOfTheQueue(HttpConnection):
    """What comes while a request waits for its answer is looked at when it comes, and what is faulty answered then."""

    late = False

    def read(self) -> bytes | None:
        waits = bool(self.exchanges)
        data = super().read()
        if data:
            self.late = waits
        return data

    def refuse(self, status: int, why: str) -> None:
        if self.late:
            self.forget()
        super().refuse(status, why)


@fault("http-connection.close-said")
class ErrorsDoNotSayClose(HttpConnection):
    """An error answer is written ahead, without Connection, and the connection is ended behind it."""

    turning_down = False

    def refuse(self, status: int, why: str) -> None:
        self.turning_down = True
        super().refuse(status, why)
        self.turning_down = False

    def write(self, *arguments: Any, **more: Any) -> bytes:
        return super().write(*arguments, **({**more, "persistent": True} if self.turning_down else more))
