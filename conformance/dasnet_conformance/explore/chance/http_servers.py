"""Makes scripts up in which clients ask HTTP servers, and a host answers.

As `tcp_servers`, whose guesses and whose source of chance it shares.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from dasnet_conformance.explore.scripts import http_server_words as words
from dasnet_conformance.explore.scripts.steps import WORDS, Step, fields

from .composing import Choice, Choices, Pick, compose

#: Labels of servers; the others are there to take over what was saved, or when the first is destroyed.
SERVERS: Final = (1, 2, 3)
PEERS: Final = (1, 2, 3)
_SIZES: Final = (0, 1, 10, 10, 1000, 5000, 70_000)
_ANSWERS: Final = (0, 1, 10, 10, 1000, 5000, 70_000, 300_000)
#: More than the system takes for a peer that does not read.
_STUFFING: Final = 6_000_000
_PIECES: Final = (1, 7, 40, 100, 150, 200, 1000)
_TICKS: Final = (1, 1, 1, 2, 5, 40, 1_500)
_ONE_IN_EIGHT: Final = (False, False, False, False, False, False, False, True)
_STATUSES: Final = (200, 200, 200, 404, 204, 304, 500, 299)
_ODD_STATUSES: Final = (100, 101, 199, 99, 600, 0, 1000)
#: Steps that any script may have that is about HTTP.
_NAMES: Final = (
    "http_new",
    "http_open",
    "http_react",
    "respond",
    "ask",
    "prepare",
    "head",
    "rest",
    "wrong",
    "tick",
    "settle",
    "silence",
    "query",
    "save",
    "restore",
    "destroy",
    "connect",
    "peer_send",
    "half_close",
    "reset",
    "close",
    "pause",
    "resume",
)
_CHOICES: Final[Choices] = {
    "object": SERVERS,
    "peer": PEERS,
    "orphan": (1, 2),
    "count": (1, 3),
    "size": (0, 10),
    "status": (200, *_ODD_STATUSES),
}


@dataclass
class _Exchanges:
    # The rough picture of a script: which objects hold a handle, which peers are there, and what waits.
    held: dict[int, bool] = field(default_factory=dict)
    destroyed: set[int] = field(default_factory=set)
    orphans: set[int] = field(default_factory=set)
    #: Peers that are connected, by what they may still do: "open"; "last", nothing behind what they asked; "half".
    peers: dict[int, str] = field(default_factory=dict)
    prepared: set[int] = field(default_factory=set)
    #: Of those, the ones that would like a word before their body, and the ones that have sent a part.
    expecting: set[int] = field(default_factory=set)
    halved: set[int] = field(default_factory=set)
    paused: set[int] = field(default_factory=set)
    #: Requests that may have been asked and not answered.
    asked: int = 0
    #: Something was sent that no tick has seen.
    fresh: bool = False
    reacts: str = "nothing"

    def follow(self, step: Step) -> None:
        """What the step probably leads to."""
        name = step.name
        label = step.number("object") if "object" in fields(name) else 0
        if name in ("ask", "head", "rest", "wrong", "peer_send"):
            self.fresh = True
        elif name in ("tick", "settle"):
            self._ticked()
        if name in ("http_new", "http_open"):
            self.held.setdefault(label, name == "http_open")
        elif name == "http_react":
            self.reacts = str(step.get("inside"))
        elif name == "destroy" and label in self.held:
            self.held[label] = False
            self.destroyed.add(label)
            if not any(self.held.values()):
                self.peers.clear()
        elif name == "save" and self.held.get(label):
            self.held[label] = False
            self.orphans.add(step.number("orphan"))
        elif name == "restore" and step.number("orphan") in self.orphans and label in self.held:
            self.held[label] = True
            self.orphans.discard(step.number("orphan"))
        elif name == "respond":
            self.asked = max(0, self.asked - 1)
        elif name == "settle" and not self.asked:
            # Whoever asked what is wrong, or for the last time, has come to the end of its connection by then.
            for peer in [peer for peer, state in self.peers.items() if state == "last"]:
                del self.peers[peer]
        elif "peer" in fields(name):
            self._peer(name, step)

    # What was sent is told of, and the host does then what it was told to do.
    def _ticked(self) -> None:
        holder = next((label for label, held in self.held.items() if held), None)
        if self.fresh and holder is not None and self.reacts.startswith("save"):
            self.held[holder] = False
            self.orphans.add(int(self.reacts[-1]))
            self.reacts = "nothing"
        elif self.fresh and holder is not None and self.reacts == "destroy":
            self.held[holder] = False
            self.destroyed.add(holder)
            self.peers.clear()
            self.reacts = "nothing"
        self.fresh = False

    def _peer(self, name: str, step: Step) -> None:
        peer = step.number("peer")
        if name == "connect":
            self.peers.setdefault(peer, "open")
        elif name in ("close", "reset"):
            for each in (self.paused, self.prepared, self.halved, self.expecting):
                each.discard(peer)
            self.peers.pop(peer, None)
        elif name == "half_close" and peer in self.peers:
            self.peers[peer] = "half"
        elif name == "wrong" and peer in self.peers:
            self.peers[peer] = "last"
        elif name in ("pause", "resume"):
            (self.paused.add if name == "pause" else self.paused.discard)(peer)
        elif name == "prepare":
            self.prepared.add(peer)
            if step.get("manner") == words.EXPECTS and peer not in self.halved:
                self.expecting.add(peer)
        elif name in ("peer_send", "head") and peer in self.prepared:
            self.halved.add(peer)
            self.expecting.discard(peer)
        elif name in ("ask", "rest"):
            self.asked += self.reacts == "nothing" and peer in self.peers
            self.prepared.discard(peer)
            self.halved.discard(peer)
            self.expecting.discard(peer)
            if name == "ask" and peer in self.peers and (step.get("manner") in words.CLOSING):
                self.peers[peer] = "last"

    def sensible(self) -> list[Choice]:
        """What can be meant next, each with its weight."""
        # What comes first is taken more often than its weight says: what leads on goes ahead, and waiting behind it.
        found: list[Choice] = []
        if any(self.held.values()) or self.orphans:
            found += self._peers()
        unused = [label for label in SERVERS if label not in self.held]
        if unused:
            hungry = not any(self.held.values()) and not self.orphans
            found.append((20 if hungry else 1, lambda pick: Step("http_open", (unused[0], pick(WORDS["class"])))))
            often = 8 if self.orphans else 1
            found.append((often, lambda pick: Step("http_new", (unused[0], pick(WORDS["class"])))))
        often = 20 if self.fresh else 5 if self.peers else 1
        found += [(often, lambda _: Step("settle")), (1, lambda _: Step("silence"))]
        for label in self.held:
            found += self._host(label)
        return found

    def _host(self, label: int) -> list[Choice]:
        if label in self.destroyed:
            return [
                (1, lambda pick: pick([Step("query", (label,)), Step("tick", (label, 1)), self._respond(label, pick)]))
            ]
        found: list[Choice] = [
            (1, lambda _: Step("query", (label,))),
            (6 if self.fresh else 2, lambda pick: Step("tick", (label, pick(_TICKS)))),
            (3 if self.peers else 1, lambda pick: self._respond(label, pick)),
        ]
        for orphan in self.orphans:
            if not self.held[label]:
                found.append((20, lambda _, orphan=orphan: Step("restore", (label, orphan))))  # type: ignore[misc]
        if not self.held[label]:
            return found
        found.append((1, lambda _: Step("destroy", (label,))))
        if self.peers:
            found.append((2, lambda pick: Step("save", (label, pick((1, 2))))))
            often = 12 if self.halved else 2
            found.append((often, lambda pick: Step("reloads", (label, pick((1, 1, 3, 40))))))
        actions = [*["an answer"] * 6, "nothing", "nothing", "raise", *words.ACTIONS]
        often = 8 if self.reacts == "nothing" else 2
        found.append((often, lambda pick: Step("http_react", (label, pick(actions)))))
        if self.asked:
            found.append((30, lambda pick: self._respond(label, pick)))
        return found

    def _respond(self, label: int, pick: Pick) -> Step:
        # An answer that nobody waits for is for a request that was answered, mostly.
        which = pick([words.ANSWERED, *words.REQUESTS])
        if self.asked:
            which = pick([*[words.FIRST_WAITING] * 4, *[words.LAST_WAITING] * 3, which])
        kind, status, size = pick(("no field", "no field", *words.FIELDS)), pick(_STATUSES), pick(_ANSWERS)
        if pick(_ONE_IN_EIGHT):
            status = pick(_ODD_STATUSES)
        if status in (204, 304):
            size = pick((0, 0, 10))
        elif self.paused:
            size = pick((_STUFFING, _STUFFING, size))
        return Step("respond", (label, which, status, kind, size))

    def _peers(self) -> list[Choice]:
        found: list[Choice] = []
        for peer, state in self.peers.items():
            found += self._peer_of(peer, state)
        absent = [peer for peer in PEERS if peer not in self.peers]
        if absent:
            often = 20 if len(absent) == len(PEERS) else 4
            places = [label for label, held in self.held.items() if held] or list(self.held)
            found.append((often, lambda pick: Step("connect", (absent[0], pick(places)))))
        return found

    def _peer_of(self, peer: int, state: str) -> list[Choice]:
        found: list[Choice] = []
        if state != "half":
            if peer in self.prepared:
                found.append((16, lambda pick: Step("peer_send", (peer, pick(_PIECES)))))
                often = 30 if peer in self.expecting else 2 if peer in self.halved else 6
                found.append((often, lambda _: Step("head", (peer,))))
                found.append((8 if peer in self.halved else 3, lambda _: Step("rest", (peer,))))
            often = 3 if state == "last" else 5 if self.asked else 16
            found.append((often, lambda pick: _request("ask", peer, pick)))
            if state == "open":
                found.append((3 if self.asked else 7, lambda pick: _request("prepare", peer, pick)))
                found.append((6, lambda pick: Step("wrong", (peer, pick(WORDS["wrong"])))))
            found.append((7 if peer in self.halved else 2, lambda _: Step("half_close", (peer,))))
        if peer in self.paused:
            found.append((3, lambda _: Step("resume", (peer,))))
        else:
            found.append((1, lambda _: Step("pause", (peer,))))
        often = 7 if peer in self.halved else 1
        return [*found, (often, lambda _: Step("close", (peer,))), (1, lambda _: Step("reset", (peer,)))]


def _request(name: str, peer: int, pick: Pick) -> Step:
    prepares = name == "prepare"
    # What goes out in pieces has a body, which may be cut as well.
    method = "POST" if prepares else pick(("GET", "GET", "POST", "POST", "HEAD", *words.METHODS))
    version = pick(("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0"))
    framing = "no body"
    if method not in ("GET", "HEAD") or pick(_ONE_IN_EIGHT):
        framing = pick(words.FRAMINGS if version == "HTTP/1.1" else words.FRAMINGS[:2])
    plain = (words.PLAIN, words.PLAIN, words.PLAIN)
    manner = pick((*plain, *([words.EXPECTS] * 3 if prepares else []), *words.MANNERS))
    if version == "HTTP/1.0" and pick((False, True)):
        manner = words.KEEP_ALIVE
    size = 0
    if framing != "no body":
        size = pick((10, 1000, 1000, 5000) if prepares else _SIZES)
    return Step(name, (peer, method, version, framing, size, manner))


def make_exchanges(pick: Pick, most: int, *, profiles: Collection[str]) -> list[Step]:  # noqa: ARG001
    """A script of up to `most` steps about HTTP servers. `pick` is the source of chance."""
    return compose(pick, most, _Exchanges(), _NAMES, _CHOICES)
