"""Faults of section connect: how a client comes to a connection, and what it says when there is none."""

from __future__ import annotations

import errno
import socket
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle
from dasnet_conformance.proof.faults.tools import LOST, die


@fault("connect.succeeds")
class SaysTrueAndConnectsNowhere(ClientHandle):
    """connect says true before anything was sent to the server, and nothing ever is."""

    def reach(self, host: str, port: int, seconds: float) -> socket.socket:  # noqa: ARG002
        here, there = socket.socketpair()
        here.setblocking(False)
        LOST.append(there)
        return here


@fault("connect.succeeds")
class EveryAddressIsThisMachine(ClientHandle):
    """The address is looked up, so that a wrong one is told, and the usual one of this machine is connected to."""

    def addresses(self, host: str, port: int) -> list[tuple[int, Any]]:
        return [
            (family, ("127.0.0.1", port) if family == socket.AF_INET else address)
            for family, address in super().addresses(host, port)
        ]


@fault("connect.succeeds")
class ConnectsTwiceOver(ClientHandle):
    """A connection is tried out before it is made, so that the server gets two."""

    def reach(self, host: str, port: int, seconds: float) -> socket.socket:
        super().reach(host, port, seconds).close()
        return super().reach(host, port, seconds)


@fault("connect.fires-connect", "connect.fires-before-return", may_kill=("connect.connected-inside",))
class NeverTellsOfItsConnection(ClientHandle):
    """The connect callback is left out: connect says true, and that has to do."""

    def tell_connect(self) -> None:
        pass


@fault("connect.fires-connect")
class TellsOfItsConnectionTwice(ClientHandle):
    """connect fires the callback, and the first tick fires it again."""

    again = False

    def tell_connect(self) -> None:
        self.again = True
        super().tell_connect()

    def turn(self) -> None:
        if self.again:
            self.again = False
            super().tell_connect()
        super().turn()


@fault("connect.fires-before-return")
class TellsOfItsConnectionInATick(ClientHandle):
    """The connect callback waits for the first tick."""

    due = False

    def tell_connect(self) -> None:
        self.due = True

    def turn(self) -> None:
        if self.due:
            self.due = False
            super().tell_connect()
        super().turn()


@fault("connect.connected-inside")
class NotConnectedInsideConnect(ClientHandle):
    """The connect callback comes first and the state after it, so that is_connected is false inside."""

    telling = False

    def tell_connect(self) -> None:
        self.telling = True
        try:
            super().tell_connect()
        finally:
            self.telling = False

    def is_connected(self) -> bool:
        return super().is_connected() and not self.telling


@fault("connect.name")
class KnowsNoNames(ClientHandle):
    """Only addresses are understood, and a name is none."""

    def addresses(self, host: str, port: int) -> list[tuple[int, Any]]:
        return super().addresses(host, port) if host[:1].isdigit() or ":" in host else []


@fault("connect.ipv-six")
class KnowsTheOldProtocolOnly(ClientHandle):
    """An address of four numbers is all that is understood."""

    def addresses(self, host: str, port: int) -> list[tuple[int, Any]]:
        return [each for each in super().addresses(host, port) if each[0] == socket.AF_INET]


class _TakesRefusals(ClientHandle):
    # The end of the attempt is taken for its success.

    def attempt(self, family: int, address: Any, seconds: float) -> socket.socket:
        try:
            return super().attempt(family, address, seconds)
        except ConnectionRefusedError:
            return socket.socket(family, socket.SOCK_STREAM)


@fault("connect.refused", "client-connect.refused")
class TakesRefusalForConnection(_TakesRefusals):
    """That the attempt has come to an end is taken for a connection; nobody asks how it ended."""


@fault(
    "connect.refused-reports", "connect.silence-reports", "connect.twice-reports", may_kill=("connect.unknown-name",)
)
class FailsToConnectSilently(ClientHandle):
    """A connect that fails says false, and tells nobody why."""

    def fail_connect(self, message: str, code: int) -> bool:  # noqa: ARG002
        return False


@fault("connect.refused-reports", may_kill=("client-connect.refused",))
class FailsToConnectWithoutCode(ClientHandle):
    """The error of a connect that failed has the code 0, as its sender looks at it too late."""

    def fail_connect(self, message: str, code: int) -> bool:  # noqa: ARG002
        return super().fail_connect(message, 0)


@fault("connect.refused-reports")
class TellsEachFailureTwice(ClientHandle):
    """The attempt tells of its failure, and so does connect."""

    def fail_connect(self, message: str, code: int) -> bool:
        self.tell_error(message, code)
        return super().fail_connect(message, code)


@fault("connect.refused-tells-of-no-connection")
class RefusalTellsDisconnect(ClientHandle):
    """A connect that failed cleans up as for a connection that ended, disconnect callback and all."""

    def fail_connect(self, message: str, code: int) -> bool:
        super().fail_connect(message, code)
        self.tell_disconnect()
        return False


