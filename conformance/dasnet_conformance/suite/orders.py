"""Detours one behind the other: what a server is put through in one state, in an order in which each meets each.

A single detour from a state and back is in `suite.ways`. What one leaves behind often shows only when another one comes
next: an object that looks for the handle it once had, a mark of a call that was refused. A `Wanderer` is a life whose
detours can be repeated without end; each leaves it in the state in which it found it. It knows `Host` and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from dasnet_adapters.contract import CLASS_A, CLASS_B, CLASS_SILENT, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject

from .scenes import unused_port
from .ways import WORD, Life

#: Orphans of their own, beside those of `suite.ways`.
_ONE, _OTHER, _EMPTY, _FULL = 4, 5, 6, 7


def each_behind_each(names: Sequence[str]) -> Iterator[str]:
    """The names in an order in which each one stands right behind each one, itself among them."""
    for number, name in enumerate(names):
        yield name
        for later in names[number + 1 :]:
            yield name
            yield later
    yield from names[:1]


class Wanderer(Life):
    """A life that is saved, restored and turned down again and again."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        #: Every object that its handle has been in.
        self.owners: list[HostObject] = [self.server]
        #: Whether an init moved it to another port, and its client may have been lost.
        self.moved = False
        self._spare = 0
        #: Whether there were detours: what fails from then on fails because of them.
        self.wandered = False

    def needing(self, requirement: str) -> AbstractContextManager[None]:
        """As of a life, as long as it goes the straight way."""
        return nullcontext() if self.wandered else super().needing(requirement)

    def told(self, callback: str) -> int:
        """How often a callback has told of one of its clients, on whichever object."""
        return sum(owner.count(callback) for owner in self.owners)

    def become(self, server: HostObject) -> None:
        """Its handle is in this object from now on."""
        self.server = server
        if server not in self.owners:
            self.owners.append(server)

    def spare(self) -> int:
        """A port on which nobody listens, the same as long as it stays so."""
        self._spare = self._spare or unused_port(self.host)
        return self._spare

    def init(self, port: int) -> None:
        """An init on an open server, which may refuse and stay, or move."""
        before = self.server.port
        if self.server.init(port) == Value(True):
            self.moved, self._spare = True, 0
            self.anew()
        else:
            self.server.port = before


# No setup: whether it works here, and not only the first time, is the question.
def _save(server: HostObject, orphan: int, where: str) -> None:
    expect.returns(server.save(orphan), None, f"save of {server}, {where}")


def _take(taker: HostObject, orphan: int, port: int, where: str) -> HostObject:
    expect.returns(taker.restore(orphan), None, f"restore of orphan {orphan} into {taker}, {where}")
    taker.port = port
    return taker


def _into_another(life: Wanderer) -> None:
    _save(life.server, _ONE, life.state)
    life.become(_take(life.host.new(CLASS_B), _ONE, life.server.port, life.state))


def _there_and_back(life: Wanderer) -> None:
    first = life.server
    _save(first, _ONE, life.state)
    second = _take(life.host.new(CLASS_SILENT), _ONE, first.port, life.state)
    _save(second, _ONE, life.state)
    life.become(_take(first, _ONE, second.port, life.state))


# Two objects give each other their servers.
def _exchange(life: Wanderer) -> None:
    one, other = life.server, life.other
    ports = one.port, other.port
    _save(one, _ONE, life.state)
    _save(other, _OTHER, life.state)
    life.replace_other(_take(one, _OTHER, ports[1], life.state))
    life.become(_take(other, _ONE, ports[0], life.state))


def _first_object_ends(life: Wanderer) -> None:
    first = life.server
    _save(first, _ONE, life.state)
    taker = _take(life.host.new(CLASS_A), _ONE, first.port, life.state)
    first.destroy()
    life.become(taker)


def _empty_orphan(life: Wanderer) -> None:
    with expect.needing("restore.from-empty"):
        expect.one_of(life.server.restore(_EMPTY), ("refused",), f"restore from an empty orphan, {life.state}")


def _taken_port(life: Wanderer) -> None:
    life.init(life.other.port)


def _bad_port(life: Wanderer) -> None:
    life.init(life.other.port + 65_536)


def _free_port(life: Wanderer) -> None:
    if life.state != "handle-made":
        life.init(life.spare())


def _full_orphan(life: Wanderer) -> None:
    filler = life.host.made()
    _save(filler, _FULL, "as a filler")
    with expect.needing("save.into-full-orphan"):
        outcome = life.server.save(_FULL)
        expect.one_of(outcome, ("none", "refused"), f"save into a full orphan, {life.state}")
    taker = life.server if outcome == Value(None) else filler
    _take(taker, _FULL, taker.port, life.state)
    filler.destroy()


def _odd_sizes(life: Wanderer) -> None:
    for size in (0, -1, len(WORD) + 1):
        life.server.send(WORD, size)


# The object that was saved begins anew and is destroyed, while its first handle waits in the orphan.
def _first_object_begins_anew(life: Wanderer) -> None:
    first = life.server
    port = first.port
    _save(first, _ONE, life.state)
    first.call("init", life.spare())
    first.adapter()
    first.call("init", life.spare())
    first.destroy()
    life.become(_take(life.host.new(CLASS_A), _ONE, port, life.state))


# What a destroyed object takes out of an orphan can be taken out of the object: it is never gone.
def _into_a_destroyed_one(life: Wanderer) -> None:
    ended = life.host.made()
    ended.destroy()
    _save(life.server, _ONE, life.state)
    outcome = ended.restore(_ONE)
    expect.one_of(outcome, ("none", "refused"), f"restore into an object that was destroyed, {life.state}")
    if life.host.holds(_ONE) != Value(True):
        life.owners.append(ended)
        ended.save(_ONE)
        expect.returns(life.host.holds(_ONE), True, "whether a destroyed object gives back what it has restored")
    life.become(_take(life.host.new(CLASS_A), _ONE, life.server.port, life.state))


#: Detours that a host may take whenever it likes, and nothing comes of them.
RIGHTFUL: Final[dict[str, Callable[[Wanderer], None]]] = {
    "a reload into another object": _into_another,
    "a reload there and back": _there_and_back,
    "an exchange with another server": _exchange,
    "a reload whose first object is destroyed": _first_object_ends,
    "an empty orphan": _empty_orphan,
}

#: Calls that are turned down, or of which the documentation only says what must not come of them.
MISTAKEN: Final[dict[str, Callable[[Wanderer], None]]] = {
    "a reload into another object": _into_another,
    "an init on a taken port": _taken_port,
    "an init on a bad port": _bad_port,
    "an init on a free port": _free_port,
    "a full orphan": _full_orphan,
    "odd sizes": _odd_sizes,
    "a saved object that begins anew": _first_object_begins_anew,
    "a restore into a destroyed object": _into_a_destroyed_one,
}
