"""The sound client: the other half of the sound implementation, which the faults of the client are variations of.

As in `sound` and `sound_handle`, every step is a short method of its own. It never imports the reference.
"""

from __future__ import annotations

import errno
import os
import select
import socket
from typing import Any

from .sound_conversation import Conversation


class ClientHandle(Conversation):
    """A connection to a server, at most one, the bytes that wait for it, and the object whose callbacks it causes."""

    def __init__(self) -> None:
        super().__init__()
        #: Connections that were closed with bytes still to be sent, and these.
        self.leaving: list[tuple[socket.socket, bytearray]] = []

    # Connecting

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        """Connect to a server; false, with an error told, when that cannot be."""
        if self.client is not None:
            return self.connect_again(host, port, timeout_ms)
        if not self.port_exists(port):
            return self.fail_connect(f"there is no port {port}", errno.EINVAL)
        try:
            connection = self.reach(host, port, self.seconds(timeout_ms))
        except OSError as error:
            return self.fail_connect(
                f"cannot connect to {host} port {port}: {error.strerror}", error.errno or errno.EIO
            )
        self.adopt(connection)
        self.tell_connect()
        return True

    def connect_again(self, host: str, port: int, timeout_ms: int) -> bool:  # noqa: ARG002
        """What connect does with a connection there."""
        return self.fail_connect("there is a connection already", errno.EISCONN)

    def port_exists(self, port: int) -> bool:
        """Whether this number can be a server's port."""
        return 1 <= port <= 65_535

    def seconds(self, timeout_ms: int) -> float:
        """How long an attempt may take."""
        return max(timeout_ms, 0) / 1000

    def fail_connect(self, message: str, code: int) -> bool:
        """Tell why, and answer false."""
        self.tell_error(message, code)
        return False

    def reach(self, host: str, port: int, seconds: float) -> socket.socket:
        """A connection to the first address that takes one. Raises `OSError`."""
        failure = OSError(errno.EADDRNOTAVAIL, "the host has no address")
        for family, address in self.addresses(host, port):
            try:
                return self.attempt(family, address, seconds)
            except OSError as error:
                failure = error
        raise failure

    def addresses(self, host: str, port: int) -> list[tuple[int, Any]]:
        """Where a host is to be reached; none for one that is not known."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return []
        # The older protocol first: most servers here listen on that alone.
        return sorted([(int(family), address) for family, _, _, _, address in found], key=lambda each: each[0])

    def attempt(self, family: int, address: Any, seconds: float) -> socket.socket:
        """A connection to this address. Raises `OSError`."""
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.setblocking(False)
            connection.connect_ex(address)
            if not self.wait(connection, seconds):
                raise OSError(errno.ETIMEDOUT, "no answer in time")
            code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                raise OSError(code, os.strerror(code))
        except OSError:
            self.discard(connection)
            raise
        return connection

    def wait(self, connection: socket.socket, seconds: float) -> bool:
        """Wait for the attempt to come to its end; whether it has."""
        if hasattr(select, "poll"):
            # select takes no descriptor from 1,024 on, which is a fault of its own.
            poll = select.poll()
            poll.register(connection, select.POLLOUT)
            return bool(poll.poll(seconds * 1000))
        _, writable, broken = select.select([], [connection], [connection], seconds)
        return bool(writable or broken)

    def discard(self, connection: socket.socket) -> None:
        """Close a socket that came to no connection."""
        connection.close()

    # Ticking

    def turn(self) -> None:
        """Send what waits, and deliver what the server sent."""
        self.see_off()
        if self.client is not None:
            self.flush()
            self.receive()

    def see_off(self) -> None:
        """Send what closed connections still owe, and end those that owe nothing more."""
        for connection, rest in list(self.leaving):
            try:
                del rest[: connection.send(rest)]
            except (BlockingIOError, InterruptedError):
                continue
            except OSError:
                rest.clear()
            if not rest:
                self.discard_input(connection)
                connection.close()
                self.leaving.remove((connection, rest))

    # Ends

    def close(self) -> None:
        """End the connection, behind what waits for it."""
        if self.client is not None and self.outgoing:
            self.leave_behind(self.client, self.outgoing)
            self.client, self.outgoing = None, bytearray()
        if self.client is not None:
            self.discard_input(self.client)
        self.drop_client()

    def discard_input(self, connection: socket.socket) -> None:
        """Read what nobody will be told: a connection that is closed before it was read is reset."""
        try:
            while connection.recv(self.CHUNK):
                pass
        except OSError:
            # Nothing more is there, or the server has broken the connection off.
            pass

    def leave_behind(self, connection: socket.socket, rest: bytearray) -> None:
        """Look after a connection that is closed and owes bytes."""
        self.leaving.append((connection, rest))

    def destroy(self) -> None:
        """End everything at once."""
        self.owner = None
        self.drop_client()
        while self.leaving:
            self.leaving.pop()[0].close()


class ClientLowLevel:
    """The functions on a client's handle. `FOR_METHODS` is as in `sound.LowLevel`."""

    FOR_METHODS = False

    def __init__(self, handle_class: type[ClientHandle]) -> None:
        self.handle_class = handle_class

    def make_client(self, obj: Any, class_info: type) -> bool:  # noqa: ARG002
        """Make a handle for the object; false if the object has no field to keep it in."""
        if not hasattr(obj, "_client"):
            return False
        handle = self.handle_class()
        handle.bind(obj)
        self.replace(obj, handle)
        return True

    def replace(self, obj: Any, handle: ClientHandle) -> None:
        """Put the handle into the object's field and end the one that was there."""
        earlier, obj._client = obj._client, handle
        if earlier is not None:
            earlier.destroy()

    def need(self, handle: ClientHandle | None, function: str) -> ClientHandle:
        """The handle, or `ValueError` if there is none."""
        if handle is None:
            raise ValueError(f"{function} needs a handle, and was given none")
        return handle

    def client_connect(self, handle: ClientHandle | None, host: str, port: int, timeout_ms: int) -> bool:
        """Connect to a server."""
        return self.need(handle, "client_connect").connect(host, port, timeout_ms)

    def client_is_connected(self, handle: ClientHandle | None) -> bool:
        """Whether there is a connection."""
        return self.need(handle, "client_is_connected").is_connected()

    def client_tick(self, handle: ClientHandle | None) -> None:
        """Process what is pending."""
        self.need(handle, "client_tick").tick()

    def client_send(self, handle: ClientHandle | None, data: bytes, size: int) -> bool:
        """Send to the server."""
        return self.need(handle, "client_send").send(data, size)

    def client_close(self, handle: ClientHandle | None) -> None:
        """End the connection."""
        self.need(handle, "client_close").close()