@fault("connect.unknown-name")
class UnknownNameIsThisMachine(ClientHandle):
    """A name that cannot be looked up leaves the address at its default, which is this machine."""

    def addresses(self, host: str, port: int) -> list[tuple[int, Any]]:
        return super().addresses(host, port) or [(socket.AF_INET, ("127.0.0.1", port))]


@fault("connect.unknown-name")
class UnknownNameCrashes(ClientHandle):
    """The result of the look-up is used without a look at it, and the process dies of a null pointer."""

    def addresses(self, host: str, port: int) -> list[tuple[int, Any]]:
        found = super().addresses(host, port)
        if not found:
            die()
        return found


@fault("connect.port-never-wrapped", may_kill=("client-connect.port-never-wrapped",))
class CutsThePortToSixteenBits(ClientHandle):
    """The port is kept in 16 bits, so that 70,000 is tried as 4,464."""

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        return super().connect(host, port & 0xFFFF, timeout_ms)


@fault("connect.port-zero")
class PortZeroMeansDone(ClientHandle):
    """Port 0 is taken for a connection that need not be made."""

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        return True if port == 0 else super().connect(host, port, timeout_ms)


@fault("connect.silence-ends", hangs=True)
class IgnoresItsTimeout(ClientHandle):
    """The timeout is not handed on, and connect waits as long as the system tries."""

    def seconds(self, timeout_ms: int) -> float:  # noqa: ARG002
        return 120.0


@fault("connect.silence-ends", hangs=True)
class TakesMillisecondsForSeconds(ClientHandle):
    """The timeout is taken for seconds, and 50 of them pass."""

    def seconds(self, timeout_ms: int) -> float:
        return float(timeout_ms)


@fault("connect.silence-ends", may_kill=("connect.silence-reports",))
class TakesSilenceForConnection(ClientHandle):
    """When the time is over and no error came, the connection is taken for made."""

    def wait(self, connection: socket.socket, seconds: float) -> bool:
        return super().wait(connection, seconds) or True


@fault("connect.silence-reports")
class RunsOutOfTimeSilently(ClientHandle):
    """A refusal is told, but a time that ran out is no error of the system, and is not."""

    def fail_connect(self, message: str, code: int) -> bool:
        return False if code == errno.ETIMEDOUT else super().fail_connect(message, code)


@fault("connect.waits-for-an-answer")
class WaitsAMomentAtMost(ClientHandle):
    """Whatever the timeout says, a tenth of a second is all that a server has to answer."""

    def seconds(self, timeout_ms: int) -> float:
        return min(super().seconds(timeout_ms), 0.1)


@fault("connect.waits-for-an-answer")
class TimeoutInMicroseconds(ClientHandle):
    """The time of connect is kept in microseconds in 32 bits: more than half an hour of it is less than none."""

    def seconds(self, timeout_ms: int) -> float:
        microseconds = (timeout_ms * 1000 + (1 << 31)) % (1 << 32) - (1 << 31)
        return max(microseconds, 0) / 1_000_000


@fault("connect.timeout-zero")
class NoTimeIsNoFailure(ClientHandle):
    """With a timeout of 0 nothing is tried, and no time ran out: true."""

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        return True if timeout_ms == 0 else super().connect(host, port, timeout_ms)


@fault("connect.timeout-negative")
class NegativeTimeoutIsAFailure(ClientHandle):
    """With a negative timeout the connection is made, and false is said."""

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        return super().connect(host, port, timeout_ms) and timeout_ms >= 0


@fault("connect.timeout-negative", hangs=True)
class NegativeIsWithoutEnd(ClientHandle):
    """A negative timeout is handed to the system, for which it means to wait without end."""

    def seconds(self, timeout_ms: int) -> float:
        return super().seconds(timeout_ms) if timeout_ms >= 0 else 120.0


@fault("connect.inside-disconnect")
class CleansUpAfterDisconnect(ClientHandle):
    """The departure is cleaned up behind its callback, together with the connection that the callback made."""

    def depart(self) -> None:
        self.drop_client()
        self.tell_disconnect()
        self.drop_client()


@fault("connect.inside-error")
class RetryInsideErrorCrashes(ClientHandle):
    """A callback of an error that tries again runs out of stack, as each attempt keeps a large buffer on it."""

    depth = 0

    def fail_connect(self, message: str, code: int) -> bool:
        self.depth += 1
        if self.depth > 10:
            die()
        super().fail_connect(message, code)
        self.depth -= 1
        return False


@fault("connect.inside-error")
class FailedSendsEndTheConnection(ClientHandle):
    """A send that fails for want of a connection clears up behind itself, and what the error callback has made goes."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        failed = super().fail_send(data, size, message, code)
        self.drop_client()
        return failed
