"""Faults of section http-reload: what a reload does to connections, requests and answers in each of their states."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http import HttpServer
from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_request import Request


@fault("http-reload.idle-connection")
class SavingEndsConnections(HttpHandle):
    """A save closes all connections, and browsers see an error at each reload."""

    def disown(self) -> None:
        super().disown()
        for connection in self.connections:
            connection.drop()
        self.forget_gone()


@fault("http-reload.idle-connection")
class SavingEndsIdleConnections(HttpHandle):
    """A save closes connections on which nothing is under way."""

    def disown(self) -> None:
        super().disown()
        for connection in self.connections:
            if not (connection.exchanges or connection.outgoing or connection.parser.begun()):
                connection.drop()
        self.forget_gone()


@fault("http-reload.open")
class RestoredTakesNobodyNew(HttpHandle):
    """A restored server serves the connections that it had, and takes no others."""

    owners = 0

    def bind(self, owner: Any) -> None:
        self.owners += 1
        super().bind(owner)

    def has_room(self) -> bool:
        return self.owners == 1 and super().has_room()


@fault("http-reload.in-head")
class ForgetsHalfAHead(HttpHandle):
    """A request whose head was half there when the object was saved is forgotten."""

    def disown(self) -> None:
        super().disown()
        for connection in self.connections:
            if not connection.parser.head_complete:
                connection.parser.buffer.clear()
                connection.parser.begin()


@fault("http-reload.in-body")
class ForgetsHalfABody(HttpHandle):
    """What had come of a body when the object was saved is missing from it afterwards."""

    def disown(self) -> None:
        super().disown()
        for connection in self.connections:
            connection.parser.request.body.clear()


@fault("http-reload.in-body")
class ReadsABodyAsARequestAfterAReload(HttpHandle):
    """The parser begins anew after a reload, and the rest of a body is read as a request."""

    def disown(self) -> None:
        super().disown()
        for connection in self.connections:
            if connection.parser.head_complete:
                connection.parser.begin()


@fault("http-reload.unanswered")
class ForgetsUnansweredRequests(HttpHandle):
    """An exchange belongs to the object that was called back, and the new one cannot answer it."""

    def disown(self) -> None:
        super().disown()
        self.pending.clear()


@fault("http-reload.unanswered")
class AnswersForItsSuccessor(HttpHandle):
    """Whatever is unanswered when the object is saved is answered 503, though the new object would answer it."""

    def disown(self) -> None:
        for number in list(self.pending):
            self.respond(number, 503, (), b"")
        super().disown()


@fault("http-reload.unanswered")
class CallsBackAgainAfterAReload(HttpHandle):
    """Requests that are unanswered at a reload are called back again on the new object."""

    again = False

    def bind(self, owner: Any) -> None:
        self.again = bool(self.pending)
        super().bind(owner)

    def turn(self, owner: Any) -> None:
        if self.again:
            self.again = False
            for number, (_, exchange) in list(self.pending.items()):
                self.tell_request(number, exchange.request)
        super().turn(owner)


@fault("http-reload.exchanges-go-on")
class CountsAnewAfterAReload(HttpHandle):
    """The count of exchanges is the object's, and after a reload a number is used again."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.count = 0


@fault("http-reload.queued")
class ForgetsQueuedAnswers(HttpHandle):
    """What of an answer has not left when the object is saved never does."""

    def disown(self) -> None:
        super().disown()
        for connection in self.connections:
            connection.outgoing.clear()


@fault("http-reload.inside-callback")
class ForgetsPipelinedRequests(HttpHandle):
    """Requests that wait behind the one in whose callback the object is saved are forgotten."""

    def disown(self) -> None:
        super().disown()
        for connection in self.connections:
            if connection.exchanges:
                connection.parser.buffer.clear()


@fault("http-reload.inside-callback")
class TellsTheOldObjectTheRest(HttpHandle):
    """When the object is saved in a callback, the other requests of that tick are told to it all the same."""

    old: Any = None

    def disown(self) -> None:
        self.old = self.owner
        super().disown()

    def deliver(self, connection: Any, request: Request) -> bool:
        super().deliver(connection, request)
        if self.owner is None:
            self.owner = self.old
        return True


@fault("http-reload.inside-callback")
class AnswersASaveInACallback(HttpHandle):
    """A request in whose callback the object is saved is answered 500, as if that had failed."""

    def deliver(self, connection: Any, request: Request) -> bool:
        going = super().deliver(connection, request)
        if not going and self.count in self.pending:
            self.callback_failed(Exchange(self.count, request))
        return going


@fault("http-reload.is-open")
class StillOpenOnceSaved(HttpServer):
    """is_open is a variable that init sets and only destroy takes back."""

    opened = False

    def init(self, port: int) -> bool:
        self.opened = super().init(port)
        return self.opened

    def restore(self, shared_orphan: Any) -> None:
        super().restore(shared_orphan)
        self.opened = True

    def is_open(self) -> bool:
        return self.opened


@fault("http-reload.is-open")
class RestoredIsNotOpen(HttpServer):
    """is_open is a variable that init sets, and a restored object has had no init."""

    opened = False

    def init(self, port: int) -> bool:
        self.opened = super().init(port)
        return self.opened

    def is_open(self) -> bool:
        return self.opened and super().is_open()


