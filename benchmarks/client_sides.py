"""The client sides that are compared: the same small client on each of them, with the same few methods.

As in `sides`, of which this is the other half: a side connects to loopback, does what is ready when `turn` is called
once, and is an "echo" or a "sink". Whoever it is connected to is a raw socket of the benchmark's own.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from typing import Any, Protocol

import dasnet_reference
from sides import CHUNK, CONVERSATIONS, HEARING, Looped, Turned, network_asyncio, twisted_conversation


class ClientSide(Turned, Protocol):
    """One client under measurement."""

    def join(self, port: int) -> None:
        """Connect; returns when the connection stands."""

    def leave(self) -> None:
        """End the connection; another may follow."""


@functools.cache
def _documented(base: Any, mode: str) -> Callable[..., ClientSide]:
    class Documented(HEARING[mode], base):  # type: ignore[misc]
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            self.connected = False
            self.received = 0
            self.make_client_adapter()
            self.turn = self.tick
            self.offer = self.send

        def join(self, port: int) -> None:
            if not self.connect("127.0.0.1", port):
                raise OSError("no connection")

        def leave(self) -> None:
            self.close()
            self.connected = False

    return Documented


def reference(mode: str) -> ClientSide:
    """The reference. What may wait is bounded by its queue: it then refuses, and the host ticks and tries again."""
    return _documented(dasnet_reference.Client, mode)(queue_limit=CHUNK)


def network_on_asyncio(mode: str) -> ClientSide:
    """The implementation under adapters/asyncio: the same API with an event loop inside."""
    return _documented(network_asyncio.Client, mode)()


class LoopClient(Looped):
    """A client, or several, on a loop."""

    def __init__(self, mode: str, new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
        super().__init__(new_loop)
        self._protocol = functools.partial(CONVERSATIONS[mode], self)
        self._transports: list[Any] = []

    def join(self, port: int) -> None:
        """Connect once more; `offer` writes on the last connection."""
        transport, _ = self.loop.run_until_complete(self.loop.create_connection(self._protocol, "127.0.0.1", port))
        self._transports.append(transport)

    def leave(self) -> None:
        """Close the last connection."""
        self._transports.pop().close()
        while self.connected:
            self.turn()

    def close(self) -> None:
        """Close the connections and the loop."""
        for transport in self._transports:
            transport.abort()
        for _ in range(5):
            self.turn()
        self.loop.close()


def on_asyncio(mode: str) -> ClientSide:
    """asyncio with the selector that the system has."""
    return LoopClient(mode, asyncio.SelectorEventLoop)


def on_uvloop(mode: str) -> ClientSide:
    """uvloop. Raises `ImportError` where it is not installed."""
    import uvloop

    return LoopClient(mode, uvloop.new_event_loop)


class TwistedClient:
    """Twisted's reactor, iterated once per turn. There is one reactor in a process, which all of these share."""

    def __init__(self, mode: str) -> None:
        from twisted.internet import protocol, reactor

        self.connected = False
        self.received = 0
        self.paused = False
        self.transport: Any = None
        self.reactor: Any = reactor
        if not self.reactor.running:
            self.reactor.startRunning(installSignalHandlers=False)
        self._factory = protocol.ClientFactory.forProtocol(twisted_conversation(self, mode))
        self._factory.noisy = False
        self._transports: list[Any] = []

    def join(self, port: int) -> None:
        """Connect once more; `offer` writes on the last connection."""
        self.connected = False
        self.reactor.connectTCP("127.0.0.1", port, self._factory)
        while not self.connected:
            self.turn()
        self._transports.append(self.transport)

    def turn(self) -> None:
        """One iteration, without waiting."""
        self.reactor.iterate(0)

    def offer(self, data: bytes) -> bool:
        """Write unless the transport has asked to hold on."""
        if self.paused:
            return False
        self.transport.write(data)
        return True

    def leave(self) -> None:
        """Close the last connection."""
        transport = self._transports.pop()
        transport.unregisterProducer()
        transport.loseConnection()
        while self.connected:
            self.turn()

    def close(self) -> None:
        """Close the connections; the reactor stays for the next one."""
        for transport in self._transports:
            transport.unregisterProducer()
            transport.abortConnection()
        for _ in range(5):
            self.turn()


MAKERS: dict[str, Callable[[str], ClientSide]] = {
    "reference": reference,
    "asyncio": on_asyncio,
    "uvloop": on_uvloop,
    "Twisted": TwistedClient,
    "adapters/asyncio": network_on_asyncio,
}
