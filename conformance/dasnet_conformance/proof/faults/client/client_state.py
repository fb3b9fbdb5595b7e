"""Faults of section client-state: what is_connected and send say in a state."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import Client, ClientHandle
from dasnet_conformance.proof.faults.tools import die, peek


@fault("client-state.new-object.is-connected")
class ConnectedWithoutHandle(Client):
    """is_connected without a handle is true, as nothing says that it is not."""

    def is_connected(self) -> bool:
        return self._client is None or super().is_connected()


@fault("client-state.new-object.send")
class SendsWithoutHandle(Client):
    """send without a handle does nothing and says true."""

    def send(self, data: bytes, size: int | None = None) -> bool:
        return self._client is None or super().send(data, size)


class _Remembers(ClientHandle):
    # What has happened to it so far.

    attempts = connections = departures = closes = 0

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        self.attempts += 1
        return super().connect(host, port, timeout_ms)

    def tell_connect(self) -> None:
        self.connections += 1
        super().tell_connect()

    def depart(self) -> None:
        self.departures += 1
        super().depart()

    def close(self) -> None:
        self.closes += 1
        super().close()

    def odd(self) -> bool:
        """Whether it is in the state in which this one answers wrongly."""
        return False


class _CountsAsConnected(_Remembers):
    def is_connected(self) -> bool:
        return self.odd() or super().is_connected()


class _CountsAsUnconnected(_Remembers):
    def is_connected(self) -> bool:
        return super().is_connected() and not self.odd()


class _SaysSent(_Remembers):
    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        return super().fail_send(data, size, message, code) or self.odd()


class _SaysNotSent(_Remembers):
    def send(self, data: bytes, size: int) -> bool:
        return super().send(data, size) and not self.odd()


@fault("client-state.handle-made.is-connected", may_kill=("client-construct.fires-nothing",))
class HandleCountsAsConnected(_CountsAsConnected):
    """With a handle is_connected is true before there was any connect."""

    def odd(self) -> bool:
        return not self.attempts


@fault("client-state.handle-made.send")
class SendsBeforeAnyConnect(_SaysSent):
    """send before any connect says true, as it has no server to disappoint it."""

    def odd(self) -> bool:
        return not self.attempts


@fault("client-state.connect-failed.is-connected", may_kill=("connect.refused",))
class FailureCountsAsConnected(_CountsAsConnected):
    """After a connect that failed is_connected is true: the socket of the attempt is there."""

    def odd(self) -> bool:
        return bool(self.attempts) and not self.connections


@fault("client-state.connect-failed.send")
class SendsAfterFailure(_SaysSent):
    """send after a connect that failed says true, and the bytes go nowhere."""

    def odd(self) -> bool:
        return bool(self.attempts) and not self.connections


@fault("client-state.connected.is-connected", may_kill=("client-state.connected-again.is-connected",))
class NeverCountsAsConnected(_CountsAsUnconnected):
    """is_connected is false until the server has said something."""

    heard = False

    def tell_data(self, data: bytes) -> None:
        self.heard = True
        super().tell_data(data)

    def odd(self) -> bool:
        return not self.heard


@fault("client-state.connected.send", may_kill=("client-state.connected-again.send",))
class FirstSendSaysFalse(_SaysNotSent):
    """The first send over a connection goes out, and says false."""

    sends = 0

    def odd(self) -> bool:
        self.sends += 1
        return self.sends == 1


@fault("client-state.server-gone.is-connected")
class AsksTheSocketAndFails(ClientHandle):
    """is_connected looks at the socket, and ends in an error when it finds the server gone."""

    def is_connected(self) -> bool:
        if self.client is not None and peek(self.client) == b"":
            raise ConnectionError("the server has gone")
        return super().is_connected()


@fault("client-state.server-gone.send", may_kill=("client-send.to-departed",))
class SendToGoneServerCrashes(ClientHandle):
    """Sending to a server that has left raises a signal that ends the process."""

    def send(self, data: bytes, size: int) -> bool:
        if self.client is not None and peek(self.client) == b"":
            die()
        return super().send(data, size)


@fault("client-state.departure-noticed.is-connected")
class DepartedStaysConnected(_CountsAsConnected):
    """A departure is told, and is_connected stays true."""

    def odd(self) -> bool:
        return bool(self.departures)


@fault("client-state.departure-noticed.send")
class SendsAfterDeparture(_SaysSent):
    """send after a departure says true, and keeps the bytes for nobody."""

    def odd(self) -> bool:
        return bool(self.departures)


@fault("client-state.closed.is-connected", "client-state.destroyed.is-connected")
class ClosedStaysConnected(_CountsAsConnected):
    """After close, by hand or by destruction, is_connected is true until a tick has looked."""

    def odd(self) -> bool:
        return bool(self.closes)


@fault("client-state.closed.send", "client-state.destroyed.send")
class SendsAfterClose(_SaysSent):
    """send after close, by hand or by destruction, says true."""

    def odd(self) -> bool:
        return bool(self.closes)


@fault("client-state.connected-again.is-connected")
class SecondConnectionIsNotSeen(_CountsAsUnconnected):
    """is_connected remembers the departure, and does not hear of the second connection."""

    def odd(self) -> bool:
        return bool(self.departures)


@fault("client-state.connected-again.send")
class SecondConnectionCannotSend(_SaysNotSent):
    """send remembers the departure, and says false over the second connection."""

    def odd(self) -> bool:
        return bool(self.departures)
