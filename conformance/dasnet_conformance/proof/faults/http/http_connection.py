"""Faults of section http-connection: how connections go on, take turns, and end."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_answer import HttpAnswer
from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Request, listed
from dasnet_conformance.proof.faults.tools import LOST, die

Deliver = Callable[[HttpConnection, Request], bool]


@fault("http-connection.keep-alive")
class ReadsOneRequestPerConnection(HttpConnection):
    """A connection stays open behind its first answer, but what comes then is not read."""

    served = False

    def may_go_on(self) -> bool:
        return not self.served and super().may_go_on()

    def complete(self, deliver: Deliver) -> bool:
        self.served = True
        return super().complete(deliver)


@fault("http-connection.close-said")
class ClosesWithoutSayingSo(HttpConnection):
    """Each connection is closed behind its answer, and the answer does not say so."""

    def is_last(self, exchange: Exchange, fields: Any) -> bool:  # noqa: ARG002
        return True

    def write(self, *arguments: Any, **more: Any) -> bytes:
        return super().write(*arguments, **{**more, "persistent": True})


@fault("http-connection.old-version")
class KeepsOldConnections(HttpParser):
    """A client of HTTP/1.0 is kept though it did not ask, and waits for an end that does not come."""

    def keeps_alive(self, options: list[bytes]) -> bool:  # noqa: ARG002
        return True


@fault("http-connection.old-version")
class KeepsOldConnectionsWithoutAWord(HttpAnswer):
    """A client of HTTP/1.0 that asks to be kept is kept, and the answer does not say so."""

    def connection_lines(self, minor: int, *, persistent: bool) -> list[bytes]:
        return [] if persistent else super().connection_lines(minor, persistent=persistent)


@fault("http-connection.close")
class GoesOnAfterClose(HttpParser):
    """A request that says close is answered, and the connection goes on."""

    def is_persistent(self, request: Request) -> bool:
        return request.minor >= 1 or super().is_persistent(request)


@fault("http-connection.close")
class KnowsCloseInSmallLetters(HttpParser):
    """Close is known in small letters alone."""

    def is_persistent(self, request: Request) -> bool:
        options = listed(request.values(b"connection"))
        return super().is_persistent(request) or (b"close" not in options and request.minor >= 1)


@fault("http-connection.close")
class KnowsCloseAlone(HttpParser):
    """Close is known where nothing stands beside it, and not in a list."""

    def is_persistent(self, request: Request) -> bool:
        alone = [value.lower() for value in request.values(b"connection")]
        return super().is_persistent(request) or (b"close" not in alone and request.minor >= 1)


@fault("http-connection.close")
class LooksForKeepAliveFirst(HttpParser):
    """A client that says keep-alive is kept, although it says close as well."""

    def is_persistent(self, request: Request) -> bool:
        options = [option.lower() for option in listed(request.values(b"connection"))]
        return b"keep-alive" in options or super().is_persistent(request)


@fault("http-connection.behind-close")
class ReadsOnBehindClose(HttpConnection):
    """Requests behind one that says close are called back."""

    def complete(self, deliver: Deliver) -> bool:
        going = super().complete(deliver)
        self.ending = False
        return going


@fault("http-connection.close")
class NeverCloses(HttpConnection):
    """The answer says close, and the connection stays open until the client ends it."""

    def finish(self) -> None:
        self.lingering = True


@fault("http-connection.close-said")
class DoesNotSayClose(HttpAnswer):
    """The last answer of a connection does not say that it is."""

    def connection_lines(self, minor: int, *, persistent: bool) -> list[bytes]:
        return super().connection_lines(minor, persistent=persistent) if persistent else []


@fault("http-connection.keep-alive")
class SaysCloseAndGoesOn(HttpConnection):
    """Every answer says close, and the connection goes on."""

    def write(self, *arguments: Any, **more: Any) -> bytes:
        return super().write(*arguments, **{**more, "persistent": False})


# Ends


class _ClosesAtOnce(HttpConnection):
    def finish(self) -> None:
        self.drop()


@fault("http-connection.error-arrives")
class ClosesOnClientsThatStillSend(_ClosesAtOnce):
    """After an error the connection is closed at once, and the reset destroys the answer on its way."""


@fault("http-connection.error-arrives")
class StopsReadingAfterAnError(HttpConnection):
    """After an error nothing is read any more, and a client that still sends never comes to reading the answer."""

    def drain(self) -> None:
        pass


@fault("http-connection.error-arrives")
class ErrorsWaitForTheWholeBody(HttpConnection):
    """An error is answered when everything that the client sends has come."""

    refused: tuple[int, str] | None = None

    def refuse(self, status: int, why: str) -> None:
        self.refused = (status, why)
        self.ending = True

    def settle(self) -> None:
        while self.refused is not None:
            try:
                data = self.sock.recv(self.CHUNK)
            except OSError:
                return
            if not data:
                refused, self.refused = self.refused, None
                super().refuse(*refused)
        super().settle()


@fault("http-framing.length-invalid")
class ErrorsLeaveTheConnectionOpen(HttpConnection):
    """After an error the connection stays open for good, and its client waits for the end."""

    def finish(self) -> None:
        self.lingering = True


@fault("http-connection.leaves-in-head")
class HalfAHeadIsARequest(HttpConnection):
    """When a client leaves in the middle of its head, what has come of it is called back."""

    def cut_off(self) -> None:
        if self.parser.request.target and not self.parser.head_complete:
            self.parser.complete = True
        else:
            super().cut_off()


@fault("http-connection.leaves-in-head")
class ALeavingClientEndsTheServer(HttpHandle):
    """When a client leaves in the middle of its request, the listener is closed with it."""

    def forget_gone(self) -> None:
        if self.owner is not None and any(each.gone and each.parser.begun() for each in self.connections):
            self.close_listener()
        super().forget_gone()


@fault("http-connection.half-close")
class TakesAHalfCloseForLeaving(HttpConnection):
    """A client that shuts down its half after its request is taken for gone, and gets no answer."""

    def read(self) -> bytes | None:
        data = super().read()
        if data == b"":
            self.drop()
            return None
        return data


@fault("http-connection.answers-in-one-piece")
class HeadAndBodyInTwoWrites(HttpConnection):
    """Head and body are written apart with the system's delay between them, and each answer takes 40 milliseconds."""

    def flush(self) -> None:
        head, ends, body = bytes(self.outgoing).partition(b"\r\n\r\n")
        if not (ends and body and head.startswith(b"HTTP/1.1")):
            super().flush()
            return
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
        del self.outgoing[len(head) + len(ends) :]
        super().flush()
        self.outgoing += body
        super().flush()


