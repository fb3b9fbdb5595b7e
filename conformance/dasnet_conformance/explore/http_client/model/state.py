"""The model's picture of HTTP clients: what each has asked, on which connection it came, what it was answered.

Rules of the picture:

1. A request has one outcome. What it has to be is known once its answer is whole, once it is broken, or once the host
   gave the request up; until then it waits, and may have none.
2. The server answers what has arrived on a connection in its order: `answered` counts the answers that are whole.
3. `last` is why nothing may be asked on a connection any more: the requirement that says so.
4. A connection that ends takes along what was asked on it, and what may have been on its way: those may fail.
5. A request is asked on a connection once its head is there, and has arrived once it is whole. In between it is what is
   `incoming`, and may be answered already.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dasnet_adapters.contract import Event
from dasnet_conformance.explore.http_client.content import Reply
from dasnet_conformance.stage.listener import Listener
from dasnet_conformance.stage.peer import Peer

from .traffic import Traffic


@dataclass(frozen=True)
class Limits:
    """The limits of a client, in ticks; 0 for none."""

    stall: int = 0
    deadline: int = 0


@dataclass(eq=False)
class Asked:
    """One request that was accepted, and what came of it."""

    number: int
    method: str
    target: str
    fields: tuple[bytes, ...]
    given: str
    body: bytes
    #: Ticks of its handle when it was accepted.
    since: int
    #: Nobody listens where it is to be asked; or nobody takes the connection.
    of_nobody: bool = False
    of_silence: bool = False
    #: Why its outcome has to be a failure, by requirement; whether it may be one.
    doomed: str = ""
    may_fail: bool = False
    #: Given up before any tick: it may not go out.
    unsent: bool = False
    #: The connections on which its head came, and those on which all of it did.
    seen: list[SiteConnection] = field(default_factory=list)
    arrived: list[SiteConnection] = field(default_factory=list)
    reply: Reply | None = None
    outcome: Event | None = None
    #: What was asked, or answered, before a reload and not told.
    reloaded: bool = False

    @property
    def answered(self) -> bool:
        """Whether its answer is whole."""
        return self.reply is not None and self.reply.complete

    @property
    def waits(self) -> bool:
        """Whether it has had no outcome."""
        return self.outcome is None

    @property
    def on_the_way(self) -> bool:
        """Whether it is at the server, which may still answer."""
        return any(each.live for each in self.arrived)

    def incoming_at(self) -> SiteConnection | None:
        """The connection on which it is coming, a part of its body being there or not."""
        return next((each for each in self.seen if each.live and each.incoming is self), None)


@dataclass(eq=False)
class SiteConnection:
    """One connection of a client to the server of the suite."""

    wire: Peer
    handle: AskerHandle
    asked: list[Asked] = field(default_factory=list)
    answered: int = 0
    consumed: int = 0
    #: The request of which the head is there and the body is not, and the bytes that it takes to be whole at least.
    incoming: Asked | None = None
    needs: int = 0
    #: The bytes that were there at the last look; whether it has been read with a small buffer from the beginning.
    looked: int = 0
    narrow: bool = False
    traffic: Traffic = field(default_factory=Traffic)
    #: The place beyond the request that was last told to go on with its body.
    invited: int = 0
    #: "" while open, then "half-closed", "closed" or "reset".
    end: str = ""
    last: str = ""
    #: The end of it that the client owes, by requirement.
    owed_end: str = ""

    @property
    def live(self) -> bool:
        """Whether both ends are up."""
        return not self.end and self.wire.closed is None

    @property
    def unread(self) -> bool:
        """Whether the server reads nothing for now, so that it sees no end."""
        return not self.wire.reading and self.incoming is not None

    @property
    def hidden(self) -> bool:
        """Whether there may be another request that it does not see."""
        return self.live and self.unread

    def say(self, data: bytes) -> None:
        """Send bytes to the client."""
        self.wire.send(data)
        self.traffic.sends(self.handle.ticks, len(data))

    @property
    def current(self) -> Asked | None:
        """The request that is answered next."""
        return self.asked[self.answered] if self.answered < len(self.asked) else None

    @property
    def serves_again(self) -> bool:
        """Whether the next request has to be asked here: nothing was said or done against it but by the client."""
        if self.end or self.last or self.owed_end or not self.asked or self.current is not None:
            return False
        return all(each.reply is not None and each.reply.kept and not each.doomed for each in self.asked)


@dataclass(eq=False)
class AskerHandle:
    """The handle of an HTTP client. `hears` is the label of the object that it calls back, None in an orphan."""

    hears: int | None
    open: bool = False
    closed: bool = False
    towards: str = ""
    listeners: list[Listener] = field(default_factory=list)
    #: How each of them was named, as Host has it.
    hosts: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    connections: list[SiteConnection] = field(default_factory=list)
    ticks: int = 0
    #: Its ticks before the call that ran last, and ticks from inside its callbacks, which may count or not.
    before: int = 0
    nested: int = 0
    #: Ticks at the last outcome.
    told: int = 0
    reloads: int = 0
    limits: Limits = Limits()
    #: It is held by an object that was made with other limits: whose count is not said.
    limits_open: bool = False
    #: The server reads no more of a body than came with its head.
    paused: bool = False

    def waiting(self) -> list[Asked]:
        """The requests without an outcome."""
        return [each for each in self.asked if each.waits]

    def numbered(self, number: int) -> Asked | None:
        """The request of that number."""
        return next((each for each in self.asked if each.number == number), None)

    @property
    def connection(self) -> SiteConnection | None:
        """The last connection that both ends hold up."""
        return next((each for each in reversed(self.connections) if each.live), None)

    def give_up(self, requirement: str, *, inside: bool = False) -> None:
        """The host ended all that was asked; `inside` a callback, where a response may have come about already."""
        for each in self.waiting():
            if inside and each.answered:
                each.may_fail = True
                continue
            each.doomed, each.unsent = each.doomed or requirement, each.since == self.ticks
        for connection in self.connections:
            connection.owed_end = connection.owed_end or requirement


@dataclass(eq=False)
class Asker:
    """One object of a class of HTTP clients, by its label. `last` is the handle that it holds, or held last."""

    label: int
    handle: AskerHandle | None = None
    last: AskerHandle | None = None
    destroyed: bool = False
    #: What it does inside the callback of a response, and of a failure.
    reactions: dict[str, str] = field(default_factory=dict)
    limits: Limits = Limits()

    def reacts(self) -> list[str]:
        """All that it does inside callbacks."""
        return [action for action in self.reactions.values() if action != "nothing"]


@dataclass
class AskerState:
    """Everything that the model knows of HTTP clients."""

    objects: dict[int, Asker] = field(default_factory=dict)
    orphans: dict[int, AskerHandle] = field(default_factory=dict)
    handles: list[AskerHandle] = field(default_factory=list)
    #: A callback raised in this script: outcomes may be told in a later tick than they came about.
    raised: bool = False

    def connections(self) -> Iterator[SiteConnection]:
        """Every connection."""
        return (connection for handle in self.handles for connection in handle.connections)

    def ended(self, handle: AskerHandle, requirement: str) -> None:
        """A handle is no more: nothing is told of what it was asked."""
        handle.give_up(requirement)
        handle.closed, handle.open, handle.hears = True, False, None
        for obj in self.objects.values():
            if obj.handle is handle:
                obj.handle = None

    def saved(self, obj: Asker, orphan: int) -> None:
        """The object's handle is in the orphan."""
        handle = obj.handle
        if handle is not None:
            handle.hears, obj.handle = None, None
            self.orphans[orphan] = handle

    def restored(self, obj: Asker, orphan: int) -> None:
        """The orphan's handle is in the object."""
        handle = self.orphans.pop(orphan)
        obj.handle = obj.last = handle
        handle.hears, handle.reloads = obj.label, handle.reloads + 1
        handle.limits_open = handle.limits_open or obj.limits != handle.limits
        for each in handle.waiting():
            each.reloaded = True
            if each.reply is not None and each.reply.sent and not each.reply.complete:
                each.reply.reloaded = True
