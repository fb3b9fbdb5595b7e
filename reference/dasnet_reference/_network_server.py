"""`NetworkServer`, the handle of the server half: a listener, and who is served at it.

The rules it keeps are at the top of `_state`. Sockets are touched through `ServerEndpoint` and `Connection`, the
owner's callbacks through `Callbacks`.
"""

from __future__ import annotations

import errno
from typing import ClassVar

from ._callbacks import call
from ._connection import Connection
from ._endpoint import PASSING, ServerEndpoint
from ._errors import ClosedHandleError
from ._handle import UNSETTLED, Handle, asked, reason
from ._poller import READABLE
from ._state import ANSWERS, Answers, Happening, State, after


class NetworkServer(Handle[ServerEndpoint]):
    """A listener, at most one client, and the object whose callbacks they cause. Made by `make_server`.

    It outlives the object: `Server.save` and `Server.restore` carry it from one to the next.

    Clause: NetworkServer
    """

    __slots__ = ("_accept_failed", "answers", "state")

    PEER: ClassVar[str] = "client"

    def __init__(self) -> None:
        super().__init__()
        self.state = State.MADE
        self.answers: Answers = ANSWERS[State.MADE]
        self._accept_failed = False

    @property
    def port(self) -> int | None:
        """The port it listens on, None while it does not."""
        return None if self._endpoint is None else self._endpoint.port

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
        """Listen on `port`, from 0 (any free one) to 65535.

        Returns False, with `on_error`, when that cannot be had or the handle listens already. Raises `TypeError` for a
        port that is no int, and `ClosedHandleError`.
        """
        if isinstance(port, bool) or not isinstance(port, int):
            raise TypeError(f"port must be an int, not {type(port).__name__}")
        self._refuse_if_closed("this handle cannot be initialised")
        if self._endpoint is not None:
            message = f"already listening on port {self.port}: close() it before it can listen on {port}"
            return self._init_failed(message, errno.EALREADY)
        if not 0 <= port <= 65535:
            return self._init_failed(f"there is no port {port}: use 0 (any free one) to 65535", errno.EINVAL)
        try:
            endpoint = ServerEndpoint(self._settings.host, port, self._settings.keeps_alive)
        except OSError as error:
            message = f"cannot listen on port {port} of {self._settings.host!r}: {reason(error)}"
            return self._init_failed(message, error.errno or errno.EIO)
        self._endpoint = endpoint
        self.poll = endpoint.poll
        self._happen(Happening.INIT_SUCCEEDED)
        if self.group is not None:
            self.group.watch(self)
        self._callbacks.tell("on_log", f"listening on {endpoint.address}")
        return True

    def close(self) -> None:
        """Close the client, after a last attempt to send what waits, and the listener. Calls nothing back."""
        self._happen(Happening.CLOSED)
        self._callbacks.unbind()
        self._release()

    # --- one tick

    # What comes before serving a client: callbacks that are owed, and a client to serve. Returns what that one is ready
    # for, and 0 when the tick is to end here.
    def _prepare(self, owner: object, endpoint: ServerEndpoint, mask: int) -> int:
        if mask == UNSETTLED:
            self._settle(endpoint)
            # Owed by a departure: the host sees is_connected false before the next client is taken.
            go_on = self._callbacks.pay(owner) and endpoint.client is not None
        else:
            go_on = self._take_client(owner, endpoint)
        if not go_on:
            return 0
        client = endpoint.client
        return asked(endpoint) | (READABLE if client is not None and client.received else 0)

    # After a tick that did not come to its end: whatever it was about, finish that, but call nothing back.
    def _settle(self, endpoint: ServerEndpoint) -> None:
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
    def _take_client(self, owner: object, endpoint: ServerEndpoint) -> bool:
        try:
            client = endpoint.take()
        except OSError as error:
            # Out of descriptors or memory: the client keeps waiting and every tick tries again, but one report will do.
            if error.errno not in PASSING and not self._accept_failed:
                self._accept_failed = True
                message = f"a client waits and cannot be taken yet: {reason(error)}"
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

    # --- state and failure

    def _note_departure(self) -> None:
        self._happen(Happening.CLIENT_LEFT)

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
