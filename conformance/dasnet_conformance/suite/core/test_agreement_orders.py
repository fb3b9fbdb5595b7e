"""Checks of section agreement, in any order: what one detour leaves behind shows when another one comes next."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.suite.orders import MISTAKEN, RIGHTFUL, Wanderer, each_behind_each
from dasnet_conformance.suite.pace import rounds
from dasnet_conformance.suite.scenes import hear
from dasnet_conformance.suite.ways import STATES, asked, same_as_usual, usual


def _wander(host: Host, detours: Mapping[str, Callable[[Wanderer], None]]) -> None:
    wanted = usual(host)
    names = list(detours)
    for number, state in enumerate(STATES):
        # Each state ends with another detour, behind which its life goes on.
        first = number % len(names)
        order = list(each_behind_each(names[first:] + names[:first]))
        life = Wanderer(host)
        life.reach(state)
        life.wandered = True
        before = "nothing"
        # The number of rounds is bounded by time, for a port to which each of them is slow.
        for _, name in zip(rounds(len(order)), order, strict=False):
            detours[name](life)
            where = f"{state}, after {name} behind {before}"
            same_as_usual(asked(life), wanted[life.state], where)
            before = name
        _lives_on(host, life, state)
        life.end()


def _lives_on(host: Host, life: Wanderer, where: str) -> None:
    # The rest of the life is that of a fresh server, and each of its clients is told of once.
    if life.state == "client-taken":
        hear(host, life.server, life.peer)
    life.reach("departure-noticed")
    life.step()
    life.step()
    hear(host, life.server, life.peer)
    if life.moved:
        return
    host.settle(life.server)
    told = life.told("connect"), life.told("disconnect")
    expect.equal(told, (2, 1), f"connect and disconnect callbacks on all owners, after detours in the state {where}")


@check("agreement.any-order")
def test_any_order(host: Host) -> None:
    """Moved from object to object, there and back and crosswise, in every order of two."""
    _wander(host, RIGHTFUL)


@check("agreement.any-order-of-mistakes")
def test_any_order_of_mistakes(host: Host) -> None:
    """Turned down in every order of two, with a reload among them; an init may move it instead."""
    _wander(host, MISTAKEN)