@fault("http-connection.keeps-alive")
class ClosesBehindEachAnswer(HttpConnection):
    """Each answer says close, and each request of a page costs a new connection."""

    def is_last(self, exchange: Exchange, fields: Any) -> bool:  # noqa: ARG002
        return True


@fault("http-connection.many-requests")
class FiftyRequestsPerConnection(HttpConnection):
    """The fifty-first request on a connection is not read."""

    served = 0

    def complete(self, deliver: Deliver) -> bool:
        self.served += 1
        return super().complete(deliver)

    def may_go_on(self) -> bool:
        return self.served < 50 and super().may_go_on()


@fault("http-connection.many-requests")
class ThousandRequestsPerConnection(HttpConnection):
    """The thousand and first request on a connection is not read, and no answer before it has said close."""

    served = 0

    def complete(self, deliver: Deliver) -> bool:
        self.served += 1
        return super().complete(deliver)

    def may_go_on(self) -> bool:
        return self.served < 1_000 and super().may_go_on()


@fault("http-connection.old-version-confirmed")
class ConfirmsAndClosesAllTheSame(HttpConnection):
    """A client of HTTP/1.0 is told keep-alive, and its connection is closed behind the answer."""

    def answer(self, exchange: Exchange, *arguments: Any) -> None:
        super().answer(exchange, *arguments)
        if exchange.request.minor < 1:
            self.ending = True


@fault("http-connection.leaves-in-body")
class HalfABodyIsARequest(HttpConnection):
    """When a client leaves in the middle of its body, what has come is called back."""

    def cut_off(self) -> None:
        if self.parser.head_complete and not self.parser.complete:
            self.parser.complete = True
        else:
            super().cut_off()


@fault("http-connection.leaves-before-answer")
class AnAnswerToNobodyIsASignal(HttpConnection):
    """An answer to a client that has left raises a signal that nobody ignores, and the process ends."""

    def flush(self) -> None:
        waiting = bool(self.outgoing)
        super().flush()
        if waiting and (self.gone or self.ended):
            die()


@fault("http-connection.resets-in-answer")
class AResetIsNobodysToCatch(HttpConnection):
    """A reset while an answer goes out is an exception that nobody catches, and it ends the process."""

    def drop(self) -> None:
        if self.outgoing:
            die()
        super().drop()


@fault("http-connection.slow-reader-whole")
class SlowReadersMissSome(HttpConnection):
    """What the system did not take at once of an answer is taken for sent in the next tick."""

    def turn(self, deliver: Deliver, steps: int) -> None:
        del self.outgoing[: 1 << 16]
        super().turn(deliver, steps)


@fault("http-connection.stays-open")
class ThousandTicksAreEnough(HttpConnection):
    """A connection on which nothing moves for a thousand ticks is closed, though there is no limit."""

    def count_tick(self, stall: int | None) -> None:
        super().count_tick(1_000 if stall is None else stall)


@fault("http-connection.close")
class KnowsTheFirstConnectionLine(HttpParser):
    """Of two Connection lines the first one counts, and a close in the second is not seen."""

    def is_persistent(self, request: Request) -> bool:
        first = b"".join(request.values(b"connection")[:1])
        options = [option.lower() for option in listed([first])]
        return super().is_persistent(request) or (request.minor >= 1 and b"close" not in options)


@fault("http-connection.many")
class ClosedOnesKeepTheirPlace(HttpHandle):
    """A connection that has ended keeps its place in the table, and when that is full nobody is served any more."""

    def forget_gone(self) -> None:
        gone = [each for each in self.connections if each.gone] if self.owner is not None else []
        super().forget_gone()
        self.lost.extend(gone)

    def has_room(self) -> bool:
        return super().has_room() and len(self.connections) + len(self.lost) < self.limits.connections

    def __init__(self, *arguments: Any) -> None:
        self.lost: list[HttpConnection] = []
        super().__init__(*arguments)


@fault("http-connection.leaves-in-head")
class ALeavingClientKeepsItsPlace(HttpConnection):
    """The connection of a client that left in the middle of its head is never let go of."""

    def cut_off(self) -> None:
        if not (self.parser.begun() and not self.parser.head_complete):
            super().cut_off()


@fault("http-connection.leaves-in-head")
class ASilentVisitorIsAnException(HttpConnection):
    """A client that connects and leaves without a byte is an exception, which the host gets out of its tick."""

    def cut_off(self) -> None:
        if not self.parser.begun():
            raise ConnectionError("the client has gone")
        super().cut_off()


@fault("http-connection.destroyed")
class ForgetsWhoIsBeingTaken(HttpHandle):
    """A client that waits when the server is destroyed is taken once more, and nobody closes its connection."""

    def close(self) -> None:
        client = self.take_waiting()
        if client is not None:
            LOST.append(client)
        super().close()
