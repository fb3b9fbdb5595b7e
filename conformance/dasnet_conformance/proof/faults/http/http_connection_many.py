"""Faults of section http-connection, continued: many connections at once, and clients that do not read."""

from __future__ import annotations

import select
import socket
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_request import Request


@fault("http-connection.half-close-ends")
class KeepsHalfClosedConnections(HttpConnection):
    """The end of a client's half is noted when it is to be read again, which it never is: the connection stays."""

    def cut_off(self) -> None:
        pass

    def has_work(self) -> bool:
        return not self.ended and super().has_work()


@fault("http-connection.half-close-ends")
class HalfARequestIsWaitedFor(HttpConnection):
    """A client that ends its half in the middle of a request is waited for, for it may say the rest."""

    def cut_off(self) -> None:
        if not self.parser.begun():
            super().cut_off()


@fault("http-connection.half-close-ends")
class KeepsWhoHasHadItsAnswer(HttpConnection):
    """The end of a client's half ends the connection of one that is in the middle of a request, and of no other."""

    def cut_off(self) -> None:
        if self.parser.begun():
            super().cut_off()


@fault("http-connection.slow-reader")
class WaitsForSlowReaders(HttpConnection):
    """An answer is sent until the system has taken all of it, and a client that does not read stops the host."""

    def flush(self) -> None:
        for _ in range(40):
            super().flush()
            if not self.outgoing or self.gone:
                return
            select.select([], [self.sock], [], 0.25)


@fault("http-connection.many")
class OneConnectionAtATime(HttpHandle):
    """The next connection is taken when the one before it has ended, and a browser's idle one holds all others."""

    def has_room(self) -> bool:
        return not self.connections


@fault("http-connection.many")
class EightConnections(HttpHandle):
    """There is room for eight connections, and the ninth is closed as soon as it is taken."""

    def make_connection(self, client: socket.socket) -> HttpConnection:
        connection = super().make_connection(client)
        if len(self.connections) >= 8:
            connection.drop()
        return connection


@fault("http-connection.many")
class LooksAtTheFirstConnection(HttpHandle):
    """A tick looks at the connection that is oldest, and if that is idle at no other."""

    def ready(self) -> list[HttpConnection]:
        return [each for each in super().ready() if each is self.connections[0]]

    def rotate(self) -> None:
        pass


@fault("http-limits.connections")
class EndsAllWhenFull(HttpHandle):
    """When there are as many connections as there may be, all of them are closed for the next one."""

    def accept(self) -> None:
        while (client := self.take_waiting()) is not None:
            if not self.has_room():
                for connection in self.connections:
                    connection.drop()
                self.forget_gone()
            self.connections.append(self.make_connection(client))


@fault("http-connection.unread-bounded")
class AnswersWithoutEnd(HttpConnection):
    """Requests are read as long as there are some, and the answers of a client that does not read pile up."""

    def room(self) -> int:
        waiting, self.outgoing = self.outgoing, bytearray()
        room = super().room()
        self.outgoing = waiting
        return room


@fault("http-connection.destroyed")
class DestructionLeavesConnectionsOpen(HttpHandle):
    """The destruction of the object closes the listener, and its connections stay open without anybody to answer."""

    lost: list[Any] = []  # noqa: RUF012

    def close(self) -> None:
        self.lost.extend(self.connections)
        self.connections = []
        super().close()


@fault("http-connection.memory-per-request")
class KeepsWhatItWasSent(HttpConnection):
    """Each body is kept beside its request, in a list that is emptied when the server ends."""

    bodies: list[bytes] = []  # noqa: RUF012

    def owe(self, exchange: Exchange) -> None:
        super().owe(exchange)
        self.bodies.append(bytes(exchange.request.body) + b"\n")


@fault("http-connection.memory-per-request")
class KeepsTheFieldsOfRequests(HttpHandle):
    """Exchanges are looked up in a table by number, and an answer takes none out of it: fields and all stay there."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.table: dict[int, Request] = {}

    def tell_request(self, number: int, request: Request) -> None:
        self.table[number] = request
        super().tell_request(number, request)


@fault("http-connection.memory-per-client")
class KeepsClientsThatHaveLeft(HttpHandle):
    """Connections are in a list for a page of statistics, and stay there with what they had read when they are gone."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.seen: list[HttpConnection] = []

    def make_connection(self, client: socket.socket) -> HttpConnection:
        connection = super().make_connection(client)
        self.seen.append(connection)
        return connection


@fault("http-connection.memory-per-client")
class KeepsWhatWasTurnedDown(HttpHandle):
    """A request that is turned down is kept for a report to whoever runs the server, and nobody fetches that."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.report: list[bytes] = []

    def forget_gone(self) -> None:
        turned_down = [each for each in self.connections if each.gone and each.ending and not each.parser.complete]
        self.report += [bytes(each.parser.request.body) for each in turned_down if each.parser.request.body]
        super().forget_gone()


@fault("http-connection.memory-per-client")
class UnansweredRequestsStay(HttpHandle):
    """A request is let go of when it is answered, and one whose client has left is never answered."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.unanswered: dict[int, Request] = {}

    def tell_request(self, number: int, request: Request) -> None:
        self.unanswered[number] = request
        super().tell_request(number, request)

    def respond(self, number: int, status: int, headers: Any, body: bytes) -> bool:
        answered = super().respond(number, status, headers, body)
        if answered:
            self.unanswered.pop(number, None)
        return answered


@fault("http-connection.memory-per-request")
class KeepsWhatItAnswered(HttpHandle):
    """Each answer is kept in a list until the server is destroyed, for a page of statistics that nobody opens."""

    answers_given: list[bytes]

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.answers_given = []

    def respond(self, number: int, status: int, headers: Any, body: bytes) -> bool:
        self.answers_given.append(bytes(body) + b"\n")
        return super().respond(number, status, headers, body)
