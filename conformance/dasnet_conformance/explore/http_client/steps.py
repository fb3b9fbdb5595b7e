"""The steps of a conversation in which HTTP clients ask, each by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dasnet_conformance.explore.scripts.steps import Step

from .end_steps import END_STEPS
from .object_steps import OBJECT_STEPS
from .reload_steps import RELOAD_STEPS
from .reply_steps import REPLY_STEPS
from .request_steps import REQUEST_STEPS
from .world import HttpClientWorld

ASKER_STEPS: Final[dict[str, Callable[[HttpClientWorld, Step], None]]] = {
    **OBJECT_STEPS,
    **RELOAD_STEPS,
    **REQUEST_STEPS,
    **REPLY_STEPS,
    **END_STEPS,
}
