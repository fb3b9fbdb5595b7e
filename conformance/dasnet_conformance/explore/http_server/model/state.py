"""The model's picture of HTTP servers: connections and their requests, handles, objects, orphans. It judges nothing.

Rules of the picture:

1. The requests of a connection are called back in their order, and answered in the same: `final` counts the answers
   that have arrived, and the request of that place is the next to be answered.
2. A connection is `over` when it has to end: an answer or a request said so. It is `wild` when all is allowed on it
   that does not call back twice: behind a wrong request that may be read in many ways, or one that was turned down.
3. A peer that left may have been read or not. What it asked may be called back, and nobody is owed an answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dasnet_conformance.explore.http_server.content import Unit
from dasnet_conformance.stage.peer import Peer


@dataclass(eq=False)
class WebConnection:
    """One connection of a peer to an HTTP server, from its connect to the end of the script."""

    serial: int
    peer: int
    wire: Peer
    handle: WebHandle
    units: list[Unit] = field(default_factory=list)
    #: All that its requests are made of; of it so much was given to the wire, or, when it left, taken by the system.
    text: bytearray = field(default_factory=bytearray)
    sent: int = 0
    #: "" while open, then "half-closed", "closed" or "reset".
    end: str = ""
    #: The server has had its time to notice a reset.
    noticed: bool = False
    #: Bytes received that were judged, and final answers among them.
    consumed: int = 0
    final: int = 0
    over: str = ""
    wild: bool = False
    #: It stopped reading once.
    paused: bool = False
    #: Its end was judged.
    ended: bool = False

    @property
    def taken(self) -> int:
        """Bytes that the system has taken for the server."""
        return self.sent if self.gone else self.sent - self.wire.unsent - self.wire.undelivered

    @property
    def gone(self) -> bool:
        """Whether the peer has no socket any more."""
        return self.end in ("closed", "reset")

    @property
    def unit(self) -> Unit | None:
        """The request that is answered next."""
        return self.units[self.final] if self.final < len(self.units) else None

    @property
    def wrong(self) -> bool:
        """Whether a wrong request is among its own."""
        return any(unit.vector is not None for unit in self.units)

    def whole(self, unit: Unit) -> bool:
        """Whether all of the request was sent."""
        return self.sent >= unit.end

    def next_call(self) -> int:
        """The place of the request that is called back next; as many as there are, if none is left."""
        called = (place for place, unit in enumerate(self.units) if not unit.called and unit.received is None)
        return next(called, len(self.units))

    def may_be_cut_short(self, place: int) -> bool:
        """Whether an answer before that place may be the last: it was given and not seen yet, or was asked to be."""
        before = self.units[self.final : place]
        return any(unit.given is not None or unit.closes for unit in before)


@dataclass(eq=False)
class WebHandle:
    """The handle of an HTTP server. `hears` is the label of the object that it calls back, None in an orphan."""

    hears: int | None
    port: int = 0
    state: str = "listening"
    reloads: int = 0
    #: Ticks that it has had.
    ticks: int = 0
    exchanges: dict[int, tuple[WebConnection, Unit]] = field(default_factory=dict)
    formers: set[int] = field(default_factory=set)


@dataclass(eq=False)
class WebObject:
    """One object of an HTTP class, by its label. `last` is the handle that it holds, or held last."""

    label: int
    kind: str
    handle: WebHandle | None = None
    last: WebHandle | None = None
    destroyed: bool = False
    reaction: str = "nothing"


@dataclass
class WebState:
    """Everything that the model knows of HTTP servers."""

    objects: dict[int, WebObject] = field(default_factory=dict)
    connections: list[WebConnection] = field(default_factory=list)
    #: The connection of each peer, by its number.
    current: dict[int, WebConnection] = field(default_factory=dict)
    orphans: dict[int, WebHandle] = field(default_factory=dict)
    handles: list[WebHandle] = field(default_factory=list)
    #: A callback raised, in this script.
    raised: bool = False

    def of(self, handle: WebHandle) -> Iterator[WebConnection]:
        """The connections of a handle."""
        return (each for each in self.connections if each.handle is handle)

    def somebody_left(self) -> bool:
        """Whether a peer has left, or will write no more."""
        return any(each.end for each in self.connections)

    # Transitions

    def opened(self, obj: WebObject, port: int) -> None:
        """The object has a handle that listens."""
        obj.handle = obj.last = WebHandle(obj.label, port)
        self.handles.append(obj.handle)

    def closed(self, handle: WebHandle) -> None:
        """A handle is no more: its connections are at an end."""
        handle.state, handle.hears = "closed", None
        for obj in self.objects.values():
            if obj.handle is handle:
                obj.handle = None

    def saved(self, obj: WebObject, orphan: int) -> None:
        """The object's handle is in the orphan."""
        handle = obj.handle
        if handle is None:
            return
        handle.formers.add(obj.label)
        handle.hears, obj.handle = None, None
        self.orphans[orphan] = handle

    def restored(self, obj: WebObject, orphan: int) -> None:
        """The orphan's handle is in the object."""
        handle = self.orphans.pop(orphan)
        obj.handle = obj.last = handle
        handle.hears, handle.reloads = obj.label, handle.reloads + 1
        handle.formers.discard(obj.label)
        for connection in self.of(handle):
            for unit in connection.units[connection.final :]:
                unit.reloaded = unit.reloaded or unit.began is not None
