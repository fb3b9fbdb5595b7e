"""The steps in which the server of the suite stops reading, reads again, or ends a connection with an HTTP client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dasnet_conformance.explore.http_client.model.site import site_ends
from dasnet_conformance.explore.http_client.model.state import SiteConnection
from dasnet_conformance.explore.scripts.steps import Step
from dasnet_conformance.stage.arrival import has_arrived

from .object_steps import object_of
from .world import HttpClientWorld, resume_reading


def site_of(world: HttpClientWorld, step: Step) -> SiteConnection | None:
    """The connection of a client that a step of its server means, after a look at what has come on it."""
    obj = object_of(world, step)
    if obj is None or obj.last is None:
        return None
    world.step_peers()
    return obj.last.connection


def _end(world: HttpClientWorld, step: Step) -> None:
    connection = site_of(world, step)
    how = {"site_half_close": "half-closed", "site_close": "closed", "site_reset": "reset"}[step.name]
    # One that was never asked on may have been made ahead of any request, which nobody says is asked again.
    if connection is None or not connection.asked:
        return
    if how != "reset" and connection.wire.unsent + connection.wire.undelivered > 0:
        return
    world.deeds += 1
    there = has_arrived(connection.wire)
    if how == "half-closed":
        connection.wire.half_close()
    elif how == "closed":
        connection.wire.close()
    else:
        connection.wire.reset()
    site_ends(connection, how, there=there)


def _pause(world: HttpClientWorld, step: Step) -> None:
    obj = object_of(world, step)
    handle = obj.last if obj is not None else None
    if handle is None or handle.closed:
        return
    world.deeds += 1
    handle.paused = True
    for connection in handle.connections:
        if connection.live and connection.wire.reading:
            connection.wire.pause_reading()


def _resume(world: HttpClientWorld, step: Step) -> None:
    obj = object_of(world, step)
    if obj is not None and obj.last is not None:
        world.deeds += 1
        resume_reading(obj.last)


END_STEPS: Final[dict[str, Callable[[HttpClientWorld, Step], None]]] = {
    "site_pause": _pause,
    "site_resume": _resume,
    "site_half_close": _end,
    "site_close": _end,
    "site_reset": _end,
}
