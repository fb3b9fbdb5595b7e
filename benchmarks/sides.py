"""The sides that are compared: the same small server on each of them, with the same few methods.

A side listens on loopback, serves one client, and does what is ready when `turn` is called once; `mode` is "echo" (it
sends back what it gets) or "sink" (it counts). asyncio, uvloop and Twisted turn their loop once, as a host with a frame
loop of its own would have them do. The raw side is no class: its system calls stand in the loops of each benchmark.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import dasnet_reference

# An implementation under adapters/ is no installed package.
sys.path.append(str(Path(__file__).parent.parent / "adapters" / "asyncio"))
network_asyncio: Any = importlib.import_module("network_asyncio")

#: What waits to be sent before a side asks its host to hold on.
CHUNK = 64 * 1024


class Turned(Protocol):
    """What a server and a client under measurement have in common."""

    connected: bool
    #: How many bytes came; a sink counts them.
    received: int
    #: Do once what is ready.
    turn: Callable[[], object]

    def offer(self, data: bytes) -> bool:
        """Send this if not too much is waiting; whether it was taken."""

    def close(self) -> None:
        """Give everything back."""


class Side(Turned, Protocol):
    """One server under measurement."""

    port: int


class Hearing:
    """What both halves of the documented API hear, of whichever module; `network_asyncio` has it too."""

    connected: bool
    received: int
    send: Callable[[bytes], bool]

    def on_connect(self) -> None:
        """Note that somebody is there."""
        self.connected = True

    def on_disconnect(self) -> None:
        """Note that nobody is there any more."""
        self.connected = False


class _EchoHearing(Hearing):
    def on_data(self, data: bytes) -> None:
        self.send(data)


class _SinkHearing(Hearing):
    def on_data(self, data: bytes) -> None:
        self.received += len(data)


#: Here as below each mode has a class of its own, so that no choice made in a callback is measured.
HEARING: dict[str, type[Hearing]] = {"echo": _EchoHearing, "sink": _SinkHearing}


@functools.cache
def _documented(base: Any, mode: str) -> Callable[..., Side]:
    class Documented(HEARING[mode], base):  # type: ignore[misc]
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            self.connected = False
            self.received = 0
            self.make_server_adapter()
            if not self.init(0):
                raise OSError("no port")
            self.turn = self.tick
            self.offer = self.send

    return Documented


def reference(mode: str) -> Side:
    """The reference. What may wait is bounded by its queue: it then refuses, and the host ticks and tries again."""
    return _documented(dasnet_reference.Server, mode)(queue_limit=CHUNK)


def network_on_asyncio(mode: str) -> Side:
    """The implementation under adapters/asyncio: the same API with an event loop inside."""
    return _documented(network_asyncio.Server, mode)()


class Conversation(asyncio.Protocol):
    """asyncio's fastest way: callbacks, no streams."""

    def __init__(self, side: Any) -> None:
        self.side = side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.side.transport = transport
        self.side.connected = True

    def connection_lost(self, _: Exception | None) -> None:
        self.side.connected = False

    def pause_writing(self) -> None:
        self.side.paused = True

    def resume_writing(self) -> None:
        self.side.paused = False


class _Echo(Conversation):
    def data_received(self, data: bytes) -> None:
        self.side.transport.write(data)


class _Sink(Conversation):
    def data_received(self, data: bytes) -> None:
        self.side.received += len(data)


CONVERSATIONS: dict[str, type[Conversation]] = {"echo": _Echo, "sink": _Sink}


