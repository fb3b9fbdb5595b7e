"""Faults of section http-limits and others, continued: places that are counted apart from the connections."""

from __future__ import annotations

import socket

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle


@fault("http-limits.connections")
class FreesAPlaceTwice(HttpHandle):
    """The place of a client that was turned down is free when it has its answer, and once more when it has left."""

    taken = 0

    def make_connection(self, client: socket.socket) -> HttpConnection:
        self.taken += 1
        return super().make_connection(client)

    def forget_gone(self) -> None:
        for connection in self.connections:
            if connection.gone:
                self.taken -= 2 if connection.lingering else 1
        super().forget_gone()

    def has_room(self) -> bool:
        return self.taken < self.limits.connections


@fault("http-open.clients-leak-nothing")
class KeepsThePlaceOfARaise(HttpHandle):
    """When a callback raises, the step that frees the place of its connection is left out."""

    lost = 0

    def callback_failed(self, exchange: Exchange) -> None:
        self.lost += 1
        super().callback_failed(exchange)

    def has_room(self) -> bool:
        return super().has_room() and len(self.connections) + self.lost < self.limits.connections


@fault("http-open.clients-leak-nothing")
class KeepsTheSocketOfARaise(HttpHandle):
    """The exception of a callback is kept for a report, and with it the socket that it was about."""

    kept: list[socket.socket] = []  # noqa: RUF012

    def callback_failed(self, exchange: Exchange) -> None:
        if exchange.number in self.pending:
            self.kept.append(self.pending[exchange.number][0].sock.dup())
        super().callback_failed(exchange)


@fault("http-callbacks.raises-alone")
class ARaiseOvertakes(HttpHandle):
    """The 500 behind a callback that raised is written where it is caught, before what the client has asked earlier."""

    def callback_failed(self, exchange: Exchange) -> None:
        connection, _ = self.pending[exchange.number]
        connection.outgoing += connection.write(exchange.request, 500, [], b"", persistent=False)
        connection.forget()
        connection.ending = True


@fault("http-limits.stall-waits-for-host")
class TheProgramsTicksAreItsClients(HttpConnection):
    """The ticks in which the program thinks are counted, and when it has answered its client has none left."""

    waited = False

    def count_tick(self, stall: int | None) -> None:
        if self.waits_for_host():
            self.quiet, self.waited, self.moved = self.quiet + 1, True, False
            return
        if self.waited and self.quiet >= (stall or self.quiet + 1) and not self.outgoing and not self.moved:
            self.drop()
            return
        if not self.waited:
            super().count_tick(stall)
        self.moved = False


@fault("http-connection.leaves-in-head")
class AsksForTheNameOfWhoHasLeft(HttpHandle):
    """A client's address is asked for when it is taken, and the tick fails when that has reset by then."""

    def make_connection(self, client: socket.socket) -> HttpConnection:
        client.getpeername()
        return super().make_connection(client)


@fault("http-connection.resets-in-answer")
class KeepsThePlaceOfAReset(HttpHandle):
    """The place of a connection is freed when its answer is out, and that of one which is reset before that is not."""

    lost = 0

    def ready(self) -> list[HttpConnection]:
        sending = [connection for connection in self.connections if connection.outgoing]
        found = super().ready()
        self.lost += sum(connection.gone for connection in sending)
        return found

    def has_room(self) -> bool:
        return super().has_room() and len(self.connections) + self.lost < self.limits.connections
