"""`NetworkServer`, the handle: its state, and what one tick does.

The rules it keeps are at the top of `_state`. Sockets are touched through `Endpoint` and `Connection`, the owner's
callbacks through `Callbacks`.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from contextlib import suppress
from threading import get_ident
from typing import TYPE_CHECKING, Final, Protocol

from ._callbacks import Callbacks, call
from ._connection import NOT_NOW, SEND_FLAGS, Connection
from ._endpoint import PASSING, Endpoint
from ._errors import ClosedHandleError
from ._poller import READABLE, WRITABLE, Ready
from ._reentry import runs_already
from ._settings import DEFAULTS, Settings
from ._state import ANSWERS, Answers, Happening, State, after

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

#: The most bytes of one read, hence of one `on_data`.
CHUNK: Final = 64 * 1024

#: What one read costs of the tick's budget at least, in bytes: a client that answers every byte with the next one would
#: otherwise keep a tick busy for as many rounds as the budget has bytes.
LEAST_COST: Final = 4096

# The mask that no poller reports.
_UNSETTLED: Final = 0


# Stands in for the poller of a handle that is not open. Nothing is ever ready there.
def _nothing(timeout: int, maxevents: int, /) -> Ready:  # noqa: ARG001
    return ()


# Stands in for the poller from the start of a tick to its end, and after one that was interrupted or left callbacks
# owing, so that the next tick comes to work without a check of its own.
def _unsettled(timeout: int, maxevents: int, /) -> Ready:  # noqa: ARG001
    return ((-1, _UNSETTLED),)


class Group(Protocol):
    """What a handle tells the group that it is a member of: all that it knows of one."""

    def watch(self, handle: NetworkServer) -> None:
        """It has opened its port."""

    def expect(self, handle: NetworkServer) -> None:
        """It has begun a tick, or owes callbacks: to be ticked until it is in order, whatever its poller tells."""

    def leave(self, handle: NetworkServer) -> None:
        """It is about to close, with its poller still open."""


class NetworkServer:
    """A listener, at most one client, and the object whose callbacks they cause. Made by `make_server`.

    It outlives the object: `Server.save` and `Server.restore` carry it from one to the next.

    Clause: NetworkServer
    """

    __slots__ = (
        "__weakref__",
        "_accept_failed",
        "_callbacks",
        "_endpoint",
        "_settings",
        "_ticking",
        "answers",
        "group",
        "poll",
        "state",
    )

    def __init__(self) -> None:
        self._endpoint: Endpoint | None = None
        #: The poller's bound `poll`, or a stand-in. Kept here because an idle tick is this call and little else.
        self.poll: Callable[[int, int], Ready] = _nothing
        self.state = State.MADE
        self.answers: Answers = ANSWERS[State.MADE]
        self._callbacks = Callbacks()
        self._settings: Settings = DEFAULTS
        # The thread of a tick under way, 0 if there is none.
        self._ticking = 0
        self._accept_failed = False
        #: The group that it is a member of; kept by that group.
        self.group: Group | None = None

    def __del__(self) -> None:
        # At the interpreter's end its sockets may be gone before it, and what is closed cannot be unregistered.
        with suppress(OSError):
            self._release()

    @property
    def port(self) -> int | None:
        """The port it listens on, None while it does not."""
        return None if self._endpoint is None else self._endpoint.port

    @property
    def poller_fileno(self) -> int | None:
        """The descriptor by which its poller can be watched, None while it is not open, or where pollers have none."""
        return None if self._endpoint is None else self._endpoint.poller_fileno

    @property
    def owing(self) -> bool:
        """Whether an interrupted tick left something for the next one."""
        return self.poll is _unsettled

    def bind(self, owner: object) -> None:
        """Call back `owner` from now on and follow its settings. Raises `TypeError` if it has no weak references."""
        self._refuse_if_closed("this handle cannot be bound to an object")
        self._callbacks.bind(owner)
        self._settings = getattr(owner, "_server_settings", self._settings)
        self._happen(Happening.RESTORED)
        if self.owing and self.group is not None:
            self.group.expect(self)

    def disown(self) -> None:
        """Have no owner until the next `bind`. Sockets and queue stay as they are."""
        self._refuse_if_closed("this handle cannot be saved")
        self._callbacks.unbind()
        self._happen(Happening.SAVED)

    def init(self, port: int) -> bool:
        """Listen on `port`. False, with `on_error`, when that cannot be had or the handle listens already."""
        if isinstance(port, bool) or not isinstance(port, int):
            raise TypeError(f"port must be an int, not {type(port).__name__}")
        self._refuse_if_closed("this handle cannot be initialised")
        if self._endpoint is not None:
            message = f"already listening on port {self.port}: close() it before it can listen on {port}"
            return self._init_failed(message, errno.EALREADY)
        if not 0 <= port <= 65535:
            return self._init_failed(f"there is no port {port}: use 0 (any free one) to 65535", errno.EINVAL)
        try:
            endpoint = Endpoint(self._settings.host, port, self._settings.keeps_alive)
        except OSError as error:
            message = f"cannot listen on port {port} of {self._settings.host!r}: {_reason(error)}"
            return self._init_failed(message, error.errno or errno.EIO)
        self._endpoint = endpoint
        self.poll = endpoint.poll
        self._happen(Happening.INIT_SUCCEEDED)
        if self.group is not None:
            self.group.watch(self)
        self._callbacks.tell("on_log", f"listening on {endpoint.address}")
        return True

    def send(self, data: ReadableBuffer, size: int | None) -> bool:
        """Send the first `size` bytes of `data` (None: all), now or by later ticks. False, with `on_error`, if not."""
        # Whole bytes, which is what hosts mostly send, go out as they are; no view, no copy: saves 0.3 µs of 0.5.
        if type(data) is not bytes or (size is not None and size != len(data)):
            data = _first_bytes(data, size)
        endpoint = self._endpoint
        client = None if endpoint is None else endpoint.client
        if endpoint is None or client is None:
            return self._not_sent("no client is connected", errno.ENOTCONN)
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
                    why = f"client {client.address} is gone: {_reason(error)}"
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
        self.poll = _unsettled
        if self.group is not None:
            self.group.expect(self)
        self._ticking = get_ident()
        try:
            mask = ready[0][1]
            if mask == _UNSETTLED or endpoint.client is None:
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
                    mask = _asked(endpoint)
            # A callback may have closed it, or given it away with callbacks still owed.
            if self.poll is _unsettled and not callbacks.owes:
                self.poll = endpoint.poll
        finally:
            self._ticking = 0

    def close(self) -> None:
        """Close the client, after a last attempt to send what waits, and the listener. Calls nothing back."""
        self._happen(Happening.CLOSED)
        self._callbacks.unbind()
        self._release()

    # --- one tick

    # What comes before serving a client: callbacks that are owed, and a client to serve. Returns what that one is ready
    # for, and 0 when the tick is to end here.
    def _prepare(self, owner: object, endpoint: Endpoint, mask: int) -> int:
        if mask == _UNSETTLED:
            self._settle(endpoint)
            # Owed by a departure: the host sees is_connected false before the next client is taken.
            go_on = self._callbacks.pay(owner) and endpoint.client is not None
        else:
            go_on = self._take_client(owner, endpoint)
        if not go_on:
            return 0
        client = endpoint.client
        return _asked(endpoint) | (READABLE if client is not None and client.received else 0)

    # After a tick that did not come to its end: whatever it was about, finish that, but call nothing back.
    def _settle(self, endpoint: Endpoint) -> None:
        self.answers = ANSWERS[self.state]
        client = endpoint.client
        if client is not None and client.told and self.state == State.LISTENING:
            self._let_go(endpoint, client)
        try:
            endpoint.settle()
        except OSError as error:
            if client is not None and client.told:
                client.failure = error
                self._happen(Happening.CLIENT_LEFT)
                self._let_go(endpoint, client)
            else:
                endpoint.drop()
        if endpoint.client is not None and not endpoint.client.told:
            self._welcome(endpoint.client)

    # True if there is a client now and the tick may go on with it.
    def _take_client(self, owner: object, endpoint: Endpoint) -> bool:
        try:
            client = endpoint.take()
        except OSError as error:
            # Out of descriptors or memory: the client keeps waiting and every tick tries again, but one report will do.
            if error.errno not in PASSING and not self._accept_failed:
                self._accept_failed = True
                message = f"a client waits and cannot be taken yet: {_reason(error)}"
                call(owner, "on_error", message, error.errno or errno.EIO)
            return False
        self._accept_failed = False
        self._welcome(client)
        return self._callbacks.pay(owner)

    # Here and in `_let_go` each step may be made again, and the last one says that all are made.
    def _welcome(self, client: Connection) -> None:
        self._callbacks.owe(("on_connect",), ("on_log", f"client {client.address} taken"))
        if self.state == State.LISTENING:
            self._happen(Happening.CLIENT_TAKEN)
        client.told = True

    def _departure(self, owner: object, endpoint: Endpoint, client: Connection, error: OSError | None) -> None:
        client.failure = error
        self._happen(Happening.CLIENT_LEFT)
        self._let_go(endpoint, client)
        self._callbacks.pay(owner)

    def _let_go(self, endpoint: Endpoint, client: Connection) -> None:
        goodbye = (("on_disconnect",), ("on_log", f"client {client.address} left"))
        error = client.failure
        if error is None:
            self._callbacks.owe(*goodbye)
        else:
            message = f"the connection to client {client.address} broke: {_reason(error)}"
            self._callbacks.owe(("on_error", message, error.errno or errno.EIO), *goodbye)
        endpoint.drop()

    # True if the tick may go on.
    def _flush(self, owner: object, endpoint: Endpoint, client: Connection) -> bool:
        epoch, failure = self._callbacks.epoch, None
        try:
            client.flush(self._settings.tick_budget)
        except OSError as error:
            client.break_off()
            failure = (f"cannot send to client {client.address}: {_reason(error)}", error.errno or errno.EIO)
        if not client.queue:
            endpoint.watch(client, READABLE)
        if failure is not None:
            call(owner, "on_error", *failure)
        return self._callbacks.epoch == epoch

    # --- state and failure

    def _happen(self, happening: Happening) -> None:
        self.state = after(self.state, happening)
        self.answers = ANSWERS[self.state]

    def _refuse_if_closed(self, what: str) -> None:
        if self.state == State.CLOSED:
            raise ClosedHandleError(what)

    def _init_failed(self, message: str, code: int) -> bool:
        self._happen(Happening.INIT_FAILED)
        self._callbacks.tell("on_error", message, code)
        return False

    def _not_sent(self, why: str, code: int) -> bool:
        self._callbacks.tell("on_error", f"nothing sent: {why}", code)
        return False

    def _release(self) -> None:
        if self.group is not None:
            self.group.leave(self)
        self.poll = _nothing
        self._callbacks.forgive()
        endpoint, self._endpoint = self._endpoint, None
        if endpoint is not None:
            endpoint.close()


# Errors made by hand in `Endpoint` and those of the system say it in `strerror`, others only as a whole.
def _reason(error: OSError) -> str:
    return error.strerror or str(error)


# A copy of the first `size` bytes of anything bytes-like, whatever its items are, or of all. The view of it is released
# at once, so that the caller may resize it in a callback.
def _first_bytes(data: ReadableBuffer, size: int | None) -> bytes:
    with memoryview(data) as view:
        if size is not None and not 0 <= size <= view.nbytes:
            raise ValueError(f"size must be 0 to {view.nbytes}, the bytes that data holds, not {size}")
        return view.tobytes()[:size]


# What the one watched socket is ready for, 0 for nothing.
def _asked(endpoint: Endpoint) -> int:
    ready = endpoint.poll(0, 1)
    return ready[0][1] if ready else 0
