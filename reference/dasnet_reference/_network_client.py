"""`NetworkClient`, the handle of the client half: how it comes to a connection, and what becomes of it afterwards.

The rules it keeps are at the top of `_client_state`. Sockets are touched through `ClientEndpoint` and `Connection`, the
owner's callbacks through `Callbacks`.
"""

from __future__ import annotations

import errno
import time
from threading import get_ident
from typing import TYPE_CHECKING, ClassVar, Final

from ._client_endpoint import ClientEndpoint
from ._client_state import CLIENT_ANSWERS, ClientAnswers, ClientHappening, ClientState, client_after
from ._handle import UNSETTLED, Handle, asked, nothing, reason, unsettled
from ._poller import READABLE, Ready
from ._reentry import runs_already
from ._resolve import Address, LookUp

if TYPE_CHECKING:
    from ._connection import Connection
    from ._settings import Settings

#: The longest time that can be waited for, in milliseconds: a day. More is as good as that.
LONGEST_TIMEOUT: Final = 24 * 60 * 60 * 1000


# Stands in for the poller while there is no connection and something is to be looked after in each tick: a look-up, or
# a connection that was closed with bytes still to be sent.
def _busy(timeout: int, maxevents: int, /) -> Ready:  # noqa: ARG001
    return ((-1, UNSETTLED),)


