"""The model's picture of the world: connections, handles, objects, orphans. It knows what holds, and judges nothing.

Rules of the picture:

1. Connections wait in a handle's queue in the order in which they were made. The one at its front is taken next; but a
   connection that was reset, or closed without a byte, while it waited may as well never show up (`skippable`). So the
   client of a handle is a list of candidates: some skippable ones, and the first that is not. Whatever tells them apart
   later (a byte from one of them, a byte at one of them, a departure) narrows the list.
2. What is the system's to lose is not asked for: what a peer sent before it reset, or closed with bytes unread, or to
   which the host sent after it had closed.
3. After a callback raised, the implementation may keep the client or end its connection (`shaken`). Of one that is kept
   nothing is lost and nothing comes twice; after a disconnect callback nobody is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dasnet_conformance.explore.shared.wire import Wire


@dataclass(eq=False)
class Connection:
    """One connection of a peer, from its connect to the end of the script."""

    serial: int
    peer: int
    wire: Wire
    #: Which of this peer's connections it is, from 1: a peer that left may come again.
    turn: int = 1
    #: What its other end is called, before its number: a peer, or a client of the implementation.
    called: str = "peer"
    #: Bytes the peer was told to send; after its end, only those that the system took.
    queued: int = 0
    delivered: int = 0
    #: "" while open, then "half-closed", "closed", "reset"; "dropped" when the server ended it and was allowed to.
    end: str = ""
    was_half_closed: bool = False
    #: What it sent may be lost.
    loss_allowed: bool = False
    #: What the host sent to it and send accepted, and how much of it was compared with what arrived.
    sent_to: bytearray = field(default_factory=bytearray)
    compared: int = 0
    #: A send of much was refused: of that call nothing arrives, or the connection is closed.
    refused: bool = False
    #: Bytes arrived after that which were not accepted, so that it has to be closed: what they are.
    excess: str = ""
    #: Its server may have given it up: nothing is asked of either side any more.
    given_up: bool = False
    #: How many of its bytes it sent before it was taken, before the last save, and before the last restore.
    early: int = 0
    before_save: int = 0
    before_restore: int = 0
    #: The server that counts its half-close as a departure, and owes it what was accepted until then.
    owed_by: Handle | None = None
    #: It left while its server waited in an orphan.
    left_orphan: bool = False
    #: Its departure was told, although this end may still be open (after a half-close).
    departed: bool = False
    #: A server closed while it was connected or waiting.
    orphaned: bool = False
    #: Some of that came from buffers that the caller used again at once.
    reused: bool = False
    #: Its peer is no server's client, but the other end of a client of the implementation.
    of_listener: bool = False
    #: The end of the last buffer beyond its size, to tell that it was sent after all.
    beyond: bytes = b""
    beyond_requirement: str = ""

    @property
    def gone(self) -> bool:
        """Whether the peer has ended it, or lost it."""
        return self.end not in ("", "half-closed")

    @property
    def complete(self) -> bool:
        """Whether all that must be delivered of it was."""
        return self.loss_allowed or self.given_up or self.delivered >= self.queued

    @property
    def skippable(self) -> bool:
        """Whether it may leave the queue without ever being told of."""
        return self.end in ("reset", "dropped") or self.given_up or (self.end == "closed" and self.complete)

    @property
    def may_leave(self) -> bool:
        """Whether a disconnect callback for it is in order now."""
        return self.given_up or self.refused or (self.end != "" and self.complete)

    def let_go(self, handle: Handle) -> None:
        """Its server ends it. One that has only shut down writing, and reads on, is owed what was accepted."""
        if self.end == "half-closed" and not (self.refused or self.given_up or self.orphaned or handle.shaken):
            self.owed_by = handle

    @property
    def unread(self) -> int:
        """Bytes that were sent to it and have not reached it."""
        return len(self.sent_to) - len(self.wire.received)

    def __str__(self) -> str:
        name = f"{self.called} {self.peer}"
        return name if self.turn == 1 else f"{name} (connection {self.turn})"


@dataclass(eq=False)
class Handle:
    """One NetworkServer. `holder` is the object whose field it is in, `hears` the one that it calls back."""

    holder: int | None
    hears: int | None
    #: made, listening, closed
    state: str = "made"
    port: int = 0
    queue: list[Connection] = field(default_factory=list)
    client: list[Connection] = field(default_factory=list)
    shaken: bool = False
    #: Clients whose departure was told.
    served: int = 0
    #: It was saved and restored, and nothing was told since then.
    fresh: bool = False
    reloads: int = 0
    saved_inside: bool = False
    init_failed: bool = False
    #: Objects that it called back before.
    formers: set[int] = field(default_factory=set)
    #: When closed: the requirements of its client's end, of a waiting client's end, and of its port.
    closing: tuple[str, str, str] = ("", "", "")
    #: A disconnect callback may still come in the call that closed it.
    farewell: bool = False

    @property
    def certain(self) -> Connection | None:
        """The client, when it is certain who that is and that it is there."""
        if len(self.client) != 1 or self.shaken:
            return None
        only = self.client[0]
        return only if only.end == "" and not only.given_up and not only.refused else None

    def next_candidates(self) -> list[Connection]:
        """Who may be taken next: the skippable ones at the front of the queue, and the first that is not."""
        candidates = []
        for connection in self.queue:
            candidates.append(connection)
            if not connection.skippable:
                break
        return candidates

    def take(self, candidates: list[Connection]) -> None:
        """One of the candidates was taken."""
        self.queue = [connection for connection in self.queue if connection not in candidates]
        self.client = candidates

    def settle_on(self, connection: Connection) -> None:
        """It is this candidate: earlier ones were skipped, later ones still wait."""
        if len(self.client) == 1:
            return
        place = self.client.index(connection)
        for waiting in self.client[place + 1 :]:
            waiting.sent_to.clear()
        self.queue = self.client[place + 1 :] + self.queue
        self.client = [connection]

    def leave(self, connection: Connection) -> None:
        """This candidate was the client, and its departure was told."""
        self.settle_on(connection)
        connection.let_go(self)
        self.client = []
        self.shaken = False
        self.served += 1
        connection.departed = True


@dataclass(eq=False)
class ModelObject:
    """One object: the handle in its field, and what it does inside callbacks."""

    label: int
    kind: str
    handle: Handle | None = None
    #: The handle it held last, which tells the port that a peer means.
    last: Handle | None = None
    destroyed: bool = False
    had_handle: bool = False
    reactions: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class State:
    """All of it."""

    objects: dict[int, ModelObject] = field(default_factory=dict)
    handles: list[Handle] = field(default_factory=list)
    orphans: dict[int, Handle] = field(default_factory=dict)
    connections: list[Connection] = field(default_factory=list)
    #: The connection that a peer uses now or used last.
    current: dict[int, Connection] = field(default_factory=dict)
    #: Ports on which nothing may listen any more, each with the requirement that says so.
    freed: dict[int, str] = field(default_factory=dict)

    def handle_of(self, connection: Connection) -> Handle | None:
        """The handle at which a connection waits or is client (or one of the candidates)."""
        for handle in self.handles:
            if connection in handle.queue or connection in handle.client:
                return handle
        return None

    def hearing(self, label: int) -> Handle | None:
        """The handle that calls this object back without being held by it, as after server_restore."""
        for handle in self.handles:
            if handle.state != "closed" and handle.hears == label and handle.holder != label:
                return handle
        return None

    def live(self) -> Iterator[Handle]:
        """The handles that are not closed and that an object holds, so that its ticks reach them."""
        return (handle for handle in self.handles if handle.state != "closed" and handle.holder is not None)

    # Transitions

    def made(self, obj: ModelObject) -> None:
        """The object has a new handle."""
        obj.handle = obj.last = Handle(holder=obj.label, hears=obj.label)
        obj.had_handle = True
        self.handles.append(obj.handle)

    def closed(self, handle: Handle, client: str, waiting: str, port: str) -> None:
        """A handle is no more, for these reasons; its connections are at an end, its port is free."""
        for connection in (*handle.client, *handle.queue):
            connection.orphaned = connection.loss_allowed = True
        if handle.state == "listening":
            self.freed[handle.port] = port
        handle.state, handle.closing = "closed", (client, waiting, port)
        handle.farewell = bool(handle.client)
        for obj in self.objects.values():
            if obj.handle is handle:
                obj.handle = None
        handle.holder = None

    def saved(self, obj: ModelObject, orphan: int) -> None:
        """The object's handle is in the orphan."""
        handle = obj.handle
        if handle is None:
            return
        if handle.hears is not None:
            handle.formers.add(handle.hears)
        obj.handle = handle.holder = handle.hears = None
        self.orphans[orphan] = handle
        for connection in (*handle.client, *handle.queue):
            connection.before_save = connection.queued

    def restored(self, obj: ModelObject, orphan: int) -> None:
        """The orphan's handle is in the object."""
        handle = self.orphans.pop(orphan)
        obj.handle = obj.last = handle
        obj.had_handle = True
        handle.holder = handle.hears = obj.label
        handle.formers.discard(obj.label)
        handle.fresh, handle.reloads = True, handle.reloads + 1
        for connection in (*handle.client, *handle.queue):
            connection.before_restore = connection.queued