class Client:
    """The class to derive from. `_low` holds the functions that its methods call."""

    _low: ClientLowLevel = ClientLowLevel(ClientHandle)
    _client: Any = None

    def __init__(self) -> None:
        self._client = None

    def on_connect(self) -> None:
        """The connection stands."""

    def on_disconnect(self) -> None:
        """The server has gone."""

    def on_data(self, data: bytes) -> None:
        """Bytes of the server."""

    def on_error(self, message: str, code: int) -> None:
        """Something failed."""

    def on_log(self, message: str) -> None:
        """Something worth a line."""

    def make_client_adapter(self) -> None:
        """Make the handle. Raises `TypeError` for an object that cannot keep one."""
        if not self._low.make_client(self, type(self)):
            raise TypeError("the object has no field for a handle")

    def connect(self, host: str, port: int, timeout_ms: int = 5000) -> bool:
        """Connect to a server. Raises `ValueError` without a handle."""
        return self._low.client_connect(self._client, host, port, timeout_ms)

    def is_connected(self) -> bool:
        """Whether there is a connection."""
        return self._client is not None and self._low.client_is_connected(self._client)

    def tick(self) -> None:
        """Process what is pending; nothing without a handle."""
        if self._client is not None:
            self._low.client_tick(self._client)

    def send(self, data: bytes, size: int | None = None) -> bool:
        """Send the first `size` bytes."""
        if self._client is None:
            self.on_error("nothing sent: there is no handle", errno.ENOTCONN)
            return False
        return self._low.client_send(self._client, data, len(data) if size is None else size)

    def close(self) -> None:
        """End the connection; twice is harmless, and so is it without a handle."""
        if self._client is not None:
            self._low.client_close(self._client)
