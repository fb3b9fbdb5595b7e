"""Makes a diverging script short: takes steps away and makes arguments plain, as long as it diverges in the same way.

The question whether a candidate still diverges is asked from outside, and may be stopped at any time: what was found so
far is kept. It does no input or output of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Final

from .steps import WORDS, Step, fields, is_of_askers, is_of_http

#: Scripts up to this length are tried without every pair of steps: a save and its restore only go together.
_PAIRS_UP_TO: Final = 24

_SENDS: Final = ("send", "send_reused", "server_send", "caller_send", "client_send")
_OPENING: Final = ("adapter", "make_server", "init", "server_init")

#: Words of which none is plainer than another; and what a step that keeps bytes back is at once.
_ALL_ALIKE: Final = ("wrong", "wrong_answer", "forbidden")
_AT_ONCE: Final = {"prepare": "ask", "reply_prepare": "reply"}

Steps = tuple[Step, ...]


class Reducer:
    """Shortens one script. `diverges` plays a candidate; once it raises, `best` holds what there is."""

    def __init__(self, steps: Sequence[Step], diverges: Callable[[Steps], bool]) -> None:
        self.best: Steps = tuple(steps)
        self._diverges = diverges
        self._tried = {self.best}

    def run(self) -> Steps:
        """Shorten until nothing helps any more; returns the shortest script found."""
        before = None
        while before != self.best:
            before = self.best
            self._drop_chunks()
            self._drop_pairs()
            self._join_opening()
            self._merge()
            self._plain_arguments()
        self._rename()
        return self.best

    def _try(self, candidate: Steps) -> bool:
        if not candidate or candidate in self._tried:
            return False
        self._tried.add(candidate)
        if not self._diverges(candidate):
            return False
        self.best = candidate
        return True

    # From halves down to single steps, the last ones first: what comes after the divergence never matters.
    def _drop_chunks(self) -> None:
        size = max(1, len(self.best) // 2)
        while True:
            end = len(self.best)
            while end > 0:
                start = max(0, end - size)
                self._try(self.best[:start] + self.best[end:])
                end = min(start, len(self.best))
            if size == 1:
                return
            size //= 2

    def _drop_pairs(self) -> None:
        if len(self.best) > _PAIRS_UP_TO:
            return
        tried = True
        while tried:
            tried = False
            for first, second in combinations(range(len(self.best)), 2):
                rest = tuple(step for at, step in enumerate(self.best) if at not in (first, second))
                if self._try(rest):
                    tried = True
                    break

    # new, adapter and init are one step when nothing comes between them.
    def _join_opening(self) -> None:
        for at, step in enumerate(self.best):
            if step.name == "new":
                label = step.number("object")
                opening = [other for other in self.best if other.name in _OPENING and other.number("object") == label]
                rest = tuple(other for other in self.best if other not in opening)
                if len(opening) >= 2 and self._try((*rest[:at], Step("open", step.arguments), *rest[at + 1 :])):
                    return

    # One object, or one peer, where two took turns.
    def _merge(self) -> None:
        for kinds in (("object", "target", "server"), ("peer",)):
            used = sorted({number for step in self.best for number in _numbers(step, kinds)})
            for kept, merged in combinations(used, 2):
                candidate = []
                for step in self.best:
                    for field in kinds:
                        if field in fields(step.name) and step.get(field) == merged:
                            step = step.replaced(field, kept)
                    candidate.append(step)
                self._try(tuple(candidate))

    def _plain_arguments(self) -> None:
        for at in range(len(self.best)):
            for plainer in _plainer(self.best[at]):
                if self._try((*self.best[:at], plainer, *self.best[at + 1 :])):
                    break

    # Numbers from 1 up, in the order of their first use.
    def _rename(self) -> None:
        names: dict[str, dict[int, int]] = {"object": {}, "peer": {}}

        def renamed(step: Step) -> Step:
            for field, kind in (("object", "object"), ("target", "object"), ("server", "object"), ("peer", "peer")):
                if field in fields(step.name):
                    known = names[kind]
                    step = step.replaced(field, known.setdefault(step.number(field), len(known) + 1))
            return step

        self._try(tuple(map(renamed, self.best)))


def _numbers(step: Step, kinds: Sequence[str]) -> list[int]:
    return [step.number(field) for field in fields(step.name) if field in kinds]


def _plainer(step: Step) -> Iterator[Step]:
    # The same step with one argument (a send: both sizes) made plainer; the plainest comes first.
    if step.name in _SENDS and step.get("size") == step.get("length"):
        for number in (1, 10, 1000, 5000):
            if number < step.number("length"):
                yield Step(step.name, (step.arguments[0], number, number))
        if step.name == "send_reused":
            yield Step("send", step.arguments)
        if step.name == "client_send":
            yield Step("caller_send", step.arguments)
        return
    if is_of_http(step.name) or is_of_askers(step.name):
        yield from _plainer_http(step)
        return
    for field in fields(step.name):
        value = step.get(field)
        if field in ("count", "length"):
            yield from (step.replaced(field, number) for number in (1, 10, 1000) if number < int(value))
        elif field == "orphan" and value != 1:
            yield step.replaced(field, 1)
        elif field == "class" and value != WORDS["class"][0]:
            yield step.replaced(field, WORDS["class"][0])
    if step.name.startswith("server_") and step.name != "server_restore":
        low = {"server_init": "init", "server_tick": "tick", "server_settle": "settle", "server_query": "query"}
        yield Step(low.get(step.name, "send"), step.arguments)
    elif step.name == "make_server":
        yield Step("adapter", step.arguments)
    elif step.name.startswith("client_"):
        yield Step(f"caller_{step.name.removeprefix('client_')}", step.arguments)


# Words as their rows begin with the plainest one, but for what is wrong, where any is as plain as another.
def _plainer_http(step: Step) -> Iterator[Step]:
    for field in fields(step.name):
        value = step.get(field)
        if field == "size":
            yield from (step.replaced(field, number) for number in (0, 1, 10, 1000) if number < int(value))
        elif field == "status" and value != 200:
            yield step.replaced(field, 200)
        elif field == "count":
            yield from (step.replaced(field, number) for number in (1, 10, 100) if number < int(value))
        elif field in ("stall", "deadline") and value:
            yield step.replaced(field, 0)
        elif field in WORDS and field not in _ALL_ALIKE and value != WORDS[field][0]:
            yield step.replaced(field, WORDS[field][0])
    if step.name in _AT_ONCE:
        yield Step(_AT_ONCE[step.name], step.arguments)
