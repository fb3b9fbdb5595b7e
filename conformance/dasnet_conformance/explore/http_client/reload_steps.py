"""The steps that carry HTTP clients over a reload: save, restore, and both many times over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dasnet_conformance.explore.scripts.steps import Step
from dasnet_conformance.explore.shared.verdicts import expect_one

from .object_steps import DONE, object_of
from .world import HttpClientWorld

_MOST_RELOADS: Final = 300


def _save(world: HttpClientWorld, step: Step) -> None:
    obj, orphan = object_of(world, step), step.number("orphan")
    if obj is None or obj.handle is None or orphan in world.asking.orphans or not 1 <= orphan <= 2:
        return
    expect_one(world.call("save", obj.label, orphan), DONE, "http-client-reload.open", f"save of object {obj.label}")
    world.asking.saved(obj, orphan)


def _restore(world: HttpClientWorld, step: Step) -> None:
    obj, orphan = object_of(world, step), step.number("orphan")
    if obj is None or obj.destroyed or obj.handle is not None or orphan not in world.asking.orphans:
        return
    outcome = world.call("restore", obj.label, orphan)
    expect_one(outcome, DONE, "http-client-reload.open", f"restore of object {obj.label}")
    world.asking.restored(obj, orphan)


def _reloads(world: HttpClientWorld, step: Step) -> None:
    obj = object_of(world, step)
    if obj is None or obj.handle is None or 1 in world.asking.orphans:
        return
    for _ in range(min(step.number("count"), _MOST_RELOADS)):
        expect_one(world.call("save", obj.label, 1), DONE, "http-client-reload.open", f"save of object {obj.label}")
        world.asking.saved(obj, 1)
        expect_one(world.call("restore", obj.label, 1), DONE, "http-client-reload.open", "restore")
        world.asking.restored(obj, 1)


RELOAD_STEPS: Final[dict[str, Callable[[HttpClientWorld, Step], None]]] = {
    "save": _save,
    "restore": _restore,
    "reloads": _reloads,
}
