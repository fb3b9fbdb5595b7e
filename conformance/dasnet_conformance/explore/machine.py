"""Hypothesis as the source of chance: a strategy of scripts, run through an example at a time.

Hypothesis draws, so that examples are spread well and none is tried twice; it is not asked to shrink. A script is
shortened by `reduce` instead, which knows what a step is, plays a candidate only if it is shorter, keeps to the one
requirement that was violated, and can be told when to stop: each candidate costs real sockets and real patience.
The only module that imports Hypothesis.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from typing import Final

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from dasnet_adapters.contract import CLIENT, CORE, HTTP, HTTP_CLIENT

from .asker_sketch import make_asking
from .caller_sketch import make_talk
from .http_sketch import make_exchanges
from .sketch import Pick, make_script
from .steps import Step


class Enough(BaseException):
    """Raised by a visitor to end the run. No `Exception`, as those mean to Hypothesis that an example failed."""


#: What makes the scripts that are about a profile, and what builds upon it.
_MAKERS: Final = {CORE: make_script, CLIENT: make_talk, HTTP: make_exchanges, HTTP_CLIENT: make_asking}


@st.composite
def scripts(draw: st.DrawFn, most: int, profiles: tuple[str, ...], about: str) -> list[Step]:
    """Scripts of up to `most` steps about a profile: `core`, `client`, `http` or `http-client`."""
    # By its place: what Hypothesis makes of the choices themselves depends on hashes, which change from run to run.
    pick: Pick = lambda choices: choices[draw(st.integers(0, len(choices) - 1))]  # noqa: E731 - it has to be generic
    return _MAKERS[about](pick, most, profiles=profiles)


def visit_scripts(
    visit: Callable[[list[Step]], None],
    *,
    examples: int,
    most: int,
    seed: int,
    profiles: tuple[str, ...],
    about: str = CORE,
) -> None:
    """Hand out scripts one by one, the same for the same seed; `visit` ends it early by raising `Enough`.

    They are `about` servers (`core`), clients of the implementation (`client`), HTTP servers (`http`) or HTTP clients
    (`http-client`).
    """

    @hypothesis.seed(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        print_blob=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @hypothesis.given(scripts(most, profiles, about))
    def example(script: list[Step]) -> None:
        visit(script)

    # Nothing of this belongs into the directory where the user happens to be.
    with tempfile.TemporaryDirectory(prefix="dasnet-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        set_hypothesis_home_dir(folder)
        try:
            example()
        except Enough:
            pass
