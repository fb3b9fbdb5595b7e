"""What the tests of conversations over HTTP share: lines of scripts, and a server that a test plays by hand."""

from __future__ import annotations

from typing import Any

from dasnet_adapters.contract import Event
from dasnet_conformance.explore.http_server.content import Given, Unit, request
from dasnet_conformance.explore.http_server.model.hearing import WebHearing
from dasnet_conformance.explore.http_server.model.received import look_at_answers
from dasnet_conformance.explore.http_server.model.state import WebConnection, WebObject, WebState

OPEN = "host: open HTTP server 1 of class A\n"
NEW_2 = "host: construct HTTP server 2 of class B\n"
PEER_1 = "peer 1: connect to object 1\n"
PEER_2 = "peer 2: connect to object 1\n"
SETTLE = "host: settle\n"
TICK = "host: tick object 1 1 times\n"
SILENCE = "host: wait without a tick\n"
SAVE = "host: save object 1 to orphan 1\n"
RESTORE = f"{NEW_2}host: restore object 2 from orphan 1\n"
RELOAD = "host: reload object 1 1 times\n"
FIRST = "the first request that waits"
LAST = "the last request that waits"
ANSWERED = "a request that was answered"
NEVER_WAS = "a request that never was"
START = OPEN + PEER_1


def asks(
    method: str = "GET",
    framing: str = "no body",
    size: int = 0,
    manner: str = "nothing else",
    *,
    version: str = "HTTP/1.1",
    peer: int = 1,
    how: str = "ask by",
) -> str:
    """A line in which a peer asks, or prepares to."""
    return f"peer {peer}: {how} {method} of {version} with {framing} of {size} bytes and {manner}\n"


def answers(which: str = FIRST, status: int = 200, given: str = "no field", size: int = 10, *, label: int = 1) -> str:
    """A line in which the host answers."""
    return f"host: HTTP server {label} answers {which} with {status}, {given} and {size} bytes\n"


def reacts(action: str) -> str:
    """A line in which server 1 is told what to do with a request."""
    return f"host: HTTP server 1 reacts to a request by {action}\n"


def wrong(name: str) -> str:
    """A line in which peer 1 asks what is wrong."""
    return f"peer 1: ask what is wrong: {name}\n"


class Wire:
    """A peer's end of a connection that does nothing."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.closed: str | None = None
        self.reading = True
        self.unsent = 0
        self.undelivered = 0


class Scene:
    """An open server with one connection, to which events and answers are told without a server. No sockets."""

    def __init__(self) -> None:
        self.state = WebState()
        self.object = self.state.objects[1] = WebObject(1, "A")
        self.state.opened(self.object, 1)
        assert self.object.handle is not None
        self.handle = self.object.handle
        self.hearing = WebHearing(self.state)
        self.connection = self.connect()

    def connect(self) -> WebConnection:
        wire: Any = Wire()
        connection = WebConnection(len(self.state.connections), 1, wire, self.handle)
        self.state.connections.append(connection)
        return connection

    def asks(self, connection: WebConnection | None = None, **wish: Any) -> Unit:
        """A request on the connection, which has arrived and is followed by a tick."""
        at = connection or self.connection
        plain = {"method": "GET", "version": "HTTP/1.1", "framing": "no body", "size": 0, "manner": "nothing else"}
        return self.sends(request(at.serial, len(at.units), **{**plain, **wish}), at)

    def sends(self, unit: Unit, connection: WebConnection | None = None) -> Unit:
        at = connection or self.connection
        unit.start = len(at.text)
        at.text += unit.data
        at.units.append(unit)
        at.sent = len(at.text)
        unit.began = self.handle.ticks
        self.handle.ticks += 1
        return unit

    def told_of(self, unit: Unit, **changes: Any) -> None:
        """The request is called back in a tick, with what it asked but for these changes."""
        headers = b"".join(name + b": " + value + b"\r\n" for name, value in unit.fields)
        event = Event(
            1,
            "request",
            exchange=len(self.handle.exchanges) + 1,
            method=unit.method,
            target=unit.target,
            version=unit.version,
            headers=headers,
            data=unit.body,
        )
        self.hearing.begin("tick", 1)
        self.hearing.event(1, event._replace(**changes), stray=False)

    def gives(self, unit: Unit, status: int = 200, body: bytes = b"given", kind: str = "no field") -> None:
        """The host has answered the request."""
        unit.given = Given(status, (), body, "later", kind)

    def arrives(self, data: bytes, closed: str | None = None) -> None:
        """Bytes arrive at the connection's peer, and perhaps the end behind them."""
        wire: Any = self.connection.wire
        wire.received += data
        wire.closed = closed
        look_at_answers(self.state)


DATE = b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"


def answer(status: int = 200, body: bytes = b"given", fields: bytes = b"", date: bytes = DATE) -> bytes:
    """An answer as bytes, with its length."""
    length = b"" if status == 204 else b"Content-Length: %d\r\n" % len(body)
    return b"HTTP/1.1 %d \r\n" % status + date + length + fields + b"\r\n" + body
