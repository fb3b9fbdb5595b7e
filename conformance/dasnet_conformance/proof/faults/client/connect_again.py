"""Faults of section connect: another connect, while the first connection stands and after it."""

from __future__ import annotations

import errno
import socket
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle
from dasnet_conformance.proof.faults.tools import drain, peek


@fault("connect.twice", "connect.inside-data", may_kill=("connect.inside-connect", "connect.twice-reports"))
class SecondConnectReplacesTheFirst(ClientHandle):
    """connect with a connection there ends that one and makes another."""

    def connect_again(self, host: str, port: int, timeout_ms: int) -> bool:
        self.drop_client()
        return self.connect(host, port, timeout_ms)


@fault("connect.twice", "connect.inside-connect", may_kill=("connect.inside-data",))
class SecondConnectEndsTheFirst(ClientHandle):
    """connect with a connection there says false, and cleans up the connection that it found."""

    def connect_again(self, host: str, port: int, timeout_ms: int) -> bool:
        self.drop_client()
        return super().connect_again(host, port, timeout_ms)


@fault("connect.twice")
class NoPortEndsTheConnection(ClientHandle):
    """A port that does not exist is told before it is asked whether there is a connection, which is given up."""

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        if self.client is not None and not self.port_exists(port):
            self.drop_client()
            return self.fail_connect(f"there is no port {port}", errno.EINVAL)
        return super().connect(host, port, timeout_ms)


@fault("connect.twice-reports")
class SecondConnectFailsSilently(ClientHandle):
    """connect with a connection there says false, and tells nobody why."""

    def connect_again(self, host: str, port: int, timeout_ms: int) -> bool:  # noqa: ARG002
        return False


class _ForGood(ClientHandle):
    # After something has happened, connect fails for ever.

    over = False

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        if self.over and self.client is None:
            return self.fail_connect("it is over", errno.EPERM)
        return super().connect(host, port, timeout_ms)


@fault("connect.after-departure")
class OneConnectionPerObject(_ForGood):
    """Once its server has left, an object connects no more."""

    def depart(self) -> None:
        self.over = True
        super().depart()


@fault("connect.after-close")
class ClosedForGood(_ForGood):
    """Once it was closed, an object connects no more."""

    def close(self) -> None:
        self.over = True
        super().close()


@fault("connect.after-failure")
class FailedForGood(_ForGood):
    """Once a connect has failed, the object keeps the socket of that attempt, and connects no more."""

    def fail_connect(self, message: str, code: int) -> bool:
        self.over = True
        return super().fail_connect(message, code)


@fault("connect.after-failure")
class RefusedAddressStaysRefused(ClientHandle):
    """An address that refused once is in a list of those to stay away from, and the system is not asked again."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: set[Any] = set()

    def attempt(self, family: int, address: Any, seconds: float) -> socket.socket:
        if address in self.refused:
            raise OSError(errno.ECONNREFUSED, "refused before")
        try:
            return super().attempt(family, address, seconds)
        except ConnectionRefusedError:
            self.refused.add(address)
            raise


@fault("connect.twice-loses-nothing")
class SecondConnectEmptiesTheQueue(ClientHandle):
    """A connect that is turned down has made room for the new connection already: what waits for the server is gone."""

    def connect_again(self, host: str, port: int, timeout_ms: int) -> bool:
        self.outgoing.clear()
        return super().connect_again(host, port, timeout_ms)


@fault("connect.twice-loses-nothing")
class SecondConnectReadsAhead(ClientHandle):
    """A connect that is turned down first throws away what has come and was not read yet."""

    def connect_again(self, host: str, port: int, timeout_ms: int) -> bool:
        if peek(self.client):
            drain(self.client)
        return super().connect_again(host, port, timeout_ms)


@fault("connect.twice-loses-nothing", hangs=True)
class SecondConnectLetsTheSocketWait(ClientHandle):
    """A connect that is turned down has switched the socket to waiting, in which the next tick gets stuck."""

    def connect_again(self, host: str, port: int, timeout_ms: int) -> bool:
        if self.client is not None:
            self.client.setblocking(True)
        return super().connect_again(host, port, timeout_ms)
