"""Faults of section client-lifetime: what is kept of each connection, and descriptors that are many, or none."""

from __future__ import annotations

import select
import socket
import threading
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle
from dasnet_conformance.proof.faults.tools import die


class _Hoarder(ClientHandle):
    """Keeps memory and threads until it is destroyed."""

    def __init__(self) -> None:
        super().__init__()
        self.memory: list[bytes] = []
        self.end = threading.Event()

    def keep_memory(self, size: int) -> None:
        """Keep so many bytes, written to, so that they are in use."""
        self.memory.append(b"\1" * size)

    def destroy(self) -> None:
        self.end.set()
        self.memory.clear()
        super().destroy()


@fault("client-lifetime.memory-per-connection")
class BufferOfEachConnectionStays(_Hoarder):
    """Each connection gets a receive buffer of 256 KiB, which is not given back when it ends."""

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.keep_memory(256 << 10)


@fault("client-lifetime.memory-per-connection")
class AddressesOfFailedConnectsStay(_Hoarder):
    """What a look-up gave is freed behind the connection, and not where there is none: 256 KiB of each failure stay."""

    def fail_connect(self, message: str, code: int) -> bool:
        self.keep_memory(256 << 10)
        return super().fail_connect(message, code)


@fault("client-lifetime.memory-per-byte")
class ClientKeepsAllThatItReceived(_Hoarder):
    """What a server sent is appended to a buffer, of which the part that was delivered is never cut off."""

    def tell_data(self, data: bytes) -> None:
        self.keep_memory(len(data))
        super().tell_data(data)


@fault("client-lifetime.threads-per-connection")
class ThreadOfEachConnectionStays(_Hoarder):
    """Each connection gets a thread, which goes on to wait when it has ended."""

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        threading.Thread(target=self.end.wait, name="kept by a fault", daemon=True).start()


@fault("client-lifetime.high-descriptors")
class ClientWaitsWithSelect(ClientHandle):
    """Readiness is asked for with select, which takes no descriptor from 1,024 on, and a tick of the client raises."""

    def read(self) -> bytes | None:
        if self.client is not None and not select.select([self.client], [], [], 0)[0]:
            return None
        return super().read()


@fault("client-lifetime.high-descriptors")
class ConnectsWithSelect(ClientHandle):
    """The answer to a connect is waited for with select: a descriptor from 1,024 on never gets one."""

    def wait(self, connection: socket.socket, seconds: float) -> bool:
        return connection.fileno() < 1_024 and super().wait(connection, seconds)


@fault("client-lifetime.no-descriptor")
class ConnectDiesForLackOfDescriptors(ClientHandle):
    """connect uses the socket that it did not get, and takes the host down."""

    def attempt(self, family: int, address: Any, seconds: float) -> socket.socket:
        try:
            socket.socket(family, socket.SOCK_STREAM).close()
        except OSError:
            die()
        return super().attempt(family, address, seconds)


@fault("client-lifetime.no-descriptor")
class LackOfDescriptorsEndsTheClient(ClientHandle):
    """A connect that failed for want of a descriptor leaves the object broken, and every later one fails."""

    broken = False

    def attempt(self, family: int, address: Any, seconds: float) -> socket.socket:
        if self.broken:
            raise OSError(9, "the client is broken")
        try:
            socket.socket(family, socket.SOCK_STREAM).close()
        except OSError:
            self.broken = True
            raise
        return super().attempt(family, address, seconds)
