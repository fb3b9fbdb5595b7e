"""Makes the scripts up that are about HTTP clients, each by one of two sketches."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from dasnet_conformance.explore.scripts.steps import Step

from .composing import Choices, Pick, compose
from .http_client_time import Waiting, opening
from .http_clients import ASKERS, Asking

#: Steps that any script may have that is about HTTP clients.
_NAMES: Final = (
    "asker_limits",
    "asker_new",
    "asker_open",
    "asker_init",
    "asker_close",
    "asker_react",
    "asker_react_failure",
    "asker_request",
    "asker_upload",
    "asker_forbidden",
    "asker_cancel",
    "reply",
    "reply_prepare",
    "reply_part",
    "reply_rest",
    "reply_interim",
    "reply_wrong",
    "reply_unasked",
    "site_pause",
    "site_resume",
    "site_half_close",
    "site_close",
    "site_reset",
    "tick",
    "settle",
    "silence",
    "query",
    "save",
    "restore",
    "reloads",
    "destroy",
)
_CHOICES: Final[Choices] = {
    "object": ASKERS,
    "orphan": (1, 2),
    "count": (1, 3),
    "size": (0, 10),
    "status": (200, 204),
    "kibibytes": (1, 100),
    "stall": (0, 60),
    "deadline": (0, 60),
}
#: Whether a script is one in which servers and clients take their time.
_ONE_IN_THREE: Final = (False, False, True)


def make_asking(pick: Pick, most: int, *, profiles: Collection[str]) -> list[Step]:  # noqa: ARG001
    """A script of up to `most` steps about HTTP clients. `pick` is the source of chance."""
    if not pick(_ONE_IN_THREE):
        return compose(pick, most, Asking(), _NAMES, _CHOICES)
    sketch, first = Waiting(), opening(pick)[:most]
    for step in first:
        sketch.follow(step)
    return [*first, *compose(pick, max(1, most - len(first)), sketch, _NAMES, _CHOICES)][:most]
