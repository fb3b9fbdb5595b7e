"""Two parsers of HTTP/1.1 that people use, h11 and httptools, read the bytes of a vector and tell what they made of it.

What lives here: one reader for each, and the comparison of what it read with what the vector allows. It may use the
two libraries and the catalogue; neither the reference nor the suite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import h11
import httptools

from dasnet_conformance.catalogue.vectors import Served, Vector


@dataclass
class Request:
    """One request as a parser hands it over; `keeps` says that the parser would read another one behind it."""

    method: str
    target: str
    fields: list[tuple[bytes, bytes]]
    body: bytes
    keeps: bool

    def values(self, name: str) -> list[bytes]:
        """The values of the fields of that name, in lower case."""
        return [value for each, value in self.fields if each.lower() == name.encode()]


@dataclass
class Reading:
    """What a parser made of some bytes: the whole requests, and whether it refused to read on."""

    requests: list[Request] = field(default_factory=list)
    refused: bool = False

    @property
    def outcome(self) -> str:
        """In a word, what became of the first request: "serves", "rejects" or "waits"."""
        return "serves" if self.requests else "rejects" if self.refused else "waits"


def read_by_h11(pieces: Iterable[bytes]) -> Reading:
    """What h11 reads, with an empty 404 to each request, as it asks for an answer before it goes on."""
    reading = Reading()
    connection = h11.Connection(h11.SERVER)
    head: h11.Request | None = None
    body = b""
    for piece in pieces:
        connection.receive_data(piece)
        while True:
            try:
                event = connection.next_event()
            except h11.RemoteProtocolError:
                reading.refused = True
                return reading
            if event is h11.NEED_DATA:
                break
            if isinstance(event, h11.Request):
                head, body = event, b""
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                connection.send(h11.Response(status_code=404, headers=[("Content-Length", "0")]))
                connection.send(h11.EndOfMessage())
                keeps = connection.our_state is h11.DONE
                fields = [(bytes(name), bytes(value)) for name, value in head.headers]
                method, target = bytes(head.method).decode("latin-1"), bytes(head.target).decode("latin-1")
                reading.requests.append(Request(method, target, fields, body, keeps))
                if not keeps:
                    return reading
                connection.start_next_cycle()
            else:
                return reading
    return reading


class _Listener:
    """What httptools calls back into."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.parser: Any = httptools.HttpRequestParser(self)
        self._target, self._body = b"", b""
        self._fields: list[tuple[bytes, bytes]] = []

    def on_message_begin(self) -> None:
        self._target, self._body, self._fields = b"", b"", []
        self._in_trailer = False

    def on_url(self, part: bytes) -> None:
        self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_trailer:
            self._fields.append((name, value))

    def on_headers_complete(self) -> None:
        # What comes later are trailers, which httptools hands over by the same callback.
        self._in_trailer = True

    def on_body(self, part: bytes) -> None:
        self._body += part

    def on_message_complete(self) -> None:
        method = self.parser.get_method().decode("latin-1")
        keeps = self.parser.should_keep_alive()
        self.requests.append(Request(method, self._target.decode("latin-1"), self._fields, self._body, keeps))


def read_by_httptools(pieces: Iterable[bytes]) -> Reading:
    """What httptools reads; nothing behind a request after which it would not keep the connection."""
    listener = _Listener()
    refused = False
    for piece in pieces:
        try:
            listener.parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            break
        except httptools.HttpParserError:
            refused = True
            break
    requests = listener.requests
    last = next((number for number, request in enumerate(requests) if not request.keeps), None)
    if last is not None:
        return Reading(requests[: last + 1])
    return Reading(requests, refused)


PARSERS: Final[dict[str, Callable[[Iterable[bytes]], Reading]]] = {
    "h11": read_by_h11,
    "httptools": read_by_httptools,
}


def agrees(reading: Reading, vector: Vector) -> bool:
    """Whether a parser's reading of a vector is one that the vector allows a server."""
    if vector.hidden and any(request.target == vector.hidden for request in reading.requests):
        return False
    if not (vector.reject or vector.serve):
        return True
    if reading.requests:
        return any(_as_allowed(reading.requests[0], allowed) for allowed in vector.serve)
    if reading.refused:
        return bool(set(vector.reject) - {"waits"})
    return "waits" in vector.reject


def _as_allowed(request: Request, allowed: Served) -> bool:
    return (
        allowed.method in (None, request.method)
        and allowed.target in (None, request.target)
        and allowed.body in (None, request.body)
        and not (allowed.closes and request.keeps)
        and all(_has(request.values(name), values) for name, values in allowed.fields.items())
    )


def _has(found: list[bytes], allowed: tuple[bytes, ...]) -> bool:
    return (b", ".join(found) in allowed) if allowed else not found