@fault("http-reload.limits")
class NoLimitsAfterAReload(HttpHandle):
    """A restored handle has the limits of a server that was given none."""

    owners = 0

    def bind(self, owner: Any) -> None:
        self.owners += 1
        super().bind(owner)
        if self.owners > 1:
            self.limits = HttpServer()._limits
            for connection in self.connections:
                connection.parser.limits = self.limits


@fault("http-reload.limits")
class NoLimitsForNewClientsAfterAReload(HttpHandle):
    """The connections that are there keep their limits, and those that come after a reload have none."""

    def bind(self, owner: Any) -> None:
        if self.connections:
            self.limits = HttpServer()._limits
        super().bind(owner)


@fault("http-reload.old-object")
class OldObjectStillAnswers(HttpServer):
    """After a save the old object still answers, and its answers are in the way of the new one's."""

    kept: Any = None

    def save(self, shared_orphan: Any) -> None:
        self.kept = self._server
        super().save(shared_orphan)

    def respond(self, exchange: int, status: int, headers: Any, body: bytes) -> bool:
        handle = self._server or self.kept
        return handle is not None and bool(handle.respond(exchange, status, headers, body))


@fault("http-reload.old-object")
class ServesWhileItIsSaved(HttpServer):
    """The old object still ticks after its save, and is called back for what comes meanwhile."""

    kept: Any = None

    def save(self, shared_orphan: Any) -> None:
        self.kept = self._server
        super().save(shared_orphan)

    def tick(self) -> None:
        if self._server is None and self.kept is not None and self.kept.owner is None:
            self.kept.bind(self)
            self.kept.tick()
            self.kept.disown()
        super().tick()


@fault("http-reload.in-chunk")
class ForgetsItsPlaceInAChunk(HttpHandle):
    """How much of a chunk is missing is not saved, and after a reload its rest is read as a chunk's line."""

    def disown(self) -> None:
        super().disown()
        for connection in self.connections:
            parser = connection.parser
            if parser.request.chunked and parser.missing:
                parser.missing = 0
                parser.state = parser.chunk_line


@fault("http-reload.many-reloads")
class AHundredReloadsAreEnough(HttpHandle):
    """A counter of reloads has room for a hundred, and the next one loses all connections."""

    reloads = 0

    def disown(self) -> None:
        super().disown()
        self.reloads += 1
        if self.reloads > 100:
            for connection in self.connections:
                connection.drop()


@fault("http-reload.class-changes")
class CallsBackTheOldClass(HttpHandle):
    """A restored handle goes on with the callbacks of the object that it was made for."""

    first: Any = None

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.first = self.first or owner

    def tell_request(self, number: int, request: Request) -> None:
        owner, self.owner = self.owner, self.first
        try:
            super().tell_request(number, request)
        finally:
            self.owner = owner


class _OneAtATime(HttpConnection):
    def may_go_on(self) -> bool:
        return not self.exchanges and super().may_go_on()


@fault("http-reload.pipelined", also=(_OneAtATime,))
class ForgetsRequestsThatWait(HttpHandle):
    """A request is called back when the one before it is answered, and a reload forgets those that wait for that."""

    def disown(self) -> None:
        super().disown()
        for connection in self.connections:
            if connection.exchanges:
                connection.parser.buffer.clear()


class _KeepsFourKibibytes(HttpHandle):
    def disown(self) -> None:
        super().disown()
        for connection in self.connections:
            del connection.parser.buffer[4_096:]


@fault("http-reload.inside-callback")
class SavesFourKibibytes(_KeepsFourKibibytes):
    """What was read ahead is saved in a buffer of four kibibytes, and what does not fit is forgotten."""


@fault("http-reload.pipelined", also=(_OneAtATime,))
class SavesFourKibibytesBehindARequest(_KeepsFourKibibytes):
    """Behind a request that waits four kibibytes of others are saved, and the rest of what was read is forgotten."""


@fault("http-reload.answered", "http-reload.queued")
class ForgetsThatAnAnswerIsTheLast(HttpHandle):
    """That a connection ends with the answer on its way is not saved, and after a reload its client waits for that."""

    def disown(self) -> None:
        super().disown()
        for connection in self.connections:
            connection.ending = False


@fault("http-reload.answered")
class ForgetsAnswersOfThisFrame(HttpHandle):
    """Answers are kept by the object until its next tick, and those of the frame of a reload are never sent."""

    given: list[Any]

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.given = []

    def respond(self, number: int, *rest: Any) -> bool:
        found = self.pending.get(number)
        before = len(found[0].outgoing) if found is not None else 0
        done = super().respond(number, *rest)
        if found is not None and done and not self.ticking:
            self.given.append((found[0], before))
        return done

    def turn(self, owner: Any) -> None:
        self.given.clear()
        super().turn(owner)

    def disown(self) -> None:
        super().disown()
        for connection, before in self.given:
            del connection.outgoing[before:]


@fault("http-reload.pipelined", "http-reload.unanswered")
class AnswersOfTheNewObjectAreForNobody(HttpHandle):
    """An answer that the new object gives to a request of the old one is true, and never leaves."""

    latest = 0

    def disown(self) -> None:
        super().disown()
        self.latest = self.count

    def respond(self, number: int, status: int, headers: Any, body: bytes) -> bool:
        if number > self.latest or number not in self.pending:
            return super().respond(number, status, headers, body)
        del self.pending[number]
        return True
