"""The steps that every kind of conversation may have, whatever it is about."""

from __future__ import annotations

from dasnet_conformance.explore.scripts.steps import Step

from .world import World


def settle(world: World, step: Step) -> None:
    """Tick until nothing is due and nothing moves, then ask everything."""
    world.settle("server_tick" if step.name == "server_settle" else "tick")


def silence(world: World, _step: Step) -> None:
    """Wait without a tick; nothing may fire."""
    world.silence()
