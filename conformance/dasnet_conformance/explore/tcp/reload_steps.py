"""The host's steps of a reload: a handle that goes from object to object, once or many times, and who hears of it then.

As `server_steps`, of which these are a part: a step that cannot be meant where it stands does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dasnet_adapters.contract import Unsupported
from dasnet_conformance.explore.scripts.steps import Step
from dasnet_conformance.explore.shared.limits import MOST_AT_ONCE
from dasnet_conformance.explore.shared.verdicts import expect_one

from .world import TcpWorld

#: An orphan that no other step knows: it is empty before and after.
_SPARE_ORPHAN: Final = 3
#: Reloads in a row that are nothing out of the ordinary.
_FEW: Final = 10


def _save(world: TcpWorld, step: Step) -> None:
    obj, orphan = world.object_of(step), step.number("orphan")
    if obj is None or not 1 <= orphan <= 2 or (obj.handle is None and orphan in world.state.orphans):
        return
    outcome = world.call("save", obj.label, orphan)
    world.hearing.saved(obj, orphan, outcome, f"save of object {obj.label} to orphan {orphan}")
    world.ask_holds(orphan, "save.moves-handle")


def _restore(world: TcpWorld, step: Step) -> None:
    obj, orphan = world.object_of(step), step.number("orphan")
    if obj is None or obj.destroyed or not 1 <= orphan <= 2 or world.state.hearing(obj.label) is not None:
        return
    what, earlier = f"restore of object {obj.label} from orphan {orphan}", obj.handle
    outcome = world.call("restore", obj.label, orphan)
    if orphan not in world.state.orphans:
        expect_one(outcome, ("refused",), "restore.from-empty", what)
    elif earlier is None:
        expect_one(outcome, ("none", "true"), "restore.takes-handle", what)
        world.state.restored(obj, orphan)
        world.ask_holds(orphan, "restore.empties-orphan")
    else:
        if expect_one(outcome, ("none", "refused"), "restore.into-occupied", what) == "none":
            world.state.closed(earlier, *["restore.into-occupied"] * 3)
            world.state.restored(obj, orphan)
        world.ask_holds(orphan, "restore.into-occupied")


def _reloads(world: TcpWorld, step: Step) -> None:
    obj = world.object_of(step)
    if obj is None or obj.handle is None or world.state.hearing(obj.label) is not None:
        return
    count = min(step.number("count"), MOST_AT_ONCE)
    what = f"{count} reloads of object {obj.label}"
    outcome = world.reload_often(obj, _SPARE_ORPHAN, count)
    if isinstance(outcome, Unsupported):
        return
    expect_one(outcome, ("none",), "restore.ten-times" if count <= _FEW else "endurance.many-reloads", what)
    for _ in range(count):
        world.state.saved(obj, _SPARE_ORPHAN)
        world.state.restored(obj, _SPARE_ORPHAN)


def _server_restore(world: TcpWorld, step: Step) -> None:
    obj, target = world.object_of(step), world.object_of(step, "target")
    if obj is None or target is None or obj.handle is None or target.destroyed:
        return
    # An object that hears of two handles, or is destroyed while it hears of one, is nowhere spoken of.
    if target is not obj and (
        target.handle is not None or "destroy" in target.reactions.values() or world.state.hearing(target.label)
    ):
        return
    outcome = world.judged(
        step.name, obj.label, lambda: world.objects[obj.label].call(step.name, world.objects[target.label].number)
    )
    what = f"server_restore of the handle of object {obj.label} to object {target.label}"
    expect_one(outcome, ("none", "true"), "server-restore.rebinds", what)
    handle = obj.handle
    if handle.hears is not None and handle.hears != target.label:
        handle.formers.add(handle.hears)
    handle.hears = target.label


RELOAD_STEPS: Final[dict[str, Callable[[TcpWorld, Step], None]]] = {
    "save": _save,
    "restore": _restore,
    "reloads": _reloads,
    "server_restore": _server_restore,
}
