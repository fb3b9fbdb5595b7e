"""The sound HTTP server's handle: a listener, its connections, one poller for all of them, and ticks with an end.

What it does with one connection is in `sound_http_connection`. It may open sockets, and imports nothing of ours but
what is beside it.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Iterable
from typing import Any

from .sound_http_answer import HttpAnswer
from .sound_http_connection import Exchange, HttpConnection
from .sound_http_fields import Text
from .sound_http_parser import HttpParser
from .sound_http_request import Limits, Request
from .sound_listening import Listening


class HttpHandle(Listening):
    """The connections of one server, the count of its exchanges, and the object whose callbacks they cause."""

    #: Steps of parsers in one tick: of one connection, and the share that each has when there are many.
    STEPS = 1_024
    ALL_STEPS = 4_096
    FAIR_SHARE = 256

    def __init__(
        self,
        limits: Limits,
        parser: type[HttpParser] = HttpParser,
        connection: type[HttpConnection] = HttpConnection,
        answer: type[HttpAnswer] = HttpAnswer,
    ) -> None:
        super().__init__()
        self.limits = limits
        self.parser_class = parser
        self.connection_class = connection
        self.answers = answer()
        self.owner: Any = None
        self.connections: list[HttpConnection] = []
        #: The exchanges that the host may answer, by number.
        self.pending: dict[int, tuple[HttpConnection, Exchange]] = {}
        self.count = 0
        self.ticking = False

    # Ownership

    def bind(self, owner: Any) -> None:
        """Call back this object from now on: at first, and after a restore."""
        self.owner = owner

    def disown(self) -> None:
        """Be saved: call back nobody until the next `bind`."""
        self.owner = None

    def close(self) -> None:
        """Close all connections and the listener, and call back nobody any more."""
        self.owner = None
        for connection in self.connections:
            connection.drop()
        self.forget_gone()
        self.close_listener()

    def forget_gone(self) -> None:
        """Let go of connections that are over, and of the exchanges that nobody waits for any more."""
        self.connections = [connection for connection in self.connections if not connection.gone]
        self.pending = {
            number: (connection, exchange)
            for number, (connection, exchange) in self.pending.items()
            if not exchange.abandoned
        }

    # Callbacks

    def tell_error(self, message: str, code: int) -> None:
        """The owner's error callback."""
        if self.owner is not None:
            self.owner.on_error(message, code)

    def tell_log(self, message: str) -> None:
        """The owner's log callback: a stranger's mistake is no error of the host's."""
        if self.owner is not None:
            self.owner.on_log(message)

    def tell_request(self, number: int, request: Request) -> None:
        """The owner's request callback."""
        version = f"HTTP/1.{request.minor}"
        self.owner.on_request(
            number,
            request.method.decode("latin-1"),
            request.target.decode("latin-1"),
            version,
            list(request.fields),
            bytes(request.body),
        )

    # Ticking

    def tick(self) -> None:
        """One tick, unless it is inside another one or nobody is there to be told."""
        if self.ticking or self.owner is None:
            return
        self.ticking = True
        try:
            self.turn(self.owner)
        finally:
            self.ticking = False
            self.forget_gone()

    def turn(self, owner: Any) -> None:
        """Take who waits, give each connection with something to do its share, and send what was answered."""
        self.accept()
        self.rotate()
        ready = self.ready()
        share = self.share(len(ready))
        for connection in ready:
            connection.turn(self.deliver, share)
            if self.owner is not owner:
                return
        for connection in self.connections:
            connection.settle()
            connection.count_tick(self.limits.stall)

    def accept(self) -> None:
        """Take who waits, as long as there is room; the others go on waiting."""
        while self.has_room():
            client = self.take_waiting()
            if client is None:
                return
            self.connections.append(self.make_connection(client))

    def make_connection(self, client: socket.socket) -> HttpConnection:
        """A connection with a parser of its own. Small answers leave at once."""
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.connection_class(client, self.parser_class(self.limits), self.answers, self.tell_log)

    def has_room(self) -> bool:
        """Whether another connection may be taken. One that only lingers makes room."""
        if len(self.connections) >= self.limits.connections:
            lingering = next((each for each in self.connections if each.lingering), None)
            if lingering is not None:
                lingering.drop()
                self.forget_gone()
        return len(self.connections) < self.limits.connections

    def ready(self) -> list[HttpConnection]:
        """The connections that have something to read, to send or to parse, in the order of their turn."""
        if not self.connections:
            return []
        moving, broken = self.poll(self.connections)
        for connection in self.connections:
            # One that is not read from would not notice that its client has gone.
            if connection.sock in broken and not self.wants_to_read(connection):
                connection.drop()
        return [each for each in self.connections if not each.gone and (each.sock in moving or each.has_work())]

    def wants_to_read(self, connection: HttpConnection) -> bool:
        """Whether bytes of a client are to be read."""
        return connection.lingering or (connection.may_go_on() and not connection.ended)

    def poll(self, connections: list[HttpConnection]) -> tuple[set[socket.socket], set[socket.socket]]:
        """Whose sockets the system has something for, right now, and which of them are broken."""
        reading = {each.sock for each in connections if self.wants_to_read(each)}
        writing = {each.sock for each in connections if each.outgoing}
        if not hasattr(select, "poll"):
            readable, writable, _ = select.select(reading, writing, [], 0)
            return {*readable, *writable}, set()
        poller = select.poll()
        sockets = {each.sock.fileno(): each.sock for each in connections}
        for number, sock in sockets.items():
            events = (select.POLLIN if sock in reading else 0) | (select.POLLOUT if sock in writing else 0)
            poller.register(number, events)
        found = poller.poll(0)
        broken = {sockets[number] for number, events in found if events & select.POLLERR}
        return {sockets[number] for number, _ in found}, broken

    def share(self, count: int) -> int:
        """The steps of one connection in a tick with so many."""
        return min(self.STEPS, max(self.FAIR_SHARE, self.ALL_STEPS // max(1, count)))

    def rotate(self) -> None:
        """Another one is the first in the next tick."""
        if self.connections:
            self.connections.append(self.connections.pop(0))

    # Requests

    def deliver(self, connection: HttpConnection, request: Request) -> bool:
        """Number a complete request and call it back; whether there is still the same object to call back."""
        owner = self.owner
        exchange = Exchange(self.next_number(), request)
        connection.owe(exchange)
        self.pending[exchange.number] = (connection, exchange)
        try:
            self.tell_request(exchange.number, request)
        except BaseException:
            self.callback_failed(exchange)
            raise
        return self.owner is owner

    def next_number(self) -> int:
        """The next exchange's number."""
        self.count += 1
        return self.count

    def callback_failed(self, exchange: Exchange) -> None:
        """The callback raised: its request gets a 500, unless it was answered."""
        if exchange.number in self.pending:
            self.respond(exchange.number, 500, (), b"")

    def respond(self, number: int, status: int, headers: Iterable[tuple[Text, Text]], body: bytes) -> bool:
        """Answer an exchange. False when nobody waits for it; raises `ValueError` for what HTTP forbids."""
        fields = self.answers.check(status, headers, body)
        found = self.pending.get(number)
        if found is None or found[1].abandoned:
            return self.unknown_exchange(number)
        self.settle_exchange(number)
        connection, exchange = found
        connection.answer(exchange, status, fields, bytes(body))
        return True

    def settle_exchange(self, number: int) -> None:
        """It is answered, and can be answered no more."""
        del self.pending[number]

    def unknown_exchange(self, number: int) -> bool:  # noqa: ARG002
        """What an answer gets that nobody waits for."""
        return False
