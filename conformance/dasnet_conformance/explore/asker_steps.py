"""The steps of a conversation in which HTTP clients ask, each by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .asker_ends import END_STEPS
from .asker_objects import OBJECT_STEPS
from .asker_reloads import RELOAD_STEPS
from .asker_replies import REPLY_STEPS
from .asker_requests import REQUEST_STEPS
from .asker_world import AskerWorld
from .steps import Step

ASKER_STEPS: Final[dict[str, Callable[[AskerWorld, Step], None]]] = {
    **OBJECT_STEPS,
    **RELOAD_STEPS,
    **REQUEST_STEPS,
    **REPLY_STEPS,
    **END_STEPS,
}