class Looped:
    """asyncio or uvloop: `new_loop` says which. One turn of the loop per call of `turn`, of all its connections."""

    def __init__(self, new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
        self.connected = False
        self.received = 0
        self.paused = False
        self.transport: Any = None
        self.loop = new_loop()

    def turn(self) -> None:
        """One turn: what is ready, and no waiting."""
        self.loop.call_soon(self.loop.stop)
        self.loop.run_forever()

    def offer(self, data: bytes) -> bool:
        """Write unless the transport has asked to hold on."""
        if self.paused:
            return False
        self.transport.write(data)
        return True


class LoopSide(Looped):
    """A server, or several listeners, on such a loop."""

    def __init__(self, mode: str, new_loop: Callable[[], asyncio.AbstractEventLoop], listeners: int = 1) -> None:
        super().__init__(new_loop)
        make = self.loop.create_server
        protocol = CONVERSATIONS[mode]
        self.servers = [
            self.loop.run_until_complete(make(lambda: protocol(self), "127.0.0.1", 0, backlog=128))
            for _ in range(listeners)
        ]
        self.port = self.servers[0].sockets[0].getsockname()[1]

    def close(self) -> None:
        """Close the listeners, the client and the loop."""
        if self.transport is not None:
            self.transport.abort()
        for server in self.servers:
            server.close()
        for _ in range(5):
            self.turn()
        self.loop.close()


def on_asyncio(mode: str, listeners: int = 1) -> Side:
    """asyncio with the selector that the system has."""
    return LoopSide(mode, asyncio.SelectorEventLoop, listeners)


def on_uvloop(mode: str, listeners: int = 1) -> Side:
    """uvloop. Raises `ImportError` where it is not installed."""
    import uvloop

    return LoopSide(mode, uvloop.new_event_loop, listeners)


def twisted_conversation(side: Any, mode: str) -> Any:
    """The class of Twisted that talks for a side, a server's or a client's."""
    from twisted.internet import protocol

    class Conversation(protocol.Protocol):  # type: ignore[misc]
        def connectionMade(self) -> None:  # noqa: N802
            side.transport = self.transport
            side.transport.setTcpNoDelay(True)
            side.transport.registerProducer(self, True)
            side.connected = True

        def connectionLost(self, _: object = None) -> None:  # noqa: N802
            side.connected = False

        def pauseProducing(self) -> None:  # noqa: N802
            side.paused = True

        def resumeProducing(self) -> None:  # noqa: N802
            side.paused = False

        def stopProducing(self) -> None:  # noqa: N802
            side.paused = False

    class Echo(Conversation):
        def dataReceived(self, data: bytes) -> None:  # noqa: N802
            self.transport.write(data)

    class Sink(Conversation):
        def dataReceived(self, data: bytes) -> None:  # noqa: N802
            side.received += len(data)

    return Echo if mode == "echo" else Sink


class TwistedSide:
    """Twisted's reactor, iterated once per turn. There is one reactor in a process, which all of these share."""

    def __init__(self, mode: str, listeners: int = 1) -> None:
        from twisted.internet import protocol, reactor

        self.connected = False
        self.received = 0
        self.paused = False
        self.transport: Any = None
        self.reactor: Any = reactor
        if not self.reactor.running:
            self.reactor.startRunning(installSignalHandlers=False)

        factory = protocol.Factory.forProtocol(twisted_conversation(self, mode))
        self.ports = [self.reactor.listenTCP(0, factory, backlog=128, interface="127.0.0.1") for _ in range(listeners)]
        self.port = self.ports[0].getHost().port

    def turn(self) -> None:
        """One iteration, without waiting."""
        self.reactor.iterate(0)

    def offer(self, data: bytes) -> bool:
        """Write unless the transport has asked to hold on."""
        if self.paused:
            return False
        self.transport.write(data)
        return True

    def close(self) -> None:
        """Close the listeners and the client; the reactor stays for the next one."""
        if self.transport is not None:
            self.transport.unregisterProducer()
            self.transport.abortConnection()
        for port in self.ports:
            port.stopListening()
        for _ in range(5):
            self.turn()


MAKERS: dict[str, Callable[[str], Side]] = {
    "reference": reference,
    "asyncio": on_asyncio,
    "uvloop": on_uvloop,
    "Twisted": TwistedSide,
    "adapters/asyncio": network_on_asyncio,
}


def dial(port: int, source: str = "127.0.0.1") -> socket.socket:
    """A client, which gives up reading after ten seconds. `source` is the loopback address that it comes from."""
    client = socket.create_connection(("127.0.0.1", port), source_address=(source, 0))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # The option, not `settimeout`: with that, every call on the socket would be two system calls.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, (10).to_bytes(8, "little") + bytes(8))
    return client


def taken(side: Side) -> None:
    """Turn until the client is taken."""
    for _ in range(100_000):
        if side.connected:
            return
        side.turn()
    raise TimeoutError(f"{side} takes no client")
