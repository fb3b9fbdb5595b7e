"""The source of chance: scripts, made up one after the other from a seed.

The same seed makes the same scripts wherever it is: in any version of Python, in any installation, and whatever else
the process has imported. That is why no library that looks for interesting values stands here: Hypothesis takes some
of them from the modules that are imported, so that a seed in a report of a bug leads elsewhere on another machine.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from dasnet_adapters.contract import CLIENT, CORE, HTTP, HTTP_CLIENT
from dasnet_conformance.explore.scripts.steps import Step

from .http_client_scripts import make_asking
from .http_servers import make_exchanges
from .tcp_clients import make_talk
from .tcp_servers import make_script

T = TypeVar("T")


class Enough(Exception):
    """Raised by a visitor to end the run."""


#: What makes the scripts that are about a profile, and what builds upon it.
_MAKERS: Final = {CORE: make_script, CLIENT: make_talk, HTTP: make_exchanges, HTTP_CLIENT: make_asking}
#: Scripts in a row that were there before, after which there is taken to be no other: those of one step are few.
_STALE: Final = 200


class _Picker:
    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def __call__(self, choices: Sequence[T], /) -> T:
        # Of all that `Random` offers, Python promises for `random` alone that each version makes the same of a seed.
        return choices[int(self._chance.random() * len(choices))]


def visit_scripts(
    visit: Callable[[list[Step]], None],
    *,
    examples: int,
    most: int,
    seed: int,
    profiles: tuple[str, ...],
    about: str = CORE,
) -> None:
    """Hand out scripts one by one, none twice and the same for the same seed; `visit` ends it early by `Enough`.

    There are up to so many `examples`, of up to `most` steps each. They are `about` servers (`core`), clients of the
    implementation (`client`), HTTP servers (`http`) or HTTP clients (`http-client`), with the calls of `profiles`.
    """
    seen: set[tuple[Step, ...]] = set()
    stale = 0
    pick = _Picker(seed)
    while len(seen) < examples and stale < _STALE:
        script = _MAKERS[about](pick, most, profiles=profiles)
        if tuple(script) in seen:
            stale += 1
            continue
        stale = 0
        seen.add(tuple(script))
        try:
            visit(script)
        except Enough:
            return
