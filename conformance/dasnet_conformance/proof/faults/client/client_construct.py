"""Faults of section client-construct: a new client object, and its handle."""

from __future__ import annotations

from typing import Any, ClassVar

from dasnet_conformance.proof.faults.both_halves import ErrorsGoToTheLatest
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import Client, ClientHandle, ClientLowLevel
from dasnet_conformance.proof.faults.tools import LOST, die, overrides


@fault("client-construct.succeeds")
class ClientNeedsAServer(Client):
    """A client cannot be made without the server that it is to connect to."""

    def __init__(self) -> None:
        raise TypeError("name a server")


@fault("client-construct.adapter")
class ClientAdapterRaises(Client):
    """Making the handle ends in an error, though the handle was made."""

    def make_client_adapter(self) -> None:
        super().make_client_adapter()
        raise RuntimeError("no class information")


@fault("client-construct.fires-nothing")
class ClientAdapterTellsConnect(Client):
    """Making the handle calls connect back, as if there were a connection."""

    def make_client_adapter(self) -> None:
        super().make_client_adapter()
        self.on_connect()


@fault("client-construct.harmless")
class TickWithoutClientHandleCrashes(Client):
    """A tick of a client that has no handle follows a null pointer, and the process dies."""

    def tick(self) -> None:
        if self._client is None:
            die()
        super().tick()


@fault("client-construct.connect-without-handle")
class ConnectWithoutHandleSaysTrue(Client):
    """connect without a handle does nothing and says true."""

    def connect(self, host: str, port: int, timeout_ms: int = 5000) -> bool:
        return self._client is None or super().connect(host, port, timeout_ms)


@fault("client-construct.no-callbacks")
class ClientNeedsItsCallbacks(ClientHandle):
    """A class that does not override the data callback is an error as soon as data come."""

    def tell_data(self, data: bytes) -> None:
        if not overrides(self.owner, "on_data"):
            raise TypeError("on_data has to be overridden")
        super().tell_data(data)


@fault("client-construct.several")
class ErrorsGoToTheLastClient(ErrorsGoToTheLatest, ClientHandle):
    """The error callback is one variable of the module, which holds that of the client that was made last."""

    latest: ClassVar[list[Any]] = []


@fault("client-construct.several")
class LastClientHearsAll(ClientHandle):
    """Callbacks go through one variable for all clients, which holds the one that was made last."""

    latest: ClassVar[list[Any]] = []

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.latest[:] = [owner]

    def tell_data(self, data: bytes) -> None:
        self.latest[0].on_data(data)


@fault("client-construct.adapter-twice")
class SecondClientAdapterTakesTheHandle(Client):
    """Making the handle a second time ends the first one and leaves nothing in its place."""

    def make_client_adapter(self) -> None:
        if self._client is None:
            super().make_client_adapter()
        else:
            self._client.destroy()
            self._client = None


@fault("client-construct.adapter-twice")
class SecondClientAdapterLosesTheConnection(ClientLowLevel):
    """Making the handle again while there is a connection forgets the connection, whose server waits for ever."""

    FOR_METHODS = True

    def replace(self, obj: Any, handle: ClientHandle) -> None:
        LOST.append(obj._client)
        obj._client = handle
