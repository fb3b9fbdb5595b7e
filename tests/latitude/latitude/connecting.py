"""Variants of how a client comes to a connection: what an attempt is, how long it lasts, and when it may be."""

from __future__ import annotations

import errno
import os
import socket
import time
from typing import Any

from dasnet_conformance.proof.faults.sound_client import ClientHandle

from .registry import variant


@variant(
    "a connect that comes to nothing",
    shows={
        "connect.refused": "refused",
        "connect.unknown-name": "refused",
        "connect.host-empty": "refused",
        "connect.port-never-wrapped": "refused",
        "connect.port-zero": "refused",
        "connect.silence-ends": "refused",
        "connect.twice": "refused",
        "connect.inside-connect": "refused",
        "connect.inside-data": "refused",
        "client-connect.refused": "refused",
        "client-lifetime.no-descriptor": "refused",
        "client-connect.port-never-wrapped": "refused",
    },
)
class FailedConnectIsRefused(ClientHandle):
    """Raises an error for every connect that comes to nothing, after the error callback: who does not look at the
    result learns of it as well."""

    def fail_connect(self, message: str, code: int) -> bool:
        """Told and raised."""
        super().fail_connect(message, code)
        raise OSError(code, message)


@variant("an empty host", shows={"connect.host-empty": "true"})
class EmptyHostIsThisMachine(ClientHandle):
    """Takes an empty host for this machine: whoever names none means the one that is there."""

    def addresses(self, host: str, port: int) -> list[tuple[int, Any]]:
        """Those of the name that every machine has."""
        return super().addresses(host or "localhost", port)


class _NeedsTime(ClientHandle):
    # No time to wait is no time to connect.

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        if self.client is None and timeout_ms <= 0:
            return self.without_time(timeout_ms)
        return super().connect(host, port, timeout_ms)

    def without_time(self, timeout_ms: int) -> bool:
        """What comes of it: an error is told, and the answer is false."""
        return self.fail_connect(f"no server answers within {timeout_ms} ms", errno.ETIMEDOUT)


@variant("no time to connect", shows={"connect.timeout-zero": "false", "connect.timeout-negative": "false"})
class NoTimeIsFalse(_NeedsTime):
    """Answers false to a timeout of 0 or below, and does not try: in no time nobody answers."""


@variant("no time to connect", shows={"connect.timeout-zero": "refused", "connect.timeout-negative": "refused"})
class NoTimeIsRefused(_NeedsTime):
    """Raises an error for a timeout of 0 or below: it is no time to wait, and most callers did not mean it."""

    def without_time(self, timeout_ms: int) -> bool:
        """A mistake of the caller."""
        raise ValueError(f"the timeout must be above 0 ms, not {timeout_ms}")


class _SeesOff(ClientHandle):
    # Knows whether a departure is being told.

    telling_departure = False

    def tell_disconnect(self) -> None:
        self.telling_departure = True
        try:
            super().tell_disconnect()
        finally:
            self.telling_departure = False

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        if self.telling_departure:
            return self.connect_too_early()
        return super().connect(host, port, timeout_ms)

    def connect_too_early(self) -> bool:
        """What connect gives inside the disconnect callback."""
        return self.fail_connect("not connected: the last departure is not over yet", errno.EALREADY)


@variant("connect inside the disconnect callback", shows={"connect.inside-disconnect": "false"})
class ConnectInsideDisconnectIsFalse(_SeesOff):
    """Answers false to a connect from inside the disconnect callback, with an error told: the departure is over once it
    was told, and the next tick is early enough."""


@variant("connect inside the disconnect callback", shows={"connect.inside-disconnect": "refused"})
class ConnectInsideDisconnectIsRefused(_SeesOff):
    """Raises an error for a connect from inside the disconnect callback: the caller learns that it is too early."""

    def connect_too_early(self) -> bool:
        """By name."""
        raise RuntimeError("connect was called inside the disconnect callback; call it after the tick")


@variant("a connect callback that raises")
class ConnectionNeedsItsCallback(ClientHandle):
    """Drops the connection again when the connect callback raises, and connect raises: a host that could not prepare
    itself has no use for it, and whether the connection stands then is left open."""

    def tell_connect(self) -> None:
        """All or nothing."""
        try:
            super().tell_connect()
        except BaseException:
            self.drop_client()
            raise


@variant("which address of a host is tried first")
class NewerProtocolFirst(ClientHandle):
    """Tries the IPv6 addresses of a name before the others, as the system lists them: a name is all its addresses."""

    def addresses(self, host: str, port: int) -> list[tuple[int, Any]]:
        """The other way round."""
        return sorted(super().addresses(host, port), key=lambda each: each[0], reverse=True)


@variant("how an attempt waits")
class AsksAgainAndAgain(ClientHandle):
    """Waits for an answer in short turns and looks at the clock between them: a system without a wait of its own does
    it so, and the time as a whole is what was asked for."""

    TURN = 0.005

    def wait(self, connection: socket.socket, seconds: float) -> bool:
        """Turn by turn."""
        end = time.monotonic() + seconds
        while not super().wait(connection, min(self.TURN, seconds)):
            if time.monotonic() >= end:
                return False
        return True


@variant("how an attempt is made")
class BlocksWhileConnecting(ClientHandle):
    """Lets the system do the waiting, with a socket that blocks until the timeout and not afterwards: connect is the
    one call that may wait."""

    def attempt(self, family: int, address: Any, seconds: float) -> socket.socket:
        """The system waits, if there is time at all."""
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            # A timeout of 0 would make a socket that does not block.
            connection.settimeout(max(seconds, 0.001))
            connection.connect(address)
        except TimeoutError as error:
            self.discard(connection)
            raise OSError(errno.ETIMEDOUT, "no answer in time") from error
        except OSError:
            self.discard(connection)
            raise
        connection.setblocking(False)
        return connection


@variant("a connect for which there is no descriptor", shows={"client-lifetime.no-descriptor": "true"})
class ConnectsFromReserve(ClientHandle):
    """Keeps a descriptor in reserve and gives it back when it connects: so there is one for a connection when the
    process has no other."""

    def __init__(self) -> None:
        super().__init__()
        self.spare: int | None = os.open(os.devnull, os.O_RDONLY)

    def attempt(self, family: int, address: Any, seconds: float) -> socket.socket:
        """With the reserve given back, where there is one, so that there is a descriptor."""
        self.let_go()
        try:
            return super().attempt(family, address, seconds)
        finally:
            self.put_by()

    def let_go(self) -> None:
        """Close the reserve."""
        if self.spare is not None:
            os.close(self.spare)
            self.spare = None

    def put_by(self) -> None:
        """Make a new one, if there is room."""
        try:
            self.spare = os.open(os.devnull, os.O_RDONLY)
        except OSError:
            self.spare = None

    def close(self) -> None:
        """The reserve as well; a later connect does without."""
        super().close()
        self.let_go()

    def destroy(self) -> None:
        """The reserve as well."""
        super().destroy()
        self.let_go()
