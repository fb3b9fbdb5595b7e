"""The client sides of h11 and httptools read the bytes of a vector of answers and tell what they made of them.

What lives here: one reader for each, and the comparison of what it read with what the vector allows. It may use the
two libraries and the catalogue; neither the reference nor the suite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import h11
import httptools

from dasnet_conformance.catalogue.response_vectors import Responded, ResponseVector


@dataclass
class ResponseReading:
    """What a parser made of some bytes: the final answer, if there was one, or that it refused them.

    `keeps` says whether another request may be sent on the connection.
    """

    status: int = 0
    reason: str = ""
    fields: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    complete: bool = False
    refused: bool = False
    keeps: bool = False

    @property
    def outcome(self) -> str:
        """In a word, what became of the request: "responds", "fails" or "waits"."""
        return "responds" if self.complete else "fails" if self.refused else "waits"

    def values(self, name: str) -> list[bytes]:
        """The values of the fields of that name, in lower case."""
        return [value for each, value in self.fields if each.lower() == name.encode()]


def read_by_h11(vector: ResponseVector, pieces: Iterable[bytes]) -> ResponseReading:
    """What h11 reads in answer to a request of the vector's method."""
    reading = ResponseReading()
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method=vector.method, target="/", headers=[("Host", "localhost")]))
    connection.send(h11.EndOfMessage())
    # What came from the connection, and its end, which h11 is told by an empty piece.
    for piece in [*(each for each in pieces if each), *([b""] if vector.closes else [])]:
        try:
            connection.receive_data(piece)
            if _read_on(connection, reading):
                reading.keeps = reading.keeps and not connection.trailing_data[0]
                if reading.refused or vector.closes:
                    reading.keeps = False
        except h11.RemoteProtocolError:
            reading.refused = not reading.complete
            reading.keeps = False
            return reading
    return reading


def _read_on(connection: h11.Connection, reading: ResponseReading) -> bool:
    """Read what is there; True where the answer is complete, or never will be."""
    while not reading.complete:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            return False
        if isinstance(event, h11.Response):
            reading.status, reading.reason = event.status_code, bytes(event.reason).decode("latin-1")
            reading.fields = [(bytes(name), bytes(value)) for name, value in event.headers]
        elif isinstance(event, h11.Data):
            reading.body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            reading.complete = True
            reading.keeps = connection.their_state is h11.DONE
        elif not isinstance(event, h11.InformationalResponse):
            reading.refused = True
            return True
    return True


class _Listener:
    """What httptools calls back into; it keeps the first final answer."""

    def __init__(self) -> None:
        self.reading = ResponseReading()
        self.head = False
        self.parser: Any = httptools.HttpResponseParser(self)
        self._keep()

    def _keep(self) -> None:
        self._reason, self._body, self._in_trailer = b"", b"", False
        self._fields: list[tuple[bytes, bytes]] = []

    def on_message_begin(self) -> None:
        self._keep()

    def on_status(self, part: bytes) -> None:
        self._reason += part

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_trailer:
            self._fields.append((name, value))

    def on_headers_complete(self) -> None:
        # What comes later are trailers, which httptools hands over by the same callback.
        self._in_trailer = True
        self._store()

    def on_body(self, part: bytes) -> None:
        self._body += part

    def on_message_complete(self) -> None:
        if not self.reading.complete and self.parser.get_status_code() >= 200:
            self._store()
            self.reading.complete = True
            self.reading.keeps = self.parser.should_keep_alive()
        elif self.reading.complete:
            self.reading.keeps = False

    def at_end(self) -> None:
        """The connection ended; httptools has no call for that, so what lasts until then is completed here."""
        framed = self.reading.values("content-length") or b"chunked" in b",".join(
            self.reading.values("transfer-encoding")
        )
        if not self.reading.complete:
            self.reading.body = self._body
            self.reading.complete = self.reading.status >= 200 and not framed
            self.reading.refused = not self.reading.complete
        self.reading.keeps = False

    def _store(self) -> None:
        if not self.reading.complete:
            self.reading.status = self.parser.get_status_code()
            self.reading.reason = self._reason.decode("latin-1")
            self.reading.fields, self.reading.body = self._fields, self._body


def read_by_httptools(vector: ResponseVector, pieces: Iterable[bytes]) -> ResponseReading:
    """What httptools reads; it is not told the method of the request, for it cannot be."""
    listener = _Listener()
    for piece in pieces:
        try:
            listener.parser.feed_data(piece)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            listener.reading.refused = not listener.reading.complete
            listener.reading.keeps = False
            return listener.reading
    if vector.closes:
        listener.at_end()
    return listener.reading


RESPONSE_PARSERS: Final[dict[str, Callable[[ResponseVector, Iterable[bytes]], ResponseReading]]] = {
    "h11": read_by_h11,
    "httptools": read_by_httptools,
}


def agrees(reading: ResponseReading, vector: ResponseVector) -> bool:
    """Whether a parser's reading of a vector is one that the vector allows a client."""
    if reading.complete:
        return any(_as_allowed(reading, allowed) for allowed in vector.respond)
    return vector.fail if reading.refused else vector.waits


def _as_allowed(reading: ResponseReading, allowed: Responded) -> bool:
    return (
        allowed.status == reading.status
        and allowed.reason in (None, reading.reason)
        and allowed.body in (None, reading.body)
        and allowed.keeps in (None, reading.keeps)
        and all(_has(reading.values(name), values) for name, values in allowed.fields.items())
    )


def _has(found: list[bytes], allowed: tuple[bytes, ...]) -> bool:
    return (b", ".join(found) in allowed) if allowed else not found
