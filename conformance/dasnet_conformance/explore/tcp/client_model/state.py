"""The model's picture of clients of the implementation: what each is connected to, and what it may answer.

A connection of theirs is one of `server_model`, seen from its other end: what the peer sends is what a client is given,
and what a client sends arrives at the peer. Where the peer is a server of the same implementation, it is the same
connection in both pictures, and `OwnWire` stands where a peer's socket would be. It knows what holds, and judges no
event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from dasnet_conformance.explore.shared.content import stream
from dasnet_conformance.explore.shared.limits import MUCH_AT_ONCE, SOME_QUEUED
from dasnet_conformance.explore.tcp.server_model.state import Connection

_EITHER: Final = frozenset(("true", "false"))
_TRUE: Final = frozenset(("true",))
_FALSE: Final = frozenset(("false",))
_FALSE_OR_REFUSED: Final = frozenset(("false", "refused"))
_ANY: Final = frozenset(("true", "false", "refused"))


class OwnWire:
    """A client of the implementation as the end of a connection of its server: what it was given."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.closed: str | None = None
        self.reading = True
        self.unsent = 0


@dataclass(eq=False)
class Caller:
    """One client of the implementation, by its label."""

    label: int
    made: bool = False
    destroyed: bool = False
    #: What it is connected to, as far as its ticks have seen.
    connection: Connection | None = None
    #: Why it is not connected: a state of the table in the catalogue.
    without: str = "handle-made"
    #: Connections that it has had.
    turns: int = 0
    #: A callback raised over this connection: it may have been ended for that.
    shaken: bool = False
    reactions: dict[str, str] = field(default_factory=dict)
    #: Connections that it ended itself, each with the requirement of the end that the other side has to see.
    ended: list[tuple[Connection, str]] = field(default_factory=list)

    @property
    def certain(self) -> Connection | None:
        """The connection, when it is certain that it stands."""
        there = self.connection
        if there is None or self.shaken or there.end or there.refused or there.given_up or there.orphaned:
            return None
        return there

    def connected(self, connection: Connection) -> None:
        """It is connected to that from now on."""
        self.connection, self.shaken = connection, False
        self.turns += 1

    def left(self, without: str) -> None:
        """It is not connected any more, for that reason."""
        self.connection, self.without, self.shaken = None, without, False

    def end(self, without: str, requirement: str) -> None:
        """It ends its connection itself; the other side has to see that."""
        connection = self.connection
        if connection is None:
            return
        # Ending a connection over what was not read is a reset, which may take along what was sent.
        lost = missing(connection) > 0 or connection.unread > MUCH_AT_ONCE or connection.end != ""
        if connection.of_listener:
            connection.loss_allowed = connection.loss_allowed or lost or self.shaken
            self.ended.append((connection, requirement))
        elif not connection.gone:
            connection.end = "closed"
            unread = connection.queued - connection.delivered
            connection.loss_allowed = connection.loss_allowed or lost or self.shaken or unread > MUCH_AT_ONCE
        self.left(without)


def incoming(connection: Connection) -> bytes | bytearray:
    """All that the other end has sent to the client so far."""
    return stream(connection.serial)[: connection.queued] if connection.of_listener else connection.sent_to


def given(connection: Connection) -> int:
    """How much of that the client was given."""
    return connection.delivered if connection.of_listener else len(connection.wire.received)


def missing(connection: Connection) -> int:
    """How much of that it was not given yet."""
    return len(incoming(connection)) - given(connection)


def on_its_way(connection: Connection) -> int:
    """Bytes that the client sent and that have not arrived at the other end."""
    return connection.unread if connection.of_listener else connection.queued - connection.delivered


def may_leave(caller: Caller, connection: Connection) -> bool:
    """Whether a disconnect callback for it is in order now."""
    if caller.shaken or connection.given_up or connection.refused or connection.orphaned:
        return True
    if not connection.of_listener:
        return connection.departed or connection.end == "dropped"
    return connection.end != "" and (connection.loss_allowed or missing(connection) == 0)


def _cell(state: str, call: str) -> str:
    return f"client-state.{state}.{call}"


def connected_answers(caller: Caller) -> tuple[frozenset[str], str]:
    """What is_connected may answer."""
    if caller.destroyed:
        return _FALSE_OR_REFUSED, _cell("destroyed", "is-connected")
    if not caller.made:
        return _FALSE_OR_REFUSED, _cell("new-object", "is-connected")
    if caller.connection is None:
        return _FALSE, _cell(caller.without, "is-connected")
    if caller.certain is not None:
        return _TRUE, _cell("connected" if caller.turns == 1 else "connected-again", "is-connected")
    return _EITHER, _cell("server-gone", "is-connected")


def send_answers(caller: Caller, length: int, size: int, inside: str) -> tuple[frozenset[str], str]:
    """What a send of `size` out of `length` bytes may return; `inside` is the callback it is made in, or nothing."""
    if caller.destroyed or not caller.made:
        return _FALSE_OR_REFUSED, _cell("destroyed" if caller.destroyed else "new-object", "send")
    if size < 0:
        return _FALSE_OR_REFUSED, "client-send.size-negative"
    if size > length:
        return _FALSE_OR_REFUSED, "client-send.size-beyond-buffer"
    if size == 0:
        return _ANY, "client-send.size-zero"
    if caller.connection is None:
        refused = _FALSE_OR_REFUSED if inside == "disconnect" else _FALSE
        return refused, _cell(caller.without, "send")
    if caller.certain is None:
        return _ANY, _cell("server-gone", "send")
    allowed = _EITHER if on_its_way(caller.certain) + size > MUCH_AT_ONCE else _TRUE
    if inside in ("connect", "data"):
        return allowed, f"client-send.inside-{inside}"
    return allowed, _cell("connected" if caller.turns == 1 else "connected-again", "send")


def left_waiting(connection: Connection) -> bool:
    """Whether so much waits to be sent that the client may leave what comes in for later."""
    return on_its_way(connection) > SOME_QUEUED
