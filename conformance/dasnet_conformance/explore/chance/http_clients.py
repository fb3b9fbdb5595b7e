"""Makes scripts up in which HTTP clients ask, and a server of the suite answers, or does not.

As `tcp_servers`, whose guesses and whose source of chance it shares.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from dasnet_conformance.explore.scripts import http_client_words as words
from dasnet_conformance.explore.scripts.steps import WORDS, Step, fields

from .composing import Choice, Pick

#: Labels of clients; the others are there to take over what was saved, or to ask beside the first.
ASKERS: Final = (1, 2, 3)
_SIZES: Final = (0, 1, 10, 1000, 5000, 70_000)
_ANSWERS: Final = (0, 1, 10, 10, 1000, 5000, 70_000, 300_000)
_PIECES: Final = (1, 7, 40, 70, 75, 90, 100, 200, 1000)
_TICKS: Final = (1, 1, 1, 2, 5, 40, 1_500)
_STATUSES: Final = (200, 200, 200, 404, 204, 304, 301, 503, 299, 599)
_ONE_IN_FOUR: Final = (False, False, False, True)


@dataclass
class Asking:
    """The rough picture of a script: which objects hold a handle that asks somebody, and what waits."""

    held: dict[int, bool] = field(default_factory=dict)
    open: dict[int, bool] = field(default_factory=dict)
    destroyed: set[int] = field(default_factory=set)
    orphans: set[int] = field(default_factory=set)
    #: Requests that wait, by label; those that no tick has seen; answers that are prepared, and begun.
    waiting: dict[int, int] = field(default_factory=dict)
    fresh: bool = False
    #: An answer went out that no tick has seen.
    told: bool = False
    prepared: set[int] = field(default_factory=set)
    begun: set[int] = field(default_factory=set)
    #: Clients that have a connection on which nothing waits.
    idle: set[int] = field(default_factory=set)

    def follow(self, step: Step) -> None:
        """What the step probably leads to."""
        name = step.name
        label = step.number("object") if "object" in fields(name) else 0
        if name in ("asker_new", "asker_open"):
            self.held.setdefault(label, name == "asker_open")
            self.open.setdefault(label, name == "asker_open")
        elif name == "asker_init" and self.held.get(label):
            self.open[label] = True
        elif name in ("asker_close", "destroy"):
            self._ended(label)
            if name == "destroy" and label in self.held:
                self.held[label] = False
                self.destroyed.add(label)
        elif name == "asker_request" and self.open.get(label):
            self.waiting[label] = self.waiting.get(label, 0) + 1
            self.fresh = True
        elif name in ("tick", "settle"):
            self.fresh = self.told = False
        elif name == "save" and self.held.get(label):
            self.held[label] = False
            self.orphans.add(step.number("orphan"))
        elif name in ("asker_react", "asker_react_failure") and step.arguments[1] == "save":
            # It may be there after the next response; there is no harm in looking for it.
            self.orphans.add(words.SAVED_INSIDE)
        elif name == "restore" and step.number("orphan") in self.orphans and label in self.held:
            self._moved(label)
            self.orphans.discard(step.number("orphan"))
        elif name == "reply_prepare" and self.waiting.get(label):
            self.prepared.add(label)
        elif name == "reply_part" and label in self.prepared:
            self.begun.add(label)
        elif name in ("reply", "reply_rest", "reply_wrong", "asker_cancel"):
            self._answered(label, name)
        elif name.startswith("site_"):
            self._answered(label, name)
            self.idle.discard(label)

    def _ended(self, label: int) -> None:
        self.open[label] = False
        self.waiting[label] = 0
        for each in (self.prepared, self.begun, self.idle):
            each.discard(label)

    # What another object saved is guessed to go on here.
    def _moved(self, label: int) -> None:
        self.held[label] = self.open[label] = True
        for other in self.held:
            if other != label and not self.held[other] and self.waiting.get(other):
                self.waiting[label] = self.waiting.pop(other)
                for each in (self.prepared, self.begun, self.idle):
                    if other in each:
                        each.discard(other)
                        each.add(label)
                return

    def _answered(self, label: int, name: str) -> None:
        self.told = True
        if self.waiting.get(label):
            self.waiting[label] -= 1
            if name in ("reply", "reply_rest"):
                self.idle.add(label)
        self.prepared.discard(label)
        self.begun.discard(label)

    def sensible(self) -> list[Choice]:
        """What can be meant next, each with its weight."""
        waits = any(self.waiting.values())
        found: list[Choice] = []
        for label in self.held:
            found += self._server(label)
        often = 24 if self.fresh else 16 if self.told else 6 if waits else 2
        found += [(often, lambda _: Step("settle")), (1, lambda _: Step("silence"))]
        unused = [label for label in ASKERS if label not in self.held]
        if unused:
            hungry = not any(self.held.values()) and not self.orphans
            found.append((20 if hungry else 1, lambda pick: _open(unused[0], pick)))
            often = 8 if self.orphans else 1
            found.append((often, lambda pick: Step("asker_new", (unused[0], pick(WORDS["class"])))))
        for label in self.held:
            found += self._host(label)
        return found

    def _host(self, label: int) -> list[Choice]:
        if label in self.destroyed:
            return [
                (1, lambda pick: pick([Step("query", (label,)), Step("tick", (label, 1)), make_request(label, pick)]))
            ]
        waits = self.waiting.get(label, 0)
        found: list[Choice] = [
            (2, lambda _: Step("query", (label,))),
            (6 if self.fresh else 3, lambda pick: Step("tick", (label, pick(_TICKS)))),
        ]
        for orphan in self.orphans:
            if not self.held[label]:
                found.append((20, lambda _, orphan=orphan: Step("restore", (label, orphan))))  # type: ignore[misc]
        if not self.held[label]:
            return found
        found.append((1, lambda _: Step("destroy", (label,))))
        if not self.open[label]:
            found.append((10, lambda pick: Step("asker_init", (label, _towards(pick)))))
            return [*found, (1, lambda pick: make_request(label, pick))]
        found.append((8 if waits > 1 else 20, lambda pick: make_request(label, pick)))
        found.append((2, lambda pick: Step("asker_forbidden", (label, pick(tuple(words.FORBIDDEN))))))
        found.append((2 if waits else 1, lambda _: Step("asker_close", (label,))))
        found.append((3, lambda pick: Step("asker_react", (label, pick((*words.ACTIONS, "save", "save"))))))
        of_failure = ("save", "save", *words.ACTIONS_OF_FAILURE)
        found.append((2, lambda pick: Step("asker_react_failure", (label, pick(of_failure)))))
        found.append((5 if waits else 1, lambda pick: Step("asker_cancel", (label, pick(words.WHICH)))))
        found.append((3 if waits else 1, lambda pick: Step("save", (label, pick((1, 2))))))
        often = 12 if label in self.begun else 3 if waits else 1
        found.append((often, lambda pick: Step("reloads", (label, pick((1, 1, 3, 40))))))
        return found

    def _server(self, label: int) -> list[Choice]:
        found: list[Choice] = []
        if self.waiting.get(label):
            often = 4 if self.fresh else 24
            if label in self.prepared:
                found.append((24, lambda pick: Step("reply_part", (label, pick(_PIECES)))))
                found.append((12, lambda _: Step("reply_rest", (label,))))
            else:
                found.append((often, lambda pick: make_reply("reply", label, pick)))
                found.append((often * 2 // 3, lambda pick: make_reply("reply_prepare", label, pick)))
                found.append((often // 3, lambda pick: Step("reply_wrong", (label, pick(WORDS["wrong_answer"])))))
            often = 14 if label in self.begun else 1
            found += [
                (often, lambda _: Step("site_half_close", (label,))),
                (often, lambda _: Step("site_close", (label,))),
            ]
            found.append((1, lambda _: Step("site_reset", (label,))))
        elif label in self.idle:
            found.append((1 if self.told else 10, lambda _: Step("reply_unasked", (label,))))
            found.append(
                (
                    1 if self.told else 5,
                    lambda pick: Step(pick(("site_close", "site_half_close", "site_reset")), (label,)),
                )
            )
        return found


def _towards(pick: Pick) -> str:
    return pick((*6 * (words.SERVER,), words.NOBODY, words.NAMED, words.SIXTH))


def _open(label: int, pick: Pick) -> Step:
    return Step("asker_open", (label, pick(WORDS["class"]), _towards(pick)))


def make_request(label: int, pick: Pick) -> Step:
    """A request of any kind."""
    method = pick(("GET", "GET", "GET", "POST", "POST", "HEAD", *words.METHODS))
    given = pick(("no field", "no field", "no field", *words.FIELDS))
    size = 0
    if method not in ("GET", "HEAD"):
        size = pick(_SIZES)
    elif pick(_ONE_IN_FOUR) and method == "GET":
        size = pick((0, 0, 10))
    return Step("asker_request", (label, method, given, size))


def make_reply(name: str, label: int, pick: Pick) -> Step:
    """An answer of any kind, at once or to be sent in pieces."""
    plain = (words.PLAIN, words.PLAIN, words.PLAIN, words.MANY_FIELDS)
    # What goes out in pieces is often cut in its body.
    framing = pick(("a length", *words.FRAMINGS))
    sizes = (1, 10, 1000, 1000) if name == "reply_prepare" else _ANSWERS
    return Step(name, (label, pick(_STATUSES), framing, pick(sizes), pick((*plain, *words.MANNERS))))
