"""`Handle`, what both halves of the module have in common: one connection, its owner, and what one tick does with them.

`NetworkServer` adds a listener to it, `NetworkClient` the way to a server. The rules they keep are at the top of
`_state` and `_client_state`. Sockets are touched through `Endpoint` and `Connection`, the owner's callbacks through
`Callbacks`.
"""

from __future__ import annotations

import errno
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from threading import get_ident
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Protocol, TypeVar

from ._callbacks import Callbacks, call
from ._connection import NOT_NOW, SEND_FLAGS, Connection
from ._endpoint import Endpoint
from ._poller import READABLE, WRITABLE, Ready
from ._reentry import runs_already
from ._settings import DEFAULTS, Settings

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

#: The most bytes of one read, hence of one `on_data`.
CHUNK: Final = 64 * 1024

#: What one read costs of the tick's budget at least, in bytes: a client that answers every byte with the next one would
#: otherwise keep a tick busy for as many rounds as the budget has bytes.
LEAST_COST: Final = 4096

#: The mask that no poller reports.
UNSETTLED: Final = 0


#: Stands in for the poller of a handle that is not open. Nothing is ever ready there.
def nothing(timeout: int, maxevents: int, /) -> Ready:  # noqa: ARG001
    return ()


#: Stands in for the poller from the start of a tick to its end, and after one that was interrupted or left callbacks
#: owing, so that the next tick comes to work without a check of its own.
def unsettled(timeout: int, maxevents: int, /) -> Ready:  # noqa: ARG001
    return ((-1, UNSETTLED),)


class Group(Protocol):
    """What a handle tells the group that it is a member of: all that it knows of one."""

    def watch(self, handle: Handle[Any]) -> None:
        """It has opened its port, or begun to connect."""

    def unwatch(self, handle: Handle[Any]) -> None:
        """Its poller is about to close, and another may come in its place."""

    def expect(self, handle: Handle[Any]) -> None:
        """It has begun a tick, or owes callbacks: to be ticked until it is in order, whatever its poller tells."""

    def leave(self, handle: Handle[Any]) -> None:
        """It is about to close, with its poller still open."""


EndpointT = TypeVar("EndpointT", bound=Endpoint)


