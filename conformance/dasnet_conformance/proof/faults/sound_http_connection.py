"""One connection of the sound HTTP server: what it reads, which answers it owes in which order, and how it ends.

Each step is a short method with one job. A connection is open, then perhaps ending (nothing of it is called back any
more, and what it is owed goes out), then perhaps lingering (its half is shut down, what still comes is passed over, so
that nothing resets the connection before the client has read the last answer; RFC 9112, 9.6), then gone. It calls
nobody back itself: complete requests go to whoever made it.
"""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from .sound_http_answer import HttpAnswer
from .sound_http_parser import HttpParser
from .sound_http_request import Refused, Request


@dataclass(eq=False)
class Exchange:
    """A request and the answer that is owed for it. `number` is 0 for what the server answers by itself."""

    number: int
    request: Request
    answer: bytes | None = None
    #: Whether the connection ends with it, and whether nobody waits for it any more.
    last: bool = False
    abandoned: bool = False


class HttpConnection:
    """A socket, a parser, the exchanges that are not done, and the bytes that wait for the client."""

    #: The most bytes of one read; of one tick; and of what a client sends after the last answer.
    CHUNK = 1 << 16
    BUDGET = 1 << 18
    DRAIN = 64 << 20
    #: The most bytes that wait behind an unanswered request, or for a client that does not read.
    WAITING = 1 << 16
    #: Steps of the parser that the callback of a request counts for.
    COST = 8

    def __init__(
        self, sock: socket.socket, parser: HttpParser, answers: HttpAnswer, log: Callable[[str], None]
    ) -> None:
        self.sock = sock
        self.parser = parser
        self.answers = answers
        self.log = log
        self.exchanges: deque[Exchange] = deque()
        #: Bytes of their requests.
        self.owed = 0
        self.outgoing = bytearray()
        #: The client's half has ended; no further request is read; our half is shut down; all is over.
        self.ended = self.ending = self.lingering = self.gone = False
        self.continued = False
        #: Whether a byte moved in this tick; how many ticks none did; and what came after the last answer.
        self.moved = True
        self.quiet = 0
        self.drained = 0

    # A tick

    def turn(self, deliver: Callable[[HttpConnection, Request], bool], steps: int) -> None:
        """Send what waits, read and parse within the budget, send again.

        Arguments: `deliver`, takes a complete request and says whether to go on; `steps`, of the parser at most.
        """
        self.flush()
        if self.lingering:
            self.drain()
        else:
            self.advance(deliver, steps)
        self.settle()

    def advance(self, deliver: Callable[[HttpConnection, Request], bool], steps: int) -> None:
        """Parse what is there, and read where more is needed."""
        budget = self.BUDGET
        while steps > 0 and self.may_go_on():
            steps -= 1
            try:
                if self.parser.step():
                    continue
            except Refused as refused:
                self.refuse(refused.status, refused.why)
                return
            if self.parser.complete:
                steps -= self.COST
                if not self.complete(deliver):
                    return
            elif self.ended:
                self.cut_off()
                return
            else:
                self.invite()
                data = self.read() if budget > 0 else None
                if data is None:
                    return
                budget -= len(data)

    def may_go_on(self) -> bool:
        """Whether to parse and read: not when it ends, and not when too much waits already."""
        return not (self.gone or self.ending) and self.room() > 0

    def room(self) -> int:
        """How many more bytes may be taken: with an answer owed, or a client that does not read, few."""
        if len(self.outgoing) >= self.WAITING:
            return 0
        if not self.exchanges:
            return self.CHUNK
        behind = self.owed - self.exchanges[0].request.size
        return min(self.CHUNK, self.WAITING - behind - self.parser.kept())

    def complete(self, deliver: Callable[[HttpConnection, Request], bool]) -> bool:
        """Hand over a complete request; what is behind one that is the last is not read."""
        request = self.parser.request
        self.parser.begin()
        self.continued = False
        if not request.persistent:
            self.ending = True
        return deliver(self, request)

    def has_work(self) -> bool:
        """Whether there is something to do without the system: to parse, to invite, or to come to an end."""
        # A request may be complete since the last step of a turn, with no byte left behind it.
        waits = bool(self.parser.buffer) or self.parser.complete or self.must_invite()
        return self.ending or self.ended or (waits and self.may_go_on())

    # Reading

    def read(self) -> bytes | None:
        """The next bytes of the client, given to the parser; None when there are none for now."""
        try:
            data = self.sock.recv(max(1, min(self.CHUNK, self.room())))
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            self.drop()
            return None
        self.moved = True
        if data:
            self.parser.feed(data)
        else:
            self.ended = True
        return data

    def cut_off(self) -> None:
        """The client's half has ended. What it is owed it still gets (RFC 9112, 9.6); half a request is none (8)."""
        self.ending = True

    # Expect

    def invite(self) -> None:
        """Tell a client that waits with its body that it may come, once all before it are answered."""
        if self.must_invite():
            self.continued = True
            if self.body_missing():
                self.outgoing += self.answers.CONTINUE
                self.flush()

    def must_invite(self) -> bool:
        """Whether it is time to."""
        expects = self.parser.head_complete and self.parser.request.expects
        return expects and not self.continued and not self.exchanges

    def body_missing(self) -> bool:
        """Whether nothing of the body has come, and something will."""
        request = self.parser.request
        return not self.parser.buffer and not request.body

    # Answering

    def owe(self, exchange: Exchange) -> None:
        """Queue an exchange, whose answer is owed after those before it."""
        self.exchanges.append(exchange)
        self.owed += exchange.request.size

    def refuse(self, status: int, why: str) -> None:
        """Answer a request that is none, after those before it, and read nothing behind it."""
        self.ending = True
        answer = self.write(self.parser.request, status, [], b"", persistent=False)
        self.owe(Exchange(0, self.parser.request, answer, last=True))
        self.release()
        self.log(f"{status}: {why}")

    def answer(self, exchange: Exchange, status: int, fields: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Give an exchange its answer, which goes out when those before it have."""
        exchange.last = self.is_last(exchange, fields)
        exchange.answer = self.write(exchange.request, status, fields, body, persistent=not exchange.last)
        self.release()

    def is_last(self, exchange: Exchange, fields: list[tuple[bytes, bytes]]) -> bool:
        """Whether the connection ends with this answer: the client or the host wants it."""
        return not exchange.request.persistent or self.answers.asks_to_close(fields)

    def write(
        self, request: Request, status: int, fields: list[tuple[bytes, bytes]], body: bytes, *, persistent: bool
    ) -> bytes:
        """The bytes of an answer."""
        return self.answers.write(
            status, fields, body, method=request.method, minor=request.minor, persistent=persistent
        )

    def release(self) -> None:
        """Put the answers that are next into the queue, in the order of their requests."""
        while self.exchanges and self.exchanges[0].answer is not None:
            exchange = self.exchanges.popleft()
            self.owed -= exchange.request.size
            self.outgoing += exchange.answer or b""
            if exchange.last:
                self.ending = True
                self.forget()

    def forget(self) -> None:
        """What was asked and not answered is answered no more."""
        for exchange in self.exchanges:
            exchange.abandoned = True
        self.exchanges.clear()
        self.owed = 0

    # Sending

    def flush(self) -> None:
        """Send what waits, as far as the system takes it."""
        while self.outgoing and not self.gone:
            try:
                sent = self.sock.send(self.outgoing)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self.drop()
                return
            del self.outgoing[:sent]
            self.moved = True

    # Ending

    def settle(self) -> None:
        """Send, and see whether everything is done that was to be done before the end."""
        self.flush()
        if self.ending and not (self.gone or self.lingering or self.exchanges or self.outgoing):
            self.finish()

    def finish(self) -> None:
        """The last answer is out: shut down our half, and wait for the client's, unless that has ended already."""
        if self.ended:
            self.drop()
            return
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.drop()
            return
        self.lingering = True

    def drain(self) -> None:
        """Pass over what the client still sends, up to a bound."""
        budget = self.BUDGET
        while budget > 0 and not self.gone:
            try:
                data = self.sock.recv(self.CHUNK)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                data = b""
            self.moved = True
            self.drained += len(data)
            budget -= len(data)
            if not data or self.drained > self.DRAIN:
                self.drop()

    def drop(self) -> None:
        """Close, and forget what was owed."""
        self.gone = True
        self.forget()
        self.outgoing.clear()
        self.sock.close()

    # Time

    def waits_for_host(self) -> bool:
        """Whether it is the host that makes the client wait, and not the other way round."""
        return bool(self.exchanges) and not self.outgoing

    def count_tick(self, stall: int | None) -> None:
        """Count a tick in which nothing moved, and end the connection when there were too many."""
        if self.moved or self.waits_for_host():
            self.quiet = 0
        else:
            self.quiet += 1
        self.moved = False
        if stall is not None and self.quiet >= stall:
            self.drop()
