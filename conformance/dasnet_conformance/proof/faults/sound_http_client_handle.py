"""The sound HTTP client's handle: which requests wait, on what connection, and what a tick does; cut into steps.

It may open sockets, and imports nothing of ours but how requests are written and answers read.
"""

from __future__ import annotations

import errno
import os
import select
import socket
from collections import deque
from collections.abc import Iterable
from typing import Any

from .sound_http_asking import Asked, HttpAsking
from .sound_http_fields import Text
from .sound_http_response import BrokenError, ClientLimits, HttpResponse

#: Requests that one tick finishes at most, and pieces of an answer that it reads.
ROUNDS = 40
READS = 16
CHUNK = 65_536


class HttpClientHandle:
    """Requests to one server, one at a time, and the object whose callbacks they cause.

    Arguments: `limits`; `response_class`, which reads an answer; `asking`, which writes requests.
    """

    def __init__(self, limits: ClientLimits, response_class: type[HttpResponse], asking: HttpAsking) -> None:
        self.limits = limits
        self.response_class = response_class
        self.asking = asking
        self.owner: Any = None
        self.server: tuple[str, int] | None = None
        self.connection: socket.socket | None = None
        self.addresses: list[tuple[int, Any]] = []
        self.connecting = False
        #: Whether an earlier request had this connection.
        self.used = False
        self.queue: deque[Asked] = deque()
        self.current: Asked | None = None
        self.response: HttpResponse | None = None
        self.outgoing = bytearray()
        self.outcomes: deque[tuple[Any, ...]] = deque()
        self.ticks = self.moved = self.last = 0
        self.ticking = False

    # Ownership and ends

    def bind(self, owner: Any) -> None:
        """Call back this object from now on."""
        self.owner = owner

    def disown(self) -> None:
        """Be saved: call back nobody until the next `bind`."""
        self.owner = None

    def close(self) -> None:
        """End everything, and call nobody back any more."""
        self.owner = None
        self.finish()
        self.outcomes.clear()

    def finish(self) -> None:
        """Forget the server. What was accepted has failed."""
        if self.current is not None:
            self.fail_current("the client was closed", errno.ECANCELED)
        while self.queue:
            self.fail(self.queue.popleft(), "the client was closed", errno.ECANCELED)
        self.server = None
        self.retire()

    def retire(self) -> None:
        """End the connection."""
        if self.connection is not None:
            self.connection.close()
        self.connection, self.connecting, self.used = None, False, False
        self.addresses = []
        self.outgoing.clear()

    # Queries

    def is_open(self) -> bool:
        """Whether there is a server to ask."""
        return self.server is not None

    def is_connected(self) -> bool:
        """Whether there is a connection to it."""
        return self.connection is not None and not self.connecting

    # Calls

    def init(self, host: str, port: int) -> bool:
        """Name the server."""
        if self.server is not None or not self.port_exists(port):
            self.tell_error("there is a server already, or no such port", errno.EINVAL)
            return False
        self.server = (host, port)
        return True

    def port_exists(self, port: int) -> bool:
        """Whether this number can be a server's port."""
        return 1 <= port <= 65_535

    def request(self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], body: bytes) -> int:
        """Accept a request: its number, or 0."""
        if self.server is None:
            return self.refuse("there is no server to ask", errno.ENOTCONN)
        try:
            verb, data, closes = self.asking.write(method, target, headers, body, *self.server)
        except ValueError as error:
            return self.refuse(str(error), errno.EINVAL)
        self.queue.append(Asked(self.number(), verb, data, self.ticks, closes))
        return self.last

    def number(self) -> int:
        """A number that no other request has."""
        self.last += 1
        return self.last

    def refuse(self, message: str, code: int) -> int:
        """Tell why, and answer 0."""
        self.tell_error(message, code)
        return 0

    def tell_error(self, message: str, code: int) -> None:
        """An error callback."""
        if self.owner is not None:
            self.owner.on_error(message, code)

    def cancel(self, number: int) -> None:
        """Give up a request, wherever it is."""
        if self.current is not None and self.current.number == number:
            self.cancel_current()
            return
        for asked in self.queue:
            if asked.number == number:
                self.queue.remove(asked)
                self.fail(asked, "it was cancelled", errno.ECANCELED)
                return

    def cancel_current(self) -> None:
        """Give up what is under way, and its connection with it."""
        self.fail_current("it was cancelled", errno.ECANCELED)

    # A tick

    def tick(self) -> None:
        """Connect, send, read, and tell what came of requests."""
        if self.ticking or self.owner is None:
            return
        self.ticking = True
        try:
            self.ticks += 1
            self.turn()
            self.count_ticks()
            self.tell_all()
        finally:
            self.ticking = False

    def turn(self) -> None:
        """Go on with requests as far as that goes at once."""
        for _ in range(ROUNDS):
            try:
                if not self.go_on():
                    return
            except BrokenError as broken:
                self.fail_current(broken.why, broken.code)
            except OSError as error:
                self.fail_current(error.strerror or str(error), error.errno or errno.EIO)

    def go_on(self) -> bool:
        """One step; whether there may be more to do now."""
        if self.current is None:
            self.watch_idle()
            if not self.queue:
                return False
            self.begin(self.queue.popleft())
        if self.connection is None or self.connecting:
            return self.go_on_connecting()
        self.flush()
        return self.receive()

    def watch_idle(self) -> None:
        """A connection on which nothing is asked: whatever comes there is its end (9.2)."""
        if self.connection is None or self.connecting:
            return
        try:
            self.connection.recv(1)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            pass
        self.retire()

    def begin(self, asked: Asked) -> None:
        """Have a request under way."""
        self.current = asked
        self.response = self.response_class(asked.method, self.limits)
        self.outgoing[:] = asked.data
        self.moved = self.ticks

    # Connecting

    def go_on_connecting(self) -> bool:
        """Begin to connect, or see what came of it; whether there is a connection now."""
        if self.connection is None:
            assert self.server is not None
            self.addresses = self.look_up(*self.server)
            self.try_next(OSError(errno.EADDRNOTAVAIL, "the host has no address"))
        connection = self.connection
        assert connection is not None
        if not self.has_answered(connection):
            return False
        code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            connection.close()
            self.try_next(OSError(code, os.strerror(code)))
            return True
        self.connecting = False
        return True

    def look_up(self, host: str, port: int) -> list[tuple[int, Any]]:
        """Where a host is to be reached."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return []
        return sorted([(int(family), address) for family, _, _, _, address in found], key=lambda each: each[0])

    def try_next(self, failure: OSError) -> None:
        """Begin with the next address. Raises the last failure when there is none."""
        self.connection = None
        if not self.addresses:
            raise failure
        family, address = self.addresses.pop(0)
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.connect_ex(address)
        self.connection, self.connecting = connection, True

    def has_answered(self, connection: socket.socket) -> bool:
        """Whether the attempt has come to its end."""
        poll = select.poll()
        poll.register(connection, select.POLLOUT)
        return bool(poll.poll(0))

    # Sending and reading

    def flush(self) -> None:
        """Send what the system takes. A server that has gone may have answered before."""
        assert self.connection is not None
        while self.outgoing:
            try:
                count = self.connection.send(self.outgoing[: 4 * CHUNK])
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self.outgoing.clear()
                self.used = False
                return
            del self.outgoing[:count]
            self.moved = self.ticks

    def receive(self) -> bool:
        """Read what has come; whether the answer is whole."""
        assert self.connection is not None
        assert self.response is not None
        for _ in range(READS):
            try:
                data = self.connection.recv(CHUNK)
            except (BlockingIOError, InterruptedError):
                return False
            if not data:
                return self.server_left()
            self.moved = self.ticks
            self.take(data)
            if self.response.done:
                self.respond()
                return True
        return False

    def take(self, data: bytes) -> None:
        """Read a piece of an answer."""
        assert self.response is not None
        self.response.feed(data)

    def server_left(self) -> bool:
        """What the end of the connection means for the request."""
        assert self.response is not None
        if self.may_ask_again():
            return self.ask_again()
        self.response.end()
        self.respond()
        return True

    def may_ask_again(self) -> bool:
        """Whether the connection was idle when the server ended it, and twice is as good as once (9.3.1)."""
        assert self.current is not None
        assert self.response is not None
        repeatable = self.current.method in (b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE")
        return self.used and not self.response.begun and repeatable

    def ask_again(self) -> bool:
        """Begin anew on another connection."""
        assert self.current is not None
        asked = self.current
        self.retire()
        self.begin(asked)
        return True

    # Outcomes

    def respond(self) -> None:
        """Hand over what was read, and keep the connection or not."""
        asked, response = self.current, self.response
        assert asked is not None
        assert response is not None
        self.current = None
        self.outcomes.append(self.outcome_of(asked, response))
        if self.goes_on(asked, response):
            self.used = True
        else:
            self.retire()

    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        """The callback and what it carries."""
        head = response.head
        reason = head.reason.decode("latin-1")
        return ("on_response", asked.number, head.status, reason, head.fields, bytes(response.body))

    def goes_on(self, asked: Asked, response: HttpResponse) -> bool:
        """Whether the next request may have the connection."""
        return response.keeps() and not asked.closes and not self.outgoing

    def fail_current(self, message: str, code: int) -> None:
        """The request under way has failed, and its connection is of no use to another."""
        asked, self.current = self.current, None
        self.retire()
        if asked is not None:
            self.fail(asked, message, code)

    def fail(self, asked: Asked, message: str, code: int) -> None:
        """A failure to be told."""
        self.outcomes.append(("on_failure", asked.number, message, code))

    def tell_all(self) -> None:
        """Tell the outcomes that there are, and not those that the callbacks lead to."""
        for _ in range(len(self.outcomes)):
            if self.outcomes and self.owner is not None:
                name, *rest = self.outcomes.popleft()
                getattr(self.owner, name)(*rest)

    # Time

    def count_ticks(self) -> None:
        """Give up what has taken too many ticks."""
        if self.current is not None and self.is_stalled():
            self.fail_current("nothing has moved for too many ticks", errno.ETIMEDOUT)
        if self.current is not None and self.is_late(self.current):
            self.fail_current("it took too many ticks", errno.ETIMEDOUT)
        for asked in list(self.queue):
            if self.is_late(asked):
                self.queue.remove(asked)
                self.fail(asked, "it took too many ticks", errno.ETIMEDOUT)

    def is_stalled(self) -> bool:
        """Whether nothing has moved for as many ticks as the limit says."""
        return self.limits.stall is not None and self.ticks - self.moved >= self.limits.stall

    def is_late(self, asked: Asked) -> bool:
        """Whether a request has had all its ticks."""
        return self.limits.deadline is not None and self.ticks - asked.since >= self.limits.deadline
