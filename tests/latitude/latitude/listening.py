"""Variants of init: the listen queue, the address, which port numbers are turned down how, and a second init."""

from __future__ import annotations

import errno
import socket

from dasnet_conformance.proof.faults.sound import Server
from dasnet_conformance.proof.faults.sound_handle import Handle

from .registry import variant


@variant("the length of the listen queue")
class ListenQueueOf0(Handle):
    """Asks the system for a listen queue of 0: how many may wait is nobody's promise, and the system grants one."""

    BACKLOG = 0


@variant("the length of the listen queue")
class ListenQueueOf1(Handle):
    """Asks for a listen queue of 1: whoever comes when it is full waits in its own system until there is room."""

    BACKLOG = 1


@variant("the system's buffer for what has come")
class SmallReceiveBuffer(Handle):
    """Asks the system for the smallest buffers that it grants, as a device with little memory does: what has no room
    there waits at the client's end."""

    def prepare_listener(self, listener: socket.socket) -> None:
        """Clients have the buffers of the listener."""
        super().prepare_listener(listener)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)


@variant("the address that it listens on", name="ipv6_only", peer_host="::1")
class IPv6Only(Handle):
    """Listens on ::1 and not on 127.0.0.1: the documentation names a port, and no family of addresses."""

    HOST = "::1"

    def open_listener(self, port: int) -> socket.socket:
        """As the sound one, in the other family."""
        listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
        try:
            self.prepare_listener(listener)
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind((self.HOST, port))
            listener.listen(self.BACKLOG)
            listener.setblocking(False)
        except OSError:
            self.discard_listener(listener)
            raise
        return listener


@variant("port 0", shows={"init.port-zero": "false"})
class PortZeroIsFalse(Handle):
    """Answers false to port 0, with an error told: a host that names no port could not tell its clients where to go."""

    def port_exists(self, port: int) -> bool:
        """0 is none."""
        return 1 <= port <= 65_535


class _Raises(Handle):
    # The error callback tells why, and then the call is refused.

    def fail_init(self, message: str, code: int) -> bool:
        super().fail_init(message, code)
        raise ValueError(message)


@variant("port 0", shows={"init.port-zero": "refused"})
class PortZeroIsRefused(Handle):
    """Raises an error for port 0: the documentation is silent on it, and a mistake of the caller may be told as one."""

    def init(self, port: int) -> bool:
        """Not on port 0."""
        if port == 0:
            raise ValueError("port 0 is no port to listen on")
        return super().init(port)


@variant(
    "a port that does not exist",
    shows={
        "init.port-negative": "refused",
        "init.port-beyond-range": "refused",
        "server-init.bad-port": "refused",
        "twins.bad-port-in-every-state": "refused",
    },
)
class BadPortIsRefused(Handle):
    """Raises an error for a number that is no port, as the catalogue allows: nothing could ever listen there."""

    def init(self, port: int) -> bool:
        """Not on what is no port."""
        if not self.port_exists(port):
            raise ValueError(f"there is no port {port}")
        return super().init(port)


@variant(
    "init on an object that is open",
    shows={
        "init.already-open": "moved",
        "server-init.already-open": "moved",
        "pressure.mistakes-cost-nothing": "moved",
    },
)
class SecondInitMoves(Handle):
    """A second init moves to the new port, frees the old one and keeps the client; on failure it stays where it was."""

    def init_again(self, port: int) -> bool:
        """Listen there, then no longer here."""
        if self.listener is None or port == self.listener.getsockname()[1]:
            return True
        if not self.port_exists(port):
            return self.fail_init(f"there is no port {port}", errno.EINVAL)
        try:
            listener = self.open_listener(port)
        except OSError as error:
            return self.fail_init(f"cannot move to port {port}: {error.strerror}", error.errno or errno.EIO)
        self.close_listener()
        self.listener = listener
        return True


@variant(
    "init on an object that is open",
    shows={"init.already-open": "stayed", "pressure.mistakes-cost-nothing": "stayed"},
)
class SecondInitIsRefused(_Raises):
    """A second init raises an error and changes nothing: the object goes on listening where it was."""

    def fail_init(self, message: str, code: int) -> bool:
        """Refused where it listens already; false elsewhere."""
        if self.listener is not None:
            return super().fail_init(message, code)
        return Handle.fail_init(self, message, code)


@variant("init without a handle", shows={"init.without-handle-leaves-no-port": "true"})
class InitWithoutHandleMakesOne(Server):
    """Makes a handle where init finds none: the object is asked to listen, and nothing stands against it."""

    def init(self, port: int) -> bool:
        """With a handle of the object's own."""
        if self._server is None:
            self.make_server_adapter()
        return super().init(port)


@variant("init without a handle", shows={"init.without-handle-leaves-no-port": "false"})
class InitWithoutHandleIsFalse(Server):
    """Answers false to an init without a handle, with an error told: the documented result says whether it listens."""

    def init(self, port: int) -> bool:
        """False where there is nothing that could listen."""
        if self._server is None:
            self.on_error("there is no handle that could listen", errno.EBADF)
            return False
        return super().init(port)


@variant(
    "a second adapter",
    shows={
        "adapter.twice-before-init": "refused",
        "adapter.twice-leaks-no-listener": "goes on listening",
        "adapter.twice-leaves-no-client": "goes on with its client",
    },
)
class SecondAdapterIsRefused(Server):
    """Raises an error when an object that has an adapter makes another one: so no listener is ever closed unasked."""

    def make_server_adapter(self) -> None:
        """The first one only."""
        if self._server is not None:
            raise RuntimeError("the object has an adapter already")
        super().make_server_adapter()


@variant("init without a descriptor for the listener", shows={"process.no-descriptor-for-listener": "refused"})
class InitWithoutDescriptorIsRefused(Handle):
    """Raises an error where the process has no descriptor left for a listener: it is not up, and why is told."""

    def fail_init(self, message: str, code: int) -> bool:
        """As the sound one, but for want of a descriptor."""
        super().fail_init(message, code)
        if code in (errno.EMFILE, errno.ENFILE):
            raise OSError(code, message)
        return False
