"""Makes scripts up in which clients of the implementation talk: to a listener of the suite, and to its own servers.

As `tcp_servers`, whose guesses and whose source of chance it shares. A script is about the one or about the other;
what a server does by itself is explored there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from dasnet_adapters.contract import CLIENT_LOWLEVEL, CORE
from dasnet_conformance.explore.scripts.steps import FORMS, WORDS, Step, fields, is_of_clients, profile_of

from .composing import Choice, Choices, Pick, compose
from .tcp_servers import odd_send, plain_send

#: Labels of clients, which no server of a script has.
CALLERS: Final = (4, 5)
SERVERS: Final = (1, 2)
_BYTES: Final = (1, 10, 1000, 5000, 70_000)
_LARGE: Final = (300_000, 4_000_000)
#: What one client and one server say to each other: the model tells connections apart by streams that end.
_TOGETHER: Final = (1, 10, 1000, 20_000)
_LOW_OF: Final = {
    "caller_connect": "client_connect",
    "caller_tick": "client_tick",
    "caller_send": "client_send",
    "caller_close": "client_close",
}
_CHOICES: Final[Choices] = {
    "object": CALLERS,
    "server": SERVERS,
    "count": (1, 3),
    "size": (0, 1, 10, -1),
    "length": (5, 10),
}


@dataclass
class _Talk:
    # The rough picture of a script: what each client is, whether it counts as connected, and how its listener stands.
    together: bool
    made: dict[int, bool] = field(default_factory=dict)
    destroyed: set[int] = field(default_factory=set)
    connected: dict[int, str] = field(default_factory=dict)
    paused: set[int] = field(default_factory=set)
    servers: set[int] = field(default_factory=set)
    orphaned: bool = False

    def follow(self, step: Step) -> None:
        """What the step probably leads to."""
        name = step.name
        label = step.number("object") if "object" in fields(name) else 0
        if name in ("caller_new", "caller_open"):
            self.made[label] = name == "caller_open"
        elif name == "caller_adapter" and label in self.made:
            self.made[label] = True
        elif name in ("caller_connect", "client_connect", "caller_join"):
            good = name == "caller_join" or step.get("place") == "a listener"
            if good and self.made.get(label) and label not in self.destroyed:
                self.connected.setdefault(label, "open")
        elif name in ("caller_close", "client_close"):
            self._gone(label)
        elif name == "caller_destroy" and label in self.made:
            self._gone(label)
            self.destroyed.add(label)
        elif name in ("remote_close", "remote_reset") and label in self.connected:
            self.connected[label] = "left"
        elif name == "remote_half_close" and label in self.connected:
            self.connected[label] = "half"
        elif name in ("remote_pause", "remote_resume"):
            (self.paused.add if name == "remote_pause" else self.paused.discard)(label)
        elif name in ("caller_tick", "client_tick") and self.connected.get(label) == "left":
            self._gone(label)
        elif name == "settle":
            for each in [each for each, how in self.connected.items() if how == "left"]:
                self._gone(each)
        elif name == "open":
            self.servers.add(label)
        elif name == "save":
            self.orphaned = True
        elif name == "restore":
            self.orphaned = False

    def _gone(self, label: int) -> None:
        self.connected.pop(label, None)
        self.paused.discard(label)

    def sensible(self) -> list[Choice]:
        """What can be meant next, each with its weight."""
        found: list[Choice] = [(5 if self.connected else 1, lambda _: Step("settle")), (1, lambda _: Step("silence"))]
        unused = [label for label in CALLERS if label not in self.made]
        if unused:
            often = 8 if len(unused) == len(CALLERS) else 2
            found.append((often, lambda pick: Step("caller_open", (unused[0], pick(WORDS["class"])))))
            found.append((1, lambda pick: Step("caller_new", (unused[0], pick(WORDS["class"])))))
        if self.together:
            found += self._servers()
        for label in self.made:
            found += self._caller(label)
            if label in self.connected and not self.together:
                found += self._remote(label)
        return found

    def _caller(self, label: int) -> list[Choice]:
        found: list[Choice] = [
            (1, lambda _: Step("caller_query", (label,))),
            (2, lambda pick: Step("caller_tick", (label, pick((1, 1, 2, 5, 40))))),
        ]
        if label in self.destroyed:
            return [*found, (1, lambda _: plain_send(label, 10, "caller_send"))]
        found.append((1, lambda _: Step("caller_destroy", (label,))))
        found.append((2 if label in self.connected else 1, lambda _: Step("caller_close", (label,))))
        if not self.made[label]:
            return [*found, (4, lambda _: Step("caller_adapter", (label,))), (1, _connect(label))]
        found.append((2, lambda pick: _reaction(label, pick)))
        if label not in self.connected:
            if self.together and self.servers:
                found.append((8, lambda pick: Step("caller_join", (label, pick(sorted(self.servers))))))
            elif not self.together:
                found.append((8, lambda _: Step("caller_connect", (label, "a listener"))))
            return [*found, (2, _connect(label)), (1, lambda _: plain_send(label, 10, "caller_send"))]
        sizes: Sequence[int] = _TOGETHER if self.together else (*_BYTES, *_LARGE)
        often = 8 if self.connected[label] == "left" else 4
        found.append((often, lambda pick: plain_send(label, pick(sizes), "caller_send")))
        if not self.together:
            found.append((2, lambda pick: odd_send(label, pick, "caller_send")))
        found.append((1, _connect(label)))
        return found

    @staticmethod
    def _remote(label: int) -> list[Choice]:
        return [
            (6, lambda pick: Step("remote_send", (label, pick(_BYTES)))),
            (1, lambda _: Step("remote_half_close", (label,))),
            (2, lambda _: Step("remote_close", (label,))),
            (1, lambda _: Step("remote_reset", (label,))),
            (1, lambda _: Step("remote_pause", (label,))),
            (1, lambda _: Step("remote_resume", (label,))),
        ]

    def _servers(self) -> list[Choice]:
        found: list[Choice] = []
        unused = [label for label in SERVERS if label not in self.servers]
        if unused:
            often = 8 if len(unused) == len(SERVERS) else 1
            found.append((often, lambda pick: Step("open", (unused[0], pick(WORDS["class"])))))
        for label in self.servers:
            found += [
                (3, lambda pick, label=label: Step("tick", (label, pick((1, 1, 2, 5))))),  # type: ignore[misc]
                (3, lambda pick, label=label: plain_send(label, pick(_TOGETHER))),  # type: ignore[misc]
                (1, lambda _, label=label: Step("save", (label, 1))),  # type: ignore[misc]
                (1, lambda pick, label=label: Step("reloads", (label, pick((1, 2, 40))))),  # type: ignore[misc]
                (1, lambda _, label=label: Step("destroy", (label,))),  # type: ignore[misc]
            ]
            if self.orphaned:
                found.append((6, lambda _, label=label: Step("restore", (label, 1))))  # type: ignore[misc]
        return found


def _connect(label: int) -> Callable[[Pick], Step]:
    return lambda pick: Step("caller_connect", (label, pick(WORDS["place"])))


def _reaction(label: int, pick: Pick) -> Step:
    callback = pick(WORDS["callback"])
    actions = [action for action in WORDS["own_action"] if action != "echo" or callback == "data"]
    return Step("caller_react", (label, callback, pick(actions)))


def make_talk(pick: Pick, most: int, *, profiles: Collection[str]) -> list[Step]:
    """A script of up to `most` steps with clients in it.

    Arguments: `pick`, the source of chance; `profiles`, those whose steps may be taken: only with `core` among them
    there are servers of the implementation, and with `client-lowlevel` functions may take the place of methods.
    """
    names = [name for name in FORMS if is_of_clients(name) and profile_of(name) in profiles]
    talk = _Talk(together=CORE in profiles and pick(range(2)) == 1)
    low = _LOW_OF if CLIENT_LOWLEVEL in profiles else {}
    return compose(pick, most, talk, names, _CHOICES, low)
