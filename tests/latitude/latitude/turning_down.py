"""Variants of how a client turns down what cannot be done: by false where an error is allowed, or the reverse."""

from __future__ import annotations

import errno
from typing import Any

from dasnet_conformance.proof.faults.sound_client import Client, ClientHandle, ClientLowLevel
from dasnet_conformance.proof.faults.tools import peek

from .registry import variant


@variant("a client's send of size 0", shows={"client-send.size-zero": "false"})
class ClientSizeZeroIsFalse(ClientHandle):
    """Answers false to a send of size 0: nothing was sent."""

    def send(self, data: bytes, size: int) -> bool:
        """Not of nothing."""
        self.check_size(data, size)
        return False if size == 0 and self.client is not None else super().send(data, size)


@variant("a client's send of size 0", shows={"client-send.size-zero": "refused"})
class ClientSizeZeroIsRefused(ClientHandle):
    """Raises an error for a send of size 0 over a connection: there is nothing to send, and few callers meant it."""

    def send(self, data: bytes, size: int) -> bool:
        """Not of nothing."""
        if size == 0 and self.client is not None:
            raise ValueError("there is nothing to send")
        return super().send(data, size)


@variant(
    "a size that the client's buffer does not have",
    shows={
        "client-send.size-beyond-buffer": "false",
        "client-send.size-negative": "false",
        "client-send-function.bad-size": "false",
    },
)
class ClientWrongSizeIsFalse(ClientHandle):
    """Answers false to a size beyond the buffer or below zero, with an error told: the call did not succeed."""

    def send(self, data: bytes, size: int) -> bool:
        """Not of what is not there."""
        if not 0 <= size <= len(data):
            return self.fail_send(data, size, f"the buffer has {len(data)} bytes, not {size}", errno.EINVAL)
        return super().send(data, size)


@variant(
    "calls on a client without a handle",
    shows={"client-state.new-object.is-connected": "refused", "client-state.new-object.send": "refused"},
)
class ClientNeedsHandle(Client):
    """Raises an error for every call on a client without a handle, ticks included: there is nothing to ask or to
    send over, and the adapter was forgotten."""

    def need_handle(self) -> None:
        """Raise an error without one."""
        if self._client is None:
            raise RuntimeError("the client has no handle; call make_client_adapter first")

    def is_connected(self) -> bool:
        """With a handle only."""
        self.need_handle()
        return super().is_connected()

    def send(self, data: bytes, size: int | None = None) -> bool:
        """With a handle only."""
        self.need_handle()
        return super().send(data, size)

    def tick(self) -> None:
        """With a handle only."""
        self.need_handle()
        super().tick()


@variant("connect without a handle", shows={"client-construct.connect-without-handle": "false"})
class ConnectWithoutHandleIsFalse(Client):
    """Answers false to a connect without a handle, with an error told: the documented result says whether the
    connection stands."""

    def connect(self, host: str, port: int, timeout_ms: int = 5000) -> bool:
        """With a handle only."""
        if self._client is None:
            self.on_error("not connected: there is no handle", errno.EBADF)
            return False
        return super().connect(host, port, timeout_ms)


@variant(
    "a null handle",
    shows={
        "client-null.connect": "false",
        "client-null.is-connected": "false",
        "client-null.tick": "none",
        "client-null.send": "false",
        "client-null.close": "none",
    },
)
class NullHandleDoesNothing(ClientLowLevel):
    """The functions do nothing with a null handle and answer false: without a handle nothing can be done, and nobody is
    there to be told."""

    def client_connect(self, handle: ClientHandle | None, host: str, port: int, timeout_ms: int) -> bool:
        """With a handle only."""
        return handle is not None and super().client_connect(handle, host, port, timeout_ms)

    def client_is_connected(self, handle: ClientHandle | None) -> bool:
        """With a handle only."""
        return handle is not None and super().client_is_connected(handle)

    def client_tick(self, handle: ClientHandle | None) -> None:
        """With a handle only."""
        if handle is not None:
            super().client_tick(handle)

    def client_send(self, handle: ClientHandle | None, data: bytes, size: int) -> bool:
        """With a handle only."""
        return handle is not None and super().client_send(handle, data, size)

    def client_close(self, handle: ClientHandle | None) -> None:
        """With a handle only."""
        if handle is not None:
            super().client_close(handle)


@variant("an object that cannot keep a client's handle", shows={"make-client.plain-object": "refused"})
class PlainObjectIsNoClient(ClientLowLevel):
    """make_client raises an error for an object without the field: false or an error, the host learns that there is no
    handle."""

    FOR_METHODS = True

    def make_client(self, obj: Any, class_info: type) -> bool:
        """For an object with the field."""
        if not hasattr(obj, "_client"):
            raise TypeError("the object has no field for a handle")
        return super().make_client(obj, class_info)


class _SeesTheEnd(ClientHandle):
    # Looks at the connection before it answers.

    def ended(self) -> bool:
        """Whether the server's end is the next thing to be read."""
        return self.client is not None and peek(self.client) == b""


@variant(
    "what a client says of a server that has left, before a tick noticed",
    shows={"client-state.server-gone.is-connected": "false"},
)
class ClientQuerySeesDeparture(_SeesTheEnd):
    """Looks at the connection when asked, and says false once the server has left: there is no connection any more."""

    def is_connected(self) -> bool:
        """A server with more to come, or without an end."""
        return super().is_connected() and not self.ended()


@variant(
    "a send to a server that has left, before a tick noticed",
    shows={"client-state.server-gone.send": "false", "client-send.answer-to-last-words": "refused"},
)
class ClientSendSeesDeparture(_SeesTheEnd):
    """Looks at the connection before it sends, and answers false when the server has left: the departure shows in
    sending."""

    def send(self, data: bytes, size: int) -> bool:
        """Only while there is no end to be seen."""
        self.check_size(data, size)
        if self.ended():
            return self.fail_send(data, size, "nothing sent: the server has left", errno.EPIPE)
        return super().send(data, size)


@variant(
    "a send to a server that has left, before a tick noticed",
    shows={"client-state.server-gone.send": "refused"},
)
class ClientSendToDepartedIsRefused(_SeesTheEnd):
    """Raises an error for a send to a server that has left: the host learns it by name."""

    def send(self, data: bytes, size: int) -> bool:
        """Only while there is no end to be seen."""
        if self.ended():
            raise BrokenPipeError(errno.EPIPE, "the server has left")
        return super().send(data, size)
