"""Variants of how an HTTP server goes about its connections: how much at a time, in which order, and how they end."""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Callable
from typing import Any

from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_request import Request

from .registry import variant


@variant("how much is done in a tick")
class SmallSteps(HttpConnection):
    """Reads at most 4,096 bytes and sends at most 16,384 of a connection in a tick: a frame is short."""

    CHUNK = 4_096
    BUDGET = 4_096
    sent = 0

    def turn(self, deliver: Callable[[HttpConnection, Request], bool], steps: int) -> None:
        """With a new share."""
        self.sent = 0
        super().turn(deliver, steps)

    def flush(self) -> None:
        """As much as is left of the share."""
        waiting = self.outgoing
        self.outgoing = waiting[: 16_384 - self.sent]
        had = len(self.outgoing)
        super().flush()
        self.sent += had - len(self.outgoing)
        if self.gone:
            return
        self.outgoing = self.outgoing + waiting[had:]


@variant("a port that does not exist, of HTTP", shows={"http-open.no-port": "refused"})
class BadHttpPortIsRefused(HttpHandle):
    """Raises an error for a number that is no port: nothing could ever listen there."""

    def init(self, port: int) -> bool:
        """Not on what is no port."""
        if not self.port_exists(port):
            raise ValueError(f"there is no port {port}")
        return super().init(port)


@variant("how many clients are taken in a tick")
class TakesOneClient(HttpHandle):
    """Takes one client in a tick: the others wait a little longer."""

    def accept(self) -> None:
        """One, if there is room."""
        if self.has_room():
            client = self.take_waiting()
            if client is not None:
                self.connections.append(self.make_connection(client))


@variant("when pipelined requests are told of")
class TakesOneRequest(HttpConnection):
    """Tells of a request only when the one before it on its connection is answered and has left: its answers are in
    order by nature."""

    def may_go_on(self) -> bool:
        """Not with an answer owed."""
        return super().may_go_on() and not self.exchanges and not self.outgoing


@variant("head and body of an answer")
class HeadGoesAhead(HttpConnection):
    """Sends the head of an answer and then its body, in two writes without delay."""

    def flush(self) -> None:
        """The head first, if it is at the front."""
        end = self.outgoing.find(b"\r\n\r\n") + 4
        if self.outgoing.startswith(b"HTTP/") and 4 <= end < len(self.outgoing):
            body = self.outgoing[end:]
            self.outgoing = self.outgoing[:end]
            super().flush()
            if self.gone:
                return
            self.outgoing = self.outgoing + body
        super().flush()


@variant("a client that stalls")
class StalledClientsAreTold(HttpConnection):
    """Answers 408 where a request does not come to its end, before it ends the connection, and counts a few ticks
    more."""

    def count_tick(self, stall: int | None) -> None:
        """Told, then ended."""
        if stall is not None and self.quiet + 1 >= stall and not self.ending and not self.exchanges:
            self.refuse(408, "nothing comes")
            self.settle()
            return
        super().count_tick(None if stall is None else stall + 3)


@variant("a connection beyond the limit")
class FullIsTold(HttpHandle):
    """Takes a client beyond the limit, answers 503 and ends its connection; the others go on."""

    def accept(self) -> None:
        """All of them."""
        while True:
            full = not self.has_room()
            client = self.take_waiting()
            if client is None:
                return
            connection = self.make_connection(client)
            if full:
                answer = self.answers.write(503, [], b"", method=b"GET", minor=1, persistent=False)
                connection.outgoing += answer
                connection.ending = True
            self.connections.append(connection)


@variant("a connection beyond the limit")
class SilentMakeRoom(HttpHandle):
    """Ends the connection that has been silent longest, and that is owed nothing, where another client wants its
    place."""

    def has_room(self) -> bool:
        """Made, if one can be spared."""
        if super().has_room():
            return True
        silent = [each for each in self.connections if not (each.exchanges or each.outgoing or each.parser.begun())]
        if silent and self.waits():
            max(silent, key=lambda each: each.quiet).drop()
            self.forget_gone()
        return len(self.connections) < self.limits.connections

    def waits(self) -> bool:
        """Whether somebody does; looked at by taking no one."""
        return self.listener is not None and bool(select.select([self.listener], [], [], 0)[0])


@variant("when an answer leaves")
class AnswersLeaveAtOnce(HttpHandle):
    """Sends an answer inside respond, as far as the system takes it, where others leave that to the tick."""

    def respond(self, number: int, *given: object) -> bool:  # type: ignore[override]
        """And then send."""
        found = self.pending.get(number)
        done = super().respond(number, *given)  # type: ignore[arg-type]
        if done and found is not None:
            found[0].flush()
            self.forget_gone()
        return done


@variant("when a request is told of", falls_short=("http-request.in-next-tick",))
class TellsInTheNextTick(HttpHandle):
    """Tells of a request in the tick behind the one that has read its end: which tick that is, is a SHOULD."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.read: deque[tuple[HttpConnection, Exchange]] = deque()

    def turn(self, owner: Any) -> None:
        """What was read before, and then read on."""
        for _ in range(len(self.read)):
            connection, exchange = self.read.popleft()
            if exchange.abandoned:
                continue
            self.pending[exchange.number] = (connection, exchange)
            try:
                self.tell_request(exchange.number, exchange.request)
            except BaseException:
                self.callback_failed(exchange)
                raise
            if self.owner is not owner:
                return
        super().turn(owner)

    def deliver(self, connection: HttpConnection, request: Request) -> bool:
        """In the next tick."""
        exchange = Exchange(self.next_number(), request)
        connection.owe(exchange)
        self.read.append((connection, exchange))
        return True


@variant("when an answer leaves", falls_short=("http-request.in-next-tick",))
class AnswersLeaveInTheNextTick(HttpConnection):
    """Sends an answer in the tick behind the one in whose callback it was given: which tick that is, is a SHOULD."""

    inside = False

    def turn(self, deliver: Callable[[HttpConnection, Request], bool], steps: int) -> None:
        """Sent first; then nothing is, until the next one."""
        self.inside = False
        self.flush()
        self.inside = True
        super().turn(deliver, steps)

    def flush(self) -> None:
        """Not behind a callback."""
        if not self.inside:
            super().flush()
