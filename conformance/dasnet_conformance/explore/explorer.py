"""The whole exploration: scripts are made up and played until one diverges; that one is shortened and confirmed.

Playing in haste finds and shortens; only what diverges again under full patience is told as a finding. What does not
is noted and dropped, and the exploration goes on. It prints nothing: `tell` is told.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dasnet_adapters.contract import CLIENT, CORE, HTTP, HTTP_CLIENT, PROFILES
from dasnet_conformance.explore.chance.machine import Enough, visit_scripts
from dasnet_conformance.explore.playing.in_process import HASTY, PATIENT
from dasnet_conformance.explore.playing.players import Player
from dasnet_conformance.explore.scripts.reduce import Reducer
from dasnet_conformance.explore.scripts.steps import Step
from dasnet_conformance.explore.shared.verdicts import Divergence

#: Seconds that making one finding short may take.
_SHORTENING: Final = 60.0


@dataclass(frozen=True)
class Options:
    """How far to go: the same words as the options of `dasnet explore`. `seconds` 0 sets no end.

    There are so many `examples` about servers, as many with clients in them, as many about HTTP servers and as
    many about HTTP clients, of these four whichever the profiles name. They are shared out among so many `seeds`, from
    `seed` on. A divergence that violates a `known` requirement is counted, and the exploration goes on.
    """

    examples: int = 200
    steps: int = 30
    seed: int = 0
    seeds: int = 1
    known: Collection[str] = ()
    profiles: Sequence[str] = tuple(PROFILES)
    seconds: float = 0.0

    @property
    def parts(self) -> Sequence[str]:
        """What conversations are about, in turn, each by its profile."""
        return [profile for profile in (CORE, CLIENT, HTTP, HTTP_CLIENT) if profile in self.profiles] or [CORE]

    def share(self, number: int) -> int:
        """The examples about one part with the seed of that number, from 0."""
        return self.examples * (number + 1) // self.seeds - self.examples * number // self.seeds


@dataclass(frozen=True)
class Finding:
    """A confirmed divergence: the short script, what it shows, and the example (from 1) and seed that led to it."""

    steps: tuple[Step, ...]
    divergence: Divergence
    example: int
    seed: int


@dataclass(frozen=True)
class Explored:
    """What an exploration came to: the finding, if any, and how many examples were played."""

    finding: Finding | None
    examples: int
    #: Divergences that did not show again under full patience.
    dropped: int
    #: Whether the time was up before the examples were.
    cut_short: bool
    #: How often each known requirement was violated.
    known: Mapping[str, int]


class _TimeIsUp(Exception):
    pass


class Explorer:
    """One exploration.

    Arguments: `player` plays the scripts; `tell` is told what a person should know, a line at a time, and `played`
    after each example how many there were.
    """

    def __init__(
        self,
        player: Player,
        options: Options,
        tell: Callable[[str], None],
        played: Callable[[int], None] = lambda count: None,  # noqa: ARG005
    ) -> None:
        self._played = played
        self._player = player
        self._options = options
        self._tell = tell
        self._until = time.monotonic() + options.seconds if options.seconds else float("inf")
        self._examples = 0
        self._dropped = 0
        self._cut_short = False
        self._known: Counter[str] = Counter()
        self._seed = options.seed
        self._diverged: tuple[list[Step], Divergence] | None = None

    def run(self) -> Explored:
        """Explore. Raises `AdapterBroken` when the implementation cannot be started."""
        finding = None
        rounds = [(number, about) for number in range(self._options.seeds) for about in self._options.parts]
        for number, about in rounds:
            self._seed = self._options.seed + number
            share = self._options.share(number)
            finding = self._with_seed(self._examples + share, about)
            if finding is not None or self._cut_short:
                break
        return Explored(finding, self._examples, self._dropped, self._cut_short, dict(self._known))

    # Explores with the seed of the moment, up to so many examples in all.
    def _with_seed(self, until: int, about: str) -> Finding | None:
        finding, start = None, self._dropped
        while finding is None and self._examples < until and not self._cut_short:
            self._diverged = None
            visit_scripts(
                self._visit,
                examples=until - self._examples,
                most=self._options.steps,
                # After a finding that was dropped, examples that were not seen before.
                seed=self._seed + 1_000_003 * (self._dropped - start),
                profiles=tuple(self._options.profiles),
                about=about,
            )
            found = self._found()
            if found is None:
                break
            finding = self._follow_up(*found)
        return finding

    def _visit(self, script: list[Step]) -> None:
        if time.monotonic() >= self._until:
            self._cut_short = True
            raise Enough
        self._examples += 1
        divergence = self._player.play(script, HASTY)
        self._played(self._examples)
        if divergence is not None and divergence.requirement in self._options.known:
            self._known[divergence.requirement] += 1
        elif divergence is not None:
            self._diverged = script, divergence
            raise Enough

    # A call, since who explores has set it to None before, and a type checker would believe that.
    def _found(self) -> tuple[list[Step], Divergence] | None:
        return self._diverged

    def _follow_up(self, script: list[Step], divergence: Divergence) -> Finding | None:
        example = self._examples
        self._tell(f"example {example} diverges ({divergence.requirement}); making it short")
        end = min(self._until + 5.0, time.monotonic() + _SHORTENING)

        def still_diverges(candidate: tuple[Step, ...]) -> bool:
            if time.monotonic() >= end:
                raise _TimeIsUp
            again = self._player.play(candidate, HASTY)
            return again is not None and again.requirement == divergence.requirement

        reducer = Reducer(script, still_diverges)
        try:
            reducer.run()
        except _TimeIsUp:
            self._tell("the time for making it short is up")
        for candidate in dict.fromkeys((reducer.best, tuple(script))):
            confirmed = self._player.play(candidate, PATIENT)
            if confirmed is not None:
                return Finding(candidate, confirmed, example, self._seed)
        self._dropped += 1
        self._tell(f"not confirmed with full patience, and dropped: {divergence}")
        return None
