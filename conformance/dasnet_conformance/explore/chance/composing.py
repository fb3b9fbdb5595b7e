"""How a script is put together of steps that a sketch finds sensible, and of some that it does not.

Chance comes from outside, through `Pick`, so that anything can be its source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol, TypeVar

from dasnet_conformance.explore.scripts.steps import WORDS, Argument, Step, fields

T = TypeVar("T")

#: One step in so many makes no sense on purpose.
_SENSELESS: Final = 14


class Pick(Protocol):
    """A source of chance."""

    def __call__(self, choices: Sequence[T], /) -> T:
        """One of them."""


#: What an argument may be, by its name.
Choices = Mapping[str, Sequence[Argument]]
#: How likely a step is, and what makes it.
Choice = tuple[int, Callable[[Pick], Step]]


class Sketch(Protocol):
    """A rough picture of what the steps so far led to."""

    def follow(self, step: Step, /) -> None:
        """Guess what a step leads to."""

    def sensible(self) -> list[Choice]:
        """What can be meant next."""


def compose(
    pick: Pick,
    most: int,
    sketch: Sketch,
    names: Sequence[str],
    choices: Choices,
    low_of: Mapping[str, str] | None = None,
) -> list[Step]:
    """A script of up to `most` steps that the sketch finds sensible, and of some that it does not.

    Arguments: `names` of the steps that need not make sense, and the `choices` of their arguments beside `WORDS`;
    `low_of`, what now and then takes a step's place.
    """
    low_of = low_of or {}
    script: list[Step] = []
    for _ in range(pick([max(1, most // 4), max(1, most // 2), most, most])):
        if pick(range(_SENSELESS)) == _SENSELESS - 1:
            made = _anything(pick, names, choices)
        else:
            made = pick([choice for weight, choice in sketch.sensible() for _ in range(weight)])(pick)
            if made.name in low_of and pick(range(4)) == 3:
                made = Step(low_of[made.name], made.arguments)
        sketch.follow(made)
        script.append(made)
    return script


# Any step at all, with arguments of the right kinds.
def _anything(pick: Pick, names: Sequence[str], choices: Choices) -> Step:
    name = pick(names)
    kinds = {**WORDS, **choices}
    return Step(name, tuple(pick(kinds[each]) for each in fields(name)))
