"""Faults of section http-reload, continued: what of a request that has begun, or waits, does not come through."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http import HttpServer
from dasnet_conformance.proof.faults.sound_http_answer import HttpAnswer
from dasnet_conformance.proof.faults.sound_http_connection import HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser


class _Saves(HttpHandle):
    # What happens to each connection when the object is saved.

    def disown(self) -> None:
        super().disown()
        for connection in self.connections:
            self.save(connection)

    def save(self, connection: HttpConnection) -> None:
        """What comes through, and what does not."""


@fault("http-reload.in-head")
class FieldsAreSavedByName(_Saves):
    """The fields that have come are saved by name, and of two that have one name the last comes through."""

    def save(self, connection: HttpConnection) -> None:
        request = connection.parser.request
        request.fields = list({name.lower(): (name, value) for name, value in request.fields}.values())


@fault("http-reload.in-head")
class FieldsAreSavedAsAscii(_Saves):
    """The fields that have come are saved as texts, of which bytes beyond ASCII are none."""

    def save(self, connection: HttpConnection) -> None:
        request = connection.parser.request
        request.fields = [(name, bytes(byte for byte in value if byte < 0x80)) for name, value in request.fields]


@fault("http-reload.in-head")
class VersionsOfHalfAHeadAreNotSaved(_Saves):
    """The version of a request whose head is half there is not saved, and is the usual one behind a reload."""

    def save(self, connection: HttpConnection) -> None:
        connection.parser.request.minor = 1


@fault("http-reload.in-body")
class MethodsOfHalfAHeadAreNotSaved(_Saves):
    """The method of a request whose head is half there is not saved, and is the usual one behind a reload."""

    def save(self, connection: HttpConnection) -> None:
        if connection.parser.request.method:
            connection.parser.request.method = b"GET"


@fault("http-reload.in-body")
class BodiesAreSavedAsTexts(_Saves):
    """What has come of a body is saved as a text of UTF-8, and is another one behind a reload where it is none."""

    def save(self, connection: HttpConnection) -> None:
        body = connection.parser.request.body
        body[:] = body.decode("utf-8", "replace").encode()


@fault("http-reload.in-body")
class NoBodyYetIsNoBody(_Saves):
    """A body of which nothing has come is not saved, and there is none behind the reload."""

    def save(self, connection: HttpConnection) -> None:
        parser = connection.parser
        if parser.head_complete and not parser.request.body and not parser.buffer:
            parser.missing = 0


@fault("http-reload.pipelined")
class MethodsBehindAnotherAreNotSaved(_Saves):
    """Of requests that wait behind another one the method is not saved, and an answer to HEAD has a body."""

    def save(self, connection: HttpConnection) -> None:
        for exchange in list(connection.exchanges)[1:]:
            exchange.request.method = b"GET"


@fault("http-reload.pipelined")
class HalfARequestBehindAnotherIsNotSaved(_Saves):
    """Requests that wait are saved, and what has come of the next one behind them is not."""

    def save(self, connection: HttpConnection) -> None:
        if connection.exchanges:
            connection.parser.request.body.clear()


@fault("http-reload.unanswered")
class ReadsOnBehindTheLastAfterAReload(_Saves):
    """That nothing is read any more behind a request that is the last is not saved, and what follows is called back."""

    def save(self, connection: HttpConnection) -> None:
        connection.ending = False


@fault("http-open.one-listener")
class ConnectionsOfAReplacedHandleStay(HttpServer):
    """The listener of a handle that gives way is closed, and its connections stay open with nobody behind them."""

    kept: Any = None

    def restore(self, shared_orphan: Any) -> None:
        if self._server is not None:
            self.kept, self._server.connections = self._server.connections, []
        super().restore(shared_orphan)


@fault("http-connection.expect-then-body")
class InvitesWithALength(HttpAnswer):
    """A 100 is written as each answer is, with the length of what it does not have."""

    CONTINUE = b"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n"


@fault("http-connection.expect-continue")
class InvitesPostsAlone(HttpParser):
    """Whoever puts something, and waits to be told to go on, is not."""

    def end_of_head(self) -> None:
        super().end_of_head()
        self.request.expects = self.request.expects and self.request.method == b"POST"


@fault("http-connection.old-version")
class KeepAliveIsANameAsWell(HttpParser):
    """A client of HTTP/1.0 that has a field Keep-Alive is kept, whatever its Connection says."""

    def keeps_alive(self, options: list[bytes]) -> bool:
        return super().keeps_alive(options) or bool(self.request.values(b"keep-alive"))
