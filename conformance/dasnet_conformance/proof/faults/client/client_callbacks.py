"""Faults of section client-callbacks: what is told, in which order, and what a callback that raises does."""

from __future__ import annotations

import contextlib

from dasnet_conformance.proof.faults.both_halves import ErrorsOneBehind, FirstCodeStays
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle
from dasnet_conformance.proof.faults.tools import drain


@fault("client-callbacks.order", may_kill=("client-data.send-and-leave",))
class ClientTellsTheEndBeforeTheRest(ClientHandle):
    """The departure is told as soon as it is seen, and what came with it afterwards."""

    def receive(self) -> None:
        data, ended = drain(self.client)
        if ended:
            self.depart()
        if data:
            self.tell_data(data)


@fault("client-callbacks.once")
class EveryTenthDepartureIsToldTwice(ClientHandle):
    """A table of connections wraps around at ten, and the departure on the seam is told twice."""

    departures = 0

    def depart(self) -> None:
        self.departures += 1
        super().depart()
        if self.departures % 10 == 0:
            self.tell_disconnect()


@fault("client-callbacks.not-connected-inside-disconnect", may_kill=("connect.inside-disconnect",))
class ConnectedInsideDisconnect(ClientHandle):
    """The callback comes first and the state after it, so that is_connected is true inside disconnect."""

    departing = False

    def depart(self) -> None:
        self.departing = True
        super().depart()
        self.departing = False

    def is_connected(self) -> bool:
        return self.departing or super().is_connected()


@fault("client-callbacks.raise-in-data")
class ClientSwallowsErrorsOfData(ClientHandle):
    """What the data callback raises is caught, and nobody hears of it."""

    def tell_data(self, data: bytes) -> None:
        with contextlib.suppress(Exception):
            super().tell_data(data)


@fault("client-callbacks.raise-in-data", may_kill=("client-callbacks.raise-in-disconnect",))
class ErrorOfDataLeavesTheClientTicking(ClientHandle):
    """What the data callback raises leaves the mark of a tick under way, and no tick does anything any more."""

    def tick(self) -> None:
        if self.ticking or self.owner is None:
            return
        self.ticking = True
        self.turn()
        self.ticking = False


@fault("client-callbacks.raise-in-connect")
class ClientSwallowsErrorsOfConnect(ClientHandle):
    """What the connect callback raises is caught, and nobody hears of it."""

    def tell_connect(self) -> None:
        with contextlib.suppress(Exception):
            super().tell_connect()


@fault("client-callbacks.raise-in-disconnect")
class ErrorOfDisconnectTellsItAgain(ClientHandle):
    """The connection is let go of behind the callback, so that one which raises is called again in every tick."""

    def depart(self) -> None:
        self.tell_disconnect()
        self.drop_client()


@fault("client-callbacks.error-code-of-its-failure")
class ClientsFirstCodeStays(FirstCodeStays, ClientHandle):
    """The code of a client's first error is kept and given with every later one."""


@fault("client-callbacks.error-code-of-its-failure")
class ClientsErrorsOneBehind(ErrorsOneBehind, ClientHandle):
    """The code of a client's error is read before the call that sets it: it is that of the error before."""
