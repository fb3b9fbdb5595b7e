"""One connection of an `HttpServer`: what came on it, what waits to be sent, and what comes next. Calls nothing back.

Theory of operation. A connection reads requests (`READING`) until one is whole; that is the host's then (`ASKED`) until
it is answered, and meanwhile no more than a little is read ahead. Behind the last answer it is shut for writing, and
what still comes is read and forgotten (`DRAINING`): were it closed at once, bytes under way would be answered by a
reset, which takes the answer with it (RFC 9112, section 9.6). The handle says when to read, and does what is told of
here.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from ._connection import NOT_NOW, SEND_FLAGS, Connection
from ._http_answer import CONTINUE, answer, error_answer
from ._http_reader import Request, RequestReader
from ._http_rules import RejectedError
from ._poller import READABLE, WRITABLE

if TYPE_CHECKING:
    from ._http_limits import HttpLimits

#: The most bytes of one read.
CHUNK: Final = 64 * 1024
#: What is read ahead behind a request that waits for its answer, in bytes.
READ_AHEAD: Final = 64 * 1024
#: What is read and forgotten of a client that goes on sending behind its last answer, in bytes, and for how long
#: without a byte it is waited for where no stall limit says so: as many ticks, and seconds, for a host that ticks
#: without a pause goes through a thousand in no time.
MOST_DRAINED: Final = 64 * 1024 * 1024
DRAINING_TICKS: Final = 1_000
DRAINING_SECONDS: Final = 1.0


class Phase(Enum):
    """What is going on."""

    READING = auto()
    ASKED = auto()
    DRAINING = auto()
    GONE = auto()


class HttpConnection:
    """One client.

    Arguments: `client`, its socket; `address`, for people; `limits`, those of the server.
    """

    __slots__ = (
        "_link",
        "_reader",
        "_socket",
        "_starved",
        "_unfinished",
        "address",
        "drained",
        "ended",
        "exchange",
        "fileno",
        "last",
        "mask",
        "moved",
        "phase",
        "request",
    )

    def __init__(self, client: socket.socket, address: str, limits: HttpLimits) -> None:
        self._socket = client
        self._link = Connection(client, address, False)
        self._link.prepare()
        self._reader = RequestReader(limits)
        #: Whether the last step said that there is more to be done: what came may all be with the parser by then.
        self._unfinished = False
        #: Whether it said that it needs more bytes.
        self._starved = False
        self.address = address
        self.fileno = client.fileno()
        self.phase = Phase.READING
        #: The request that waits for its answer, and its number.
        self.request: Request | None = None
        self.exchange = 0
        #: Whether the client has shut down writing.
        self.ended = False
        #: Whether nothing is read behind what was answered last.
        self.last = False
        #: What the poller is asked for.
        self.mask = READABLE
        #: Bytes that were forgotten, and by the clock, when there were any.
        self.drained = 0
        self.moved = 0.0

    # --- what is to be done

    @property
    def wanted(self) -> int:
        """What is to be watched for; 0, and an end by reset is still told of."""
        mask = WRITABLE if self._link.queue else 0
        if self.ended or self.phase is Phase.GONE:
            return mask
        if self.phase is Phase.DRAINING:
            return mask | READABLE
        # Whoever does not read answers gets no further request read, and nor does one that is far ahead.
        # A head may be larger than that: what the reader has asked for is read, as its own limits are.
        enough = self._reader.waiting >= READ_AHEAD and not self._starved
        return mask if self._link.queue or enough else mask | READABLE

    @property
    def has_work(self) -> bool:
        """Whether there may be a request in what has been read, which no poller tells."""
        there = self._unfinished or self._reader.waiting > 0
        return self.phase is Phase.READING and there and not self._link.queue

    @property
    def waits_for_client(self) -> bool:
        """Whether it is the client's turn: what a stall limit is about."""
        return self.phase is not Phase.ASKED or bool(self._link.queue)

    # --- reading

    def read(self) -> int:
        """Read once what there is; returns the bytes. Raises `OSError` when the connection is broken."""
        try:
            data = self._socket.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            return 0
        if not data:
            self.ended = True
        elif self.phase is Phase.DRAINING:
            self.drained += len(data)
        else:
            self._reader.feed(data)
        return len(data)

    def parse(self, steps: int) -> tuple[Request | None, int]:
        """Go on with the request under way for so many steps at most.

        Returns the request if it is whole, and the steps that are left. Raises `RejectedError`.
        """
        step = self._reader.step
        while steps > 0:
            steps -= 1
            found = step()
            self._unfinished = found is True
            self._starved = found is False
            if found is True:
                continue
            if found is not False:
                self.request, self.phase = found, Phase.ASKED
                return found, steps
            if self._reader.expecting:
                self._reader.expecting = False
                self._send(CONTINUE)
            break
        return None, steps

    @property
    def cut_off(self) -> bool:
        """Whether the client will say nothing more, and nothing is left to be sent or answered.

        What is left in the middle of a request when there is nothing more to parse is never going to be one.
        """
        return self.ended and not self._link.queue and self.phase in (Phase.READING, Phase.DRAINING)

    @property
    def begun(self) -> bool:
        """Whether a part of a request is there that may become whole."""
        return self.phase is Phase.READING and self._reader.begun

    # --- answering

    def respond(self, status: int, fields: list[tuple[bytes, bytes]], body: bytes, close: bool) -> bool:
        """Answer the request that waits. False when the client is gone."""
        request = self.request
        assert request is not None
        # Whoever says nothing more is told that this was all, unless there is more from before.
        close = close or (self.ended and not self._reader.waiting)
        data, goes_on = answer(request.answering, request.method, status, fields, body, close)
        self.request = None
        self.exchange = 0
        return self._finish(data, goes_on)

    def reject(self, rejected: RejectedError) -> None:
        """Turn down the request under way; the connection ends behind the answer."""
        self._finish(error_answer(rejected.status, self._reader.is_head), False)

    def fail(self) -> None:
        """Tell the client that its request has met with a failure of the host's."""
        request, self.request = self.request, None
        self.exchange = 0
        self._finish(error_answer(500, request is not None and request.method == "HEAD"), False)

    def time_out(self) -> None:
        """End a connection on which nothing has moved; a request that has begun is answered 408."""
        if self.phase is Phase.READING and self.begun and not self._link.queue:
            self._send(error_answer(408, self._reader.is_head))
        self.close()

    def _finish(self, data: bytes, goes_on: bool) -> bool:
        self.phase = Phase.READING if goes_on else Phase.DRAINING
        self.last = not goes_on
        there = self._send(data)
        self._shut()
        return there

    # Head and body in one write. False when the client is gone.
    def _send(self, data: bytes) -> bool:
        sent = 0
        if not self._link.queue:
            try:
                sent = self._link.transmit(data, SEND_FLAGS)
            except OSError as error:
                if error.errno not in NOT_NOW:
                    self.close()
                    return False
        if sent < len(data):
            self._link.keep(data, sent)
        return True

    def flush(self, most: int) -> int:
        """Send of what waits what the system takes; returns the bytes. Raises `OSError` when the client is gone."""
        before = len(self._link.queue)
        self._link.flush(most)
        self._shut()
        return before - len(self._link.queue)

    # Behind the last answer, once all of it is with the system.
    def _shut(self) -> None:
        if self.phase is Phase.DRAINING and self.last and not self._link.queue:
            self.last = False
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """End it, after a last attempt to send what waits. May be called twice."""
        if self.phase is not Phase.GONE:
            self.phase = Phase.GONE
            self.request = None
            self._link.close()

    def abandon(self) -> None:
        """Give this process's descriptor back, and leave the connection to the process that it came from."""
        self.phase = Phase.GONE
        self._link.abandon()