class NetworkClient(Handle[ClientEndpoint]):
    """A connection to a server, at most one, and the object whose callbacks it causes. Made by `make_client`.

    Clause: NetworkClient
    """

    __slots__ = ("_leaving", "_look_up", "_untried", "answers", "state")

    PEER: ClassVar[str] = "server"

    def __init__(self) -> None:
        super().__init__()
        self.state = ClientState.IDLE
        self.answers: ClientAnswers = CLIENT_ANSWERS[ClientState.IDLE]
        # Connections that were closed with bytes still to be sent.
        self._leaving: list[Connection] = []
        # Of `start_connect`: the name that is being looked up, and the addresses that are still to be tried.
        self._look_up: LookUp | None = None
        self._untried: list[Address] = []

    @property
    def owing(self) -> bool:
        """Whether it is to be ticked, whatever its poller tells."""
        return self.poll is unsettled or self.poll is _busy

    def bind(self, owner: object) -> None:
        """Call back `owner` from now on and follow its settings. Raises `TypeError` if it has no weak references."""
        self._callbacks.bind(owner)
        self._settings = getattr(owner, "_client_settings", self._settings)

    # --- connecting

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        """Connect within `timeout_ms` milliseconds.

        Returns True after `on_connect`, and False, with `on_error`, when there is no connection. Raises `TypeError` for
        an argument of another type, and `ValueError` for a timeout below 0.
        """
        _check(host, port)
        if isinstance(timeout_ms, bool) or not isinstance(timeout_ms, int):
            raise TypeError(f"timeout_ms must be an int, not {type(timeout_ms).__name__}")
        if timeout_ms < 0:
            raise ValueError(f"timeout_ms must be 0 or more milliseconds, not {timeout_ms}")
        if self._is_out_of_question(port):
            return False
        end = time.monotonic() + min(timeout_ms, LONGEST_TIMEOUT) / 1000
        try:
            endpoint = _reach(host, port, end, self._settings)
        except OSError as error:
            return self._not_connected(f"cannot connect to {host!r} port {port}: {reason(error)}", error.errno)
        self._adopt(endpoint)
        self._happen(ClientHappening.CONNECTED)
        self._welcome()
        return True

    def start_connect(self, host: str, port: int) -> bool:
        """Begin to connect, and return; ticks finish it, with `on_connect` or `on_error`.

        Returns False as `connect` does. Raises `TypeError` for an argument of another type.
        """
        _check(host, port)
        if self._is_out_of_question(port):
            return False
        try:
            self._look_up = LookUp(host, port)
        except OSError as error:
            return self._not_connected(f"cannot connect to {host!r} port {port}: {reason(error)}", error.errno)
        self._happen(ClientHappening.CONNECT_STARTED)
        self._rest()
        return True

    # Whether it is connected already, or there is no such port; the host is told.
    def _is_out_of_question(self, port: int) -> bool:
        owner = self._callbacks.owner()
        if owner is not None:
            # From inside a callback of a departure: what belongs to that one is told before the next connection.
            self._callbacks.pay(owner)
        if self.state == ClientState.CONNECTED:
            address = self._endpoint.address if self._endpoint is not None else ""
            self._callbacks.tell("on_error", f"already connected to {address}: close() it first", errno.EISCONN)
        elif self.state == ClientState.CONNECTING:
            self._callbacks.tell("on_error", "already connecting: close() it first", errno.EALREADY)
        elif not 1 <= port <= 65535:
            self._not_connected(f"there is no port {port}: use 1 to 65535", errno.EINVAL)
        else:
            return False
        return True

    def _adopt(self, endpoint: ClientEndpoint) -> None:
        self._endpoint = endpoint
        # Whoever is in a callback of an earlier connection has lost the right to go on.
        self._callbacks.epoch += 1
        if self.group is not None:
            self.group.watch(self)

    # Tell of the new connection. What a callback leaves owed by raising is for the next tick.
    def _welcome(self) -> None:
        endpoint = self._endpoint
        if endpoint is None or endpoint.client is None:
            return
        self._callbacks.owe(("on_connect",), ("on_log", f"connected to server {endpoint.address}"))
        endpoint.client.told = True
        self.poll = unsettled
        if self.group is not None:
            self.group.expect(self)
        owner = self._callbacks.owner()
        if owner is None:
            self._callbacks.forgive()
        else:
            self._callbacks.pay(owner)
        self._rest()

    def _not_connected(self, message: str, code: int | None) -> bool:
        self._happen(ClientHappening.CONNECT_FAILED)
        self._callbacks.tell("on_error", message, code or errno.EIO)
        return False

    # --- one tick

    def work(self, ready: Ready) -> None:
        """As of every handle; and what there is to do without a connection."""
        if self._ticking and runs_already(self, type(self).work.__code__, self._ticking):
            return
        if self._leaving:
            self._see_off()
        endpoint = self._endpoint
        if endpoint is not None and endpoint.client is not None:
            super().work(ready)
            if self._leaving:
                # What it asks from now on is about its connection alone, and an earlier one still has bytes to send.
                self._rest()
            return
        owner = self._callbacks.owner()
        if owner is None or (endpoint is not None and endpoint.inherited):
            return
        self._ticking = get_ident()
        try:
            if self._callbacks.pay(owner) and self.state == ClientState.CONNECTING:
                self._go_on(ready)
            self._rest()
        finally:
            self._ticking = 0

    def _prepare(self, owner: object, endpoint: ClientEndpoint, mask: int) -> int:  # noqa: ARG002
        # Only after a tick, or a connect, that did not come to its end: finish that, and go on with what is there.
        client = endpoint.client
        if client is None:
            return 0
        if not client.told:
            self._welcome()
            return 0
        if self.state == ClientState.IDLE:
            self._let_go(endpoint, client)
        else:
            try:
                endpoint.settle()
            except OSError as error:
                client.failure = error
                self._note_departure()
                self._let_go(endpoint, client)
        if not self._callbacks.pay(owner) or self._endpoint is not endpoint:
            return 0
        return asked(endpoint) | (READABLE if client.received else 0)

    # What `start_connect` began.
    def _go_on(self, ready: Ready) -> None:
        try:
            if self._look_up is not None:
                if not self._look_up.wait(0):
                    return
                self._untried, self._look_up = list(self._look_up.addresses), None
                self._try_next(OSError(errno.EADDRNOTAVAIL, "there is no address"))
            elif self._endpoint is not None and ready and self._endpoint.wait(0):
                try:
                    self._endpoint.finish()
                except OSError as error:
                    self._retire()
                    self._try_next(error)
        except OSError as error:
            self._not_connected(f"cannot connect: {reason(error)}", error.errno)
            return
        endpoint = self._endpoint
        if endpoint is not None and endpoint.client is not None:
            self._happen(ClientHappening.CONNECTED)
            self._welcome()

    # Begin with the next address that does not fail at once. Raises the last failure when there is none.
    def _try_next(self, error: OSError) -> None:
        while self._untried:
            try:
                self._adopt(ClientEndpoint(self._untried.pop(0), self._settings))
                return
            except OSError as later:
                error = later
        raise error

    def _note_departure(self) -> None:
        self._happen(ClientHappening.SERVER_LEFT)

    def _departure(self, owner: object, endpoint: ClientEndpoint, client: Connection, error: OSError | None) -> None:
        super()._departure(owner, endpoint, client, error)
        self._rest()

    def _let_go(self, endpoint: ClientEndpoint, client: Connection) -> None:
        super()._let_go(endpoint, client)
        self._retire()

    # --- ends

    def close(self) -> None:
        """End the connection, or the attempt. Calls nothing back; ticks still send what `send` accepted."""
        self._happen(ClientHappening.CLOSED)
        self._callbacks.forgive()
        self._callbacks.epoch += 1
        self._look_up = None
        self._untried.clear()
        if self._endpoint is not None:
            left = self._endpoint.let_leave()
            if left is not None:
                self._leaving.append(left)
        self._retire()
        self._rest()

    def discard(self) -> None:
        """End it for good, with what waits to be sent: its object has another handle."""
        self.close()
        self._callbacks.unbind()
        self._release()

    def _see_off(self) -> None:
        for left in list(self._leaving):
            left.flush_quietly(self._settings.tick_budget)
            left.discard_input()
            if not left.queue:
                self._leaving.remove(left)
                left.close()
        self._rest()

    def _retire(self) -> None:
        endpoint = self._endpoint
        if endpoint is None:
            return
        if self.group is not None:
            self.group.unwatch(self)
        self._endpoint = None
        endpoint.close()
        if self.poll is not unsettled:
            self.poll = nothing

    # What a tick is to ask from now on.
    def _rest(self) -> None:
        if self._callbacks.owes:
            self.poll = unsettled
        elif self._leaving or (self._endpoint is None and self.state == ClientState.CONNECTING):
            self.poll = _busy
        elif self._endpoint is None:
            self.poll = nothing
        else:
            self.poll = self._endpoint.poll
        if self.owing and self.group is not None:
            self.group.expect(self)

    def _release(self) -> None:
        for left in self._leaving:
            left.close()
        self._leaving.clear()
        super()._release()

    def _happen(self, happening: ClientHappening) -> None:
        self.state = client_after(self.state, happening)
        self.answers = CLIENT_ANSWERS[self.state]


