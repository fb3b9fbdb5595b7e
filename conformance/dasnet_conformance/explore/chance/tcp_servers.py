"""Makes scripts up: which steps make sense next, judged by a rough sketch of what the steps so far led to.

The sketch only guesses (it takes every init for a success and every tick for useless), and now and then it proposes
what makes no sense at all: the world passes over what cannot be meant, and the model knows what is refused. Chance
comes from outside, through `Pick`, so that anything can be its source.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from dasnet_adapters.contract import CORE, LOWLEVEL
from dasnet_conformance.explore.scripts.steps import (
    FORMS,
    WORDS,
    Step,
    fields,
    is_of_askers,
    is_of_clients,
    is_of_http,
    profile_of,
)

from .composing import Choice, Choices, Pick, compose

OBJECTS: Final = (1, 2, 3)
PEERS: Final = (1, 2, 3)
ORPHANS: Final = (1, 2)
_PEER_BYTES: Final = (1, 10, 1000, 5000, 70_000)
_HOST_BYTES: Final[Sequence[int]] = (1, 10, 1000, 5000, 70_000, 300_000, 4_000_000)
_ACTIONS: Final = ("send", "echo", "save to 1", "save to 2", "tick", "destroy", "query", "raise", "nothing")
#: Ticks and reloads of one step. Many take their time and are rare: past a byte, and past 2 to the power of 12.
_TICKS: Final = (1, 1, 2, 2, 5, 40, 300, 1_500)
_RELOADS: Final = (1, 1, 2, 3, 40, 300, 4_200)
#: Bytes that no system takes for a peer that does not read: some take four million.
_STUFFING: Final = 6_000_000
_LOW_OF: Final = {
    "adapter": "make_server",
    "init": "server_init",
    "tick": "server_tick",
    "settle": "server_settle",
    "query": "server_query",
    "send": "server_send",
}
_CHOICES: Final[Choices] = {
    "object": OBJECTS,
    "target": OBJECTS,
    "peer": PEERS,
    "orphan": ORPHANS,
    "count": (1, 3),
    "size": (0, 1, 5, 10, -1),
    "length": (5, 10),
    "action": _ACTIONS,
}


@dataclass(eq=False)
class _Handle:
    open: bool = False


@dataclass
class _Sketch:
    objects: dict[int, _Handle | None] = field(default_factory=dict)
    destroyed: set[int] = field(default_factory=set)
    had: dict[int, _Handle] = field(default_factory=dict)
    orphans: dict[int, _Handle] = field(default_factory=dict)
    #: Peers that are connected, by what they may still do.
    peers: dict[int, str] = field(default_factory=dict)
    paused: set[int] = field(default_factory=set)
    #: More than the system takes was sent while a peer did not read, so that a server may have bytes that wait.
    stuffed: bool = False
    closed_port: bool = False
    #: Steps during which a peer counts as having left just now: a host that has not noticed may send to it.
    just_left: int = 0

    def follow(self, step: Step) -> None:
        """What the step probably leads to."""
        name = step.name
        self.just_left = max(0, self.just_left - 1)
        if name in ("new", "open"):
            self.objects[step.number("object")] = None
        if name in ("open", "adapter", "make_server"):
            self._make(step.number("object"), name == "open")
        elif name in ("init", "server_init") and step.get("port") in ("free", "former"):
            handle = self.objects.get(step.number("object"))
            if handle is not None:
                handle.open = True
        elif name == "save":
            self._save(step.number("object"), step.number("orphan"))
        elif name == "restore" and step.number("orphan") in self.orphans:
            label = step.number("object")
            if label in self.objects and label not in self.destroyed:
                self.objects[label] = self.had[label] = self.orphans.pop(step.number("orphan"))
        elif name == "destroy" and step.number("object") in self.objects:
            self.objects[step.number("object")] = None
            self.destroyed.add(step.number("object"))
            self.closed_port = True
        elif name in ("send", "send_reused"):
            self.stuffed = self.stuffed or (bool(self.paused) and step.number("size") == _STUFFING)
        elif "peer" in fields(name):
            self._peer(name, step.number("peer"))
            self.stuffed = self.stuffed and bool(self.paused)

    def _make(self, label: int, opened: bool) -> None:
        if label in self.objects and label not in self.destroyed:
            self.objects[label] = self.had[label] = _Handle(opened)

    def _save(self, label: int, orphan: int) -> None:
        handle = self.objects.get(label)
        if handle is not None:
            self.orphans[orphan], self.objects[label] = handle, None

    def _peer(self, name: str, peer: int) -> None:
        if name == "connect":
            self.peers.setdefault(peer, "open")
        elif name in ("close", "reset"):
            self.peers.pop(peer, None)
            self.paused.discard(peer)
            self.just_left = 3
        elif name == "half_close" and peer in self.peers:
            self.peers[peer] = "half"
            self.just_left = 3
        elif name == "pause":
            self.paused.add(peer)
        elif name == "resume":
            self.paused.discard(peer)

    def sensible(self) -> list[Choice]:
        """What can be meant next, each with its weight."""
        busy = 5 if self.peers else 1
        found: list[Choice] = [(busy, lambda _: Step("settle")), (1, lambda _: Step("silence"))]
        unused = [label for label in OBJECTS if label not in self.objects]
        if unused:
            hungry = not any(handle is not None for handle in self.objects.values())
            often, most = (
                4 if hungry or self.orphans or self.closed_port else 2,
                8 if hungry and not self.orphans else 2,
            )
            found.append((often, lambda pick: Step("new", (unused[0], pick(WORDS["class"])))))
            found.append((most, lambda pick: Step("open", (unused[0], pick(WORDS["class"])))))
        for label, handle in self.objects.items():
            found += self._host(label, handle)
        found += self._peers()
        return found

    def _host(self, label: int, handle: _Handle | None) -> list[Choice]:
        found: list[Choice] = [
            (1, lambda _: Step("query", (label,))),
            (2, lambda pick: Step("tick", (label, pick(_TICKS)))),
            (1, lambda _: plain_send(label, 10)),
            (1, lambda _: Step("destroy", (label,))),
        ]
        if label in self.destroyed:
            return found[:3]
        for orphan in self.orphans:
            found.append((6 if handle is None else 1, lambda _, orphan=orphan: Step("restore", (label, orphan))))  # type: ignore[misc]
        if handle is None:
            return [*found, (3, lambda _: Step("adapter", (label,)))]
        # What waits for a peer that stopped reading has to survive a reload.
        found.append((5 if self.paused else 2, lambda pick: Step("save", (label, pick(ORPHANS)))))
        if not handle.open:
            others = any(each is not None and each.open for each in (*self.objects.values(), *self.orphans.values()))
            ports = ["free"] * 4 + ["negative", "65536", "wrapped"]
            ports += ["taken"] * 4 * others + ["former"] * 8 * self.closed_port
            found.append((8, lambda pick: Step("init", (label, pick(ports)))))
            found.append((1, lambda _: Step("adapter", (label,))))
            return found
        again = ("free", "same", "taken", "negative", "65536", "wrapped")
        found.append((1, lambda pick: Step("init", (label, pick(again)))))
        # To a peer that stopped reading, more than the system takes, and small ones behind.
        sizes = _HOST_BYTES
        if self.stuffed:
            sizes = (10, 5000, 300_000, _STUFFING)
        elif self.paused:
            sizes = (10, _STUFFING, _STUFFING, _STUFFING)
        often = 16 if self.just_left or self.paused else 3
        found.append((often, lambda pick: plain_send(label, pick(sizes), pick(("send", "send_reused")))))
        if len(self.peers) > 1:
            # Somebody waits, and has to be kept for long.
            found.append((1, lambda _: Step("tick", (label, _TICKS[-1]))))
        found.append((2, lambda pick: Step("reloads", (label, pick(_RELOADS)))))
        found.append((2, lambda pick: odd_send(label, pick)))
        found.append((3, lambda pick: _reaction(label, pick)))
        found.append((1, lambda pick: Step("react", (label, pick(("connect", "data")), "raise"))))
        if self.stuffed:
            # What a callback sends takes its place behind what waits, and one that raises takes nothing of it away.
            found.append((12, lambda pick: Step("react", (label, "data", pick(("send", "raise"))))))
            found.append((6, lambda _: Step("tick", (label, 1))))
        return found

    def _peers(self) -> list[Choice]:
        found: list[Choice] = []
        absent = [peer for peer in PEERS if peer not in self.peers]
        targets = [label for label, handle in self.had.items() if handle.open]
        if absent and targets:
            often = 10 if len(absent) == len(PEERS) else 4
            found.append((often, lambda pick: Step("connect", (absent[0], pick(targets)))))
        for peer, state in self.peers.items():
            if state == "open":
                # What it says while bytes wait for it is answered from inside a callback, maybe.
                often = 16 if peer in self.paused and self.stuffed else 4
                found.append((often, lambda pick, peer=peer: Step("peer_send", (peer, pick(_PEER_BYTES)))))  # type: ignore[misc]
                # One that has stopped reading is often owed something, which has to reach it all the same.
                often = 4 if peer in self.paused else 1
                found.append((often, lambda _, peer=peer: Step("half_close", (peer,))))  # type: ignore[misc]
            found.append((2, lambda _, peer=peer: Step("close", (peer,))))  # type: ignore[misc]
            found.append((1, lambda _, peer=peer: Step("reset", (peer,))))  # type: ignore[misc]
            if peer in self.paused:
                found.append((5, lambda _, peer=peer: Step("resume", (peer,))))  # type: ignore[misc]
            else:
                found.append((3, lambda _, peer=peer: Step("pause", (peer,))))  # type: ignore[misc]
        return found


def plain_send(label: int, size: int, name: str = "send") -> Step:
    """A send of a whole buffer of that size."""
    return Step(name, (label, size, size))


def odd_send(label: int, pick: Pick, name: str = "send") -> Step:
    """A send whose size is not that of its buffer, mostly."""
    length = pick((10, 5000))
    return Step(name, (label, pick((1, length - 1, 0, -1, length + 1, length + 100_000)), length))


def _reaction(label: int, pick: Pick) -> Step:
    callback = pick(WORDS["callback"])
    return Step("react", (label, callback, pick([a for a in _ACTIONS if a != "echo" or callback == "data"])))


def make_script(pick: Pick, most: int, *, profiles: Collection[str]) -> list[Step]:
    """A script of up to `most` steps, without a client of the implementation in it.

    Arguments: `pick`, the source of chance; `profiles`, those whose steps may be taken: with `lowlevel` among them,
    low-level functions may take the place of methods.
    """
    others = [name for name in FORMS if is_of_clients(name) or is_of_http(name) or is_of_askers(name)]
    names = [name for name in FORMS if profile_of(name) in (CORE, *profiles) and name not in others]
    low = _LOW_OF if LOWLEVEL in profiles else {}
    return compose(pick, most, _Sketch(), names, _CHOICES, low)
