"""The plan of a run: which check is next, with how much patience, and which verdicts hold as they are.

Patience is what a broken port costs: each wait in vain takes seconds. So every check is run in haste first. What had no
wait in vain, and passed or made no pause, holds. The rest waits for the end of the round, and then a verdict is either
a matter of course or is confirmed with full patience:

- a failure in the setup holds when the requirement that the setup was in want of has failed for good;
- a wait in vain holds when the same kind of event (`stage.waits`) never came in the whole run, and full patience has
  been spent on it often enough;
- a case of a requirement that has failed for good in another case is dropped;
- whatever else there is runs again with full patience, and that counts.

So haste decides nothing: no verdict rests on it alone. It does no input or output, and knows nothing of processes.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dasnet_conformance.stage.bounds import FRUITLESS_TICKS, LONGEST_PAUSE
from dasnet_conformance.stage.waits import PREREQUISITE

from .stream import Record

#: The part of the usual pauses that a check in haste makes.
HASTE: Final = 0.05
#: The same, while no client was ever taken: then haste has nothing to lose.
GREAT_HASTE: Final = 0.01
#: Clients waited for in vain, before any ever came, from which on that is so.
NOTHING_COMES: Final = 6
#: Full patience spent on one kind of event, after which it is settled that it never comes.
OFTEN_ENOUGH: Final = 3
#: The kind of event without which there is no other.
_FIRST: Final = "arrival"
#: An event that came after more than this part of what haste allows shows a machine or a port on which haste is amiss.
TOO_CLOSE: Final = 0.5

#: About how long a check in haste waits before it gives up, in seconds.
HASTY_WAIT: Final = HASTE * LONGEST_PAUSE * FRUITLESS_TICKS / 2


@dataclass(frozen=True)
class Told:
    """What a worker tells of a case that it ran.

    `final`, whether the record is written already; else `record` is what to write if the verdict is to hold.
    """

    requirement: str
    verdict: str
    blocked_by: str = ""
    reached: frozenset[str] = frozenset()
    vain: frozenset[str] = frozenset()
    paused: bool = False
    longest_s: float = 0.0
    final: bool = True
    record: Record = field(default_factory=dict)

    def holds_in_haste(self) -> bool:
        """Whether the verdict does not depend on patience."""
        return not self.vain and (self.verdict == "pass" or not self.paused)


class Plan:
    """Hands out checks and takes what came of them.

    Arguments: `requirements`, that of each check, in order; `write`, takes the record of a verdict that holds;
    `hasty`, whether there is a round in haste; `most_failures`, failing requirements after which it is enough, 0 for
    no such number; `unhurried`, the requirements whose checks let seconds pass.
    """

    def __init__(
        self,
        requirements: Sequence[str],
        write: Any,
        *,
        hasty: bool = True,
        most_failures: int = 0,
        unhurried: Collection[str] = (),
    ) -> None:
        self._requirements = requirements
        self._unhurried = unhurried
        self._write = write
        self._most_failures = most_failures
        self._scale = HASTE if hasty else 1.0
        self._first = deque(range(len(requirements)))
        self._doubtful: dict[int, Told] = {}
        #: The patience of each check that is under way, and what it waited for in vain before.
        self._busy: dict[int, float] = {}
        self._waiting_for: dict[int, frozenset[str]] = {}
        self._failed: set[str] = set()
        self._came: set[str] = set()
        self._spent: Counter[str] = Counter()
        self._in_vain = 0
        self._failed_in_haste: set[int] = set()
        #: Requirements that failed in haste, and passed with patience although haste would have been enough: odd.
        self.changed: list[str] = []

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to be done."""
        return self.is_enough or not (self._first or self._doubtful or self._busy)

    @property
    def is_enough(self) -> bool:
        """Whether so many requirements failed that the rest need not be known."""
        return bool(self._most_failures) and len(self._failed) >= self._most_failures

    @property
    def only_idles(self) -> bool:
        """Whether all that is left are checks under way that let seconds pass."""
        if self._first or self._doubtful:
            return False
        return all(self._requirements[place] in self._unhurried for place in self._busy)

    @property
    def confirms(self) -> bool:
        """Whether the round in haste is over: what runs now waits more than it works."""
        return not self._first

    def next(self) -> tuple[int, float] | None:
        """The next check by its place, and the part of the usual pauses that it makes; None while it has to wait."""
        if self.is_enough:
            return None
        # Whoever wants the first failure wants it confirmed before anything else.
        place = self._to_confirm() if self._most_failures or not self._first else None
        if place is not None:
            self._waiting_for[place] = self._doubtful.pop(place).vain
            self._busy[place] = 1.0
            return place, 1.0
        if not self._first:
            return None
        place = self._first.popleft()
        nothing_comes = self._scale == HASTE and _FIRST not in self._came and self._in_vain >= NOTHING_COMES
        self._busy[place] = GREAT_HASTE if nothing_comes else self._scale
        return place, self._busy[place]

    def _to_confirm(self) -> int | None:
        if not self._most_failures and self._busy.keys() - self._waiting_for.keys():
            return None  # the round is not over
        open_yet = {self._requirements[place] for place in (*self._doubtful, *self._busy)}
        under_way = {self._requirements[place] for place in self._busy}
        needed = {told.blocked_by for told in self._doubtful.values()}
        # Those first on which others hang.
        for place in sorted(self._doubtful, key=lambda place: self._requirements[place] not in needed):
            told = self._doubtful[place]
            if told.requirement in self._failed:
                del self._doubtful[place]  # by another of its cases: this one would add nothing
                continue
            if told.blocked_by in open_yet or told.requirement in under_way:
                continue  # settled with that one or with another case, or run again after it
            if self._is_settled(told):
                self._hold(self._doubtful.pop(place))
            elif not self._will_be_settled(told):
                return place
        # Where two wait for each other, one of them has to begin.
        return next(iter(self._doubtful), None) if not self._busy else None

    # Whether a verdict in haste is a matter of course by now.
    def _is_settled(self, told: Told) -> bool:
        if told.verdict != "fail":
            return False
        if told.blocked_by:
            return told.blocked_by in self._failed
        return bool(told.vain) and all(self._is_missing(kind, self._spent) for kind in told.vain)

    # Whether what runs at the moment may make it one.
    def _will_be_settled(self, told: Told) -> bool:
        if told.verdict != "fail" or told.blocked_by or not told.vain:
            return False
        expected = self._spent + Counter(kind for kinds in self._waiting_for.values() for kind in kinds)
        return all(self._is_missing(kind, expected) for kind in told.vain)

    def _is_missing(self, kind: str, spent: Counter[str]) -> bool:
        kinds = (kind, PREREQUISITE.get(kind, kind))
        return any(each not in self._came and spent[each] >= OFTEN_ENOUGH for each in kinds)

    def done(self, place: int, told: Sequence[Told]) -> None:
        """A check has come to its end. Arguments: `told`, one for each verdict of it, the last of them what counts."""
        self._waiting_for.pop(place, None)
        scale = self._busy.pop(place, 1.0)
        if place in self._failed_in_haste and all(_passed_soon(each) for each in told):
            self.changed.append(self._requirements[place])
        for each in told:
            if scale >= 1.0:
                self._spent.update(each.vain)
            self._note(place, each)

    def _note(self, place: int, told: Told) -> None:
        self._came |= told.reached
        self._in_vain += _FIRST in told.vain
        if told.longest_s > TOO_CLOSE * HASTY_WAIT:
            self._scale = 1.0
        if not told.final:
            self._doubtful[place] = told
            if told.verdict == "fail":
                self._failed_in_haste.add(place)
        elif told.verdict == "fail" and not told.blocked_by:
            self._failed.add(told.requirement)

    def _hold(self, told: Told) -> None:
        self._write(**told.record)
        if not told.blocked_by:
            self._failed.add(told.requirement)

    def lost(self, place: int) -> None:
        """The process of a check is gone; it is laid to it elsewhere, and the check is done."""
        self._waiting_for.pop(place, None)
        self._busy.pop(place, None)


def _passed_soon(told: Told) -> bool:
    return told.verdict == "pass" and told.longest_s < TOO_CLOSE * HASTY_WAIT