def _check(host: object, port: object) -> None:
    if not isinstance(host, str):
        raise TypeError(f"host must be a str, not {type(host).__name__}")
    if isinstance(port, bool) or not isinstance(port, int):
        raise TypeError(f"port must be an int, not {type(port).__name__}")


# A connection to the first address of the host that takes one before `end`, of the monotonic clock. Raises `OSError`.
def _reach(host: str, port: int, end: float, settings: Settings) -> ClientEndpoint:
    look_up = LookUp(host, port)
    if not look_up.wait(max(end - time.monotonic(), 0)):
        raise OSError(errno.ETIMEDOUT, "the name was not looked up in time")
    failure = OSError(errno.ETIMEDOUT, "no answer in time")
    addresses = look_up.addresses
    for number, address in enumerate(addresses):
        left = max(end - time.monotonic(), 0)
        try:
            endpoint = ClientEndpoint(address, settings)
        except OSError as error:
            failure = error
            continue
        try:
            # Those that come after it have to have their share.
            if endpoint.wait(left / (len(addresses) - number)):
                endpoint.finish()
                return endpoint
            failure = OSError(errno.ETIMEDOUT, "no answer in time")
        except OSError as error:
            failure = error
        except BaseException:
            endpoint.close()
            raise
        endpoint.close()
    raise failure
