"""One client of an `HttpServer`: asyncio's transport on one side, the reader of requests on the other.

The loop only fills the reader and sends what the transport could not at once, both in bounds. Requests are read, and
answers made, when the handle asks for it inside a tick. One request is read at a time, and the next when it is
answered: so answers go out in the order of the requests.
"""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, cast

from ._http_answer import CONTINUE, answer, error_answer
from ._http_reader import Request, RequestReader
from ._http_rules import RejectedError

if TYPE_CHECKING:
    from ._http_limits import HttpLimits
    from ._http_rules import Field

#: Bytes that are read from the system at a time, and that may be held unread, beyond which it holds the client up.
CHUNK: Final = 64 << 10
_HELD_LIMIT: Final = 64 << 10
# Bytes that wait to be sent, from which on the client's next request is not read.
_BACKLOG_LIMIT: Final = 64 << 10
# What is read and forgotten of a client that goes on sending behind its last answer: closed at once, its bytes under
# way would be answered by a reset, which takes the answer with it (RFC 9112, section 9.6). It ends with so many bytes,
# or after so many ticks and seconds without any; a host that does not pause ticks fast.
_DRAINED_LIMIT: Final = 64 << 20
_DRAINING_TICKS: Final = 1000
_DRAINING_SECONDS: Final = 1.0


class HttpConnection(asyncio.BufferedProtocol):
    """One client.

    Arguments: `accepted`, its socket; `address`, for the log; `limits`, the server's; `scratch`, what is read into.
    """

    def __init__(self, accepted: socket.socket, address: str, limits: HttpLimits, scratch: bytearray) -> None:
        self.address = address
        #: A whole request that is not answered, and the number under which it was told, 0 before that.
        self.request: Request | None = None
        self.exchange = 0
        #: Why no request will be read here any more, until that is answered.
        self.rejected: RejectedError | None = None
        self._reader = RequestReader(limits)
        self._scratch = memoryview(scratch)
        self._socket = accepted
        self._transport: asyncio.Transport | None = None
        self._lost = self._ended = self._paused = False
        # Nothing can be read before more comes.
        self._starved = True
        self._draining = False
        self._received = self._written = self._drained = 0
        # Bytes that had moved at the last tick, ticks since they did, and when that was.
        self._moved = self._silent = 0
        self._since = time.monotonic()

    async def begin(self) -> None:
        """Have the loop read and write the socket."""
        try:
            await asyncio.get_running_loop().connect_accepted_socket(lambda: self, self._socket)
        except OSError:  # macOS refuses options on a socket whose other end has gone
            self._socket.close()
            self._lost = True

    # --- what the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The transport is there."""
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002
        """Where to read into."""
        return self._scratch

    def buffer_updated(self, nbytes: int) -> None:
        """So many bytes were read."""
        self._received += nbytes
        if self._draining:
            self._drained += nbytes
            return
        self._reader.feed(self._scratch[:nbytes])
        self._starved = False
        if self._reader.waiting >= _HELD_LIMIT and self._transport is not None:
            self._transport.pause_reading()
            self._paused = True

    def eof_received(self) -> bool:
        """The client has shut down writing; it may still read, so the transport stays."""
        self._ended = True
        return True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """The client is gone, or we have closed."""
        self._lost = True

    # --- reading, inside a tick

    def step(self) -> bool:
        """Read on by one step, unless a request waits for its turn or its answer. Whether something was done."""
        if self.request is not None or self.rejected is not None or self._draining or self.gone:
            return False
        if self._backlog >= _BACKLOG_LIMIT:
            return False
        try:
            result = self._reader.step()
        except RejectedError as error:
            self.rejected = error
            return True
        if isinstance(result, Request):
            self.request = result
        self._starved = not result
        self._read_on()
        if self._reader.expecting:
            self._reader.expecting = False
            self._write(CONTINUE)
        if result:
            self._rest()
        return bool(result)

    # One that is starved is read whatever it holds: a part of a line, which has a limit of its own.
    def _read_on(self) -> None:
        room = self._starved or self._draining or self._reader.waiting < _HELD_LIMIT
        if self._paused and room and self._transport is not None:
            self._transport.resume_reading()
            self._paused = False

    # --- answering

    def respond(self, status: int, fields: list[Field], body: bytes, ends: bool) -> bool:
        """Answer the request that waits. Arguments as `check_answer` gave them. Whether it is on its way."""
        request, self.request, self.exchange = self.request, None, 0
        if request is None or self.gone:
            return False
        last = ends or not request.keeps or (self._ended and self._reader.waiting == 0)
        # HTTP/1.0 has to be told that it goes on: RFC 9112, section 9.3
        word = b"close" if last else b"keep-alive" if request.version == "HTTP/1.0" else b""
        self._write(answer(status, fields, body, is_head=request.method == "HEAD", connection=word))
        if last:
            self._finish()
        return not self.gone

    def fail(self) -> None:
        """Answer the request that waits with 500, behind which nothing is served."""
        is_head = self.request is not None and self.request.method == "HEAD"
        self.request, self.exchange = None, 0
        self._write(error_answer(500, is_head))
        self._finish()

    def turn_down(self) -> RejectedError | None:
        """Answer what was rejected, and end the connection behind it. Returns it, None if nothing was."""
        rejected, self.rejected = self.rejected, None
        if rejected is not None:
            self._write(error_answer(rejected.status, self._reader.is_head))
            self._finish()
        return rejected

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self.gone:
            self._transport.write(data)
            self._written += len(data)
            self._rest()

    # Nothing more is sent; what still comes is forgotten.
    def _finish(self) -> None:
        self._draining = True
        self._reader.forget()
        if self._transport is None or self.gone:
            return
        with suppress(OSError):  # not connected any more is what was wanted
            self._transport.write_eof()
        self._read_on()

    # --- the end

    @property
    def gone(self) -> bool:
        """Whether there is nobody to send to."""
        return self._lost or (self._transport is not None and self._transport.is_closing())

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to be done: the client is gone, or has shut down writing and has all its answers."""
        if self.gone:
            return True
        if not self._ended or self._backlog > 0:
            return False
        idle = self.request is None and self.rejected is None and (self._starved or self._reader.waiting == 0)
        return self._draining or idle

    @property
    def has_begun(self) -> bool:
        """Whether a part of a request is there that has not become one."""
        return not self._draining and self.request is None and self._reader.begun

    @property
    def _backlog(self) -> int:
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def has_stalled(self, stall: int | None) -> bool:
        """Once per tick: whether nothing has moved for `stall` of them, though it is the client's turn."""
        moved = self._received + self._written - self._backlog
        if moved != self._moved or (self.exchange and self._backlog == 0):
            self._rest()
        self._moved = moved
        self._silent += 1
        if stall is not None and self._silent > stall:
            return True
        if not self._draining:
            return False
        silent = self._silent > _DRAINING_TICKS and time.monotonic() - self._since > _DRAINING_SECONDS
        return silent or self._drained > _DRAINED_LIMIT

    def _rest(self) -> None:
        self._silent = 0
        self._since = time.monotonic()

    def time_out(self) -> None:
        """End it where it stands; a request that has begun is answered 408. RFC 9110, section 15.5.9"""
        if self._draining or self._backlog > 0:
            self.abort()
            return
        if self._reader.begun:
            self._write(error_answer(408, self._reader.is_head))
        self.close()

    def close(self) -> None:
        """Send what waits, and end it."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """End it at once."""
        if self._transport is None:
            self._socket.close()  # no transport has it yet
        else:
            self._transport.abort()