class Handle(ABC, Generic[EndpointT]):
    """One connection at most, and the object whose callbacks it causes."""

    __slots__ = (
        "__weakref__",
        "_callbacks",
        "_endpoint",
        "_settings",
        "_ticking",
        "group",
        "poll",
    )

    #: What is at the other end, for people.
    PEER: ClassVar[str]

    def __init__(self) -> None:
        self._endpoint: EndpointT | None = None
        #: The poller's bound `poll`, or a stand-in. Kept here because an idle tick is this call and little else.
        self.poll: Callable[[int, int], Ready] = nothing
        self._callbacks = Callbacks()
        self._settings: Settings = DEFAULTS
        # The thread of a tick under way, 0 if there is none.
        self._ticking = 0
        #: The group that it is a member of; kept by that group.
        self.group: Group | None = None

    def __del__(self) -> None:
        # At the interpreter's end its sockets may be gone before it, and what is closed cannot be unregistered.
        with suppress(OSError):
            self._release()

    @property
    def poller_fileno(self) -> int | None:
        """The descriptor by which its poller can be watched, None while it is not open, or where pollers have none."""
        return None if self._endpoint is None else self._endpoint.poller_fileno

    @property
    def is_watchable(self) -> bool:
        """Whether it has a poller, which a group can watch."""
        return self._endpoint is not None

    @property
    def owing(self) -> bool:
        """Whether an interrupted tick left something for the next one."""
        return self.poll is unsettled

    def send(self, data: ReadableBuffer, size: int | None) -> bool:
        """Send the first `size` bytes of `data` (None: all), now or by later ticks. False, with `on_error`, if not."""
        # Whole bytes, which is what hosts mostly send, go out as they are; no view, no copy: saves 0.3 µs of 0.5.
        if type(data) is not bytes or (size is not None and size != len(data)):
            data = _first_bytes(data, size)
        endpoint = self._endpoint
        client = None if endpoint is None else endpoint.client
        if endpoint is None or client is None:
            return self._not_sent(f"no {self.PEER} is connected", errno.ENOTCONN)
        if endpoint.inherited:
            why = "the connection is that of the process which forked; only there can be sent to it"
            return self._not_sent(why, errno.EPERM)
        size, waiting, limit = len(data), len(client.queue), self._settings.queue_limit
        if size and waiting + size > limit:
            return self._not_sent(f"{waiting} bytes wait, {size} more exceed the limit of {limit}", errno.ENOBUFS)
        sent = 0
        if size and not waiting:
            # The socket's own method and no wrapper: a call less for every message.
            try:
                sent = client.transmit(data, SEND_FLAGS)
            except OSError as error:
                if error.errno not in NOT_NOW:
                    client.break_off()
                    why = f"{self.PEER} {client.address} is gone: {reason(error)}"
                    return self._not_sent(why, error.errno or errno.EIO)
        if sent != size:
            client.keep(data, sent)
            if not waiting:
                endpoint.watch(client, READABLE | WRITABLE)
        return True

    def work(self, ready: Ready) -> None:
        """What a tick does when its poll has found something. Nothing without an owner, or inside another tick."""
        callbacks, endpoint = self._callbacks, self._endpoint
        owner = callbacks.owner()
        if owner is None or endpoint is None or endpoint.inherited:
            return
        # Of its own class: the one in this module may be another since a reload.
        if self._ticking and runs_already(self, type(self).work.__code__, self._ticking):
            return
        # Until this tick has come to its end: one that a signal interrupts, wherever it is, leaves work to the next.
        self.poll = unsettled
        if self.group is not None:
            self.group.expect(self)
        self._ticking = get_ident()
        try:
            mask = ready[0][1]
            if mask == UNSETTLED or endpoint.client is None:
                mask = self._prepare(owner, endpoint, mask)
            client = endpoint.client
            if client is None or (mask & WRITABLE and not self._flush(owner, endpoint, client)):
                mask = 0
            epoch, left = callbacks.epoch, self._settings.tick_budget
            # Ready for nothing but writing means that there is nothing to read.
            while client is not None and mask & ~WRITABLE:
                # Here and below: the builtin would be a call for every read.
                wanted = left if left < CHUNK else CHUNK  # noqa: FURB136
                received = client.received
                try:
                    if not received:
                        client.read(wanted)
                except (BlockingIOError, InterruptedError):
                    break
                except OSError as error:
                    self._departure(owner, endpoint, client, error)
                    break
                data = received[0]
                if not data:
                    received.clear()
                    if client.queue:
                        # It may have shut down writing only, and what was accepted is owed to it. The end stays
                        # readable, so it is asked for again when the queue is empty, and not before.
                        endpoint.watch(client, WRITABLE)
                    else:
                        self._departure(owner, endpoint, client, None)
                    break
                # `call`, written out: a call less for every read, 2 % of a small echo.
                on_data = getattr(owner, "on_data", None)
                del received[0]
                if on_data is not None:
                    on_data(data)
                size = len(data)
                left -= size if size > LEAST_COST else LEAST_COST  # noqa: FURB136
                if callbacks.epoch != epoch or left <= 0:
                    break
                # A full read is mostly followed by another. Otherwise ask first: a read in vain raises, which costs
                # three times what asking does.
                if size != wanted:
                    mask = asked(endpoint)
            # A callback may have closed it, or given it away with callbacks still owed.
            if self.poll is unsettled and not callbacks.owes:
                self.poll = endpoint.poll
        finally:
            self._ticking = 0

    # --- one tick

    # What comes before serving the connection: callbacks that are owed, and a connection to serve. Returns what that
    # one is ready for, and 0 when the tick is to end here.
    @abstractmethod
    def _prepare(self, owner: object, endpoint: EndpointT, mask: int) -> int: ...

    # The state after a departure.
    @abstractmethod
    def _note_departure(self) -> None: ...

    def _departure(self, owner: object, endpoint: EndpointT, client: Connection, error: OSError | None) -> None:
        client.failure = error
        self._note_departure()
        self._let_go(endpoint, client)
        self._callbacks.pay(owner)

    def _let_go(self, endpoint: EndpointT, client: Connection) -> None:
        goodbye = (("on_disconnect",), ("on_log", f"{self.PEER} {client.address} left"))
        error = client.failure
        if error is None:
            self._callbacks.owe(*goodbye)
        else:
            message = f"the connection to {self.PEER} {client.address} broke: {reason(error)}"
            self._callbacks.owe(("on_error", message, error.errno or errno.EIO), *goodbye)
        endpoint.drop()

    # True if the tick may go on.
    def _flush(self, owner: object, endpoint: EndpointT, client: Connection) -> bool:
        epoch, failure = self._callbacks.epoch, None
        try:
            client.flush(self._settings.tick_budget)
        except OSError as error:
            client.break_off()
            failure = (f"cannot send to {self.PEER} {client.address}: {reason(error)}", error.errno or errno.EIO)
        if not client.queue:
            endpoint.watch(client, READABLE)
        if failure is not None:
            call(owner, "on_error", *failure)
        return self._callbacks.epoch == epoch

    # --- state and failure

    def _not_sent(self, why: str, code: int) -> bool:
        self._callbacks.tell("on_error", f"nothing sent: {why}", code)
        return False

    def _release(self) -> None:
        if self.group is not None:
            self.group.leave(self)
        self.poll = nothing
        self._callbacks.forgive()
        endpoint, self._endpoint = self._endpoint, None
        if endpoint is not None:
            endpoint.close()


#: Errors made by hand in `Endpoint` and those of the system say it in `strerror`, others only as a whole.
def reason(error: OSError) -> str:
    return error.strerror or str(error)


# A copy of the first `size` bytes of anything bytes-like, whatever its items are, or of all. The view of it is released
# at once, so that the caller may resize it in a callback.
def _first_bytes(data: ReadableBuffer, size: int | None) -> bytes:
    with memoryview(data) as view:
        if size is not None and not 0 <= size <= view.nbytes:
            raise ValueError(f"size must be 0 to {view.nbytes}, the bytes that data holds, not {size}")
        return view.tobytes()[:size]


#: What the one watched socket is ready for, 0 for nothing.
def asked(endpoint: Endpoint) -> int:
    ready = endpoint.poll(0, 1)
    return ready[0][1] if ready else 0
