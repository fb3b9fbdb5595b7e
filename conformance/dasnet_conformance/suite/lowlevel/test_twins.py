"""Checks of section twins: a low-level function and the method above it give one answer, in every state by every way.

The lives are generated from the table in `suite.ways`. Twins are compared with each other: whether both are right is
asked in section state.
"""

from __future__ import annotations

from functools import partial

import pytest

from dasnet_adapters.contract import Outcome
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.suite.scenes import put_aside
from dasnet_conformance.suite.ways import STATES, WAYS, WORD, ask_twins, asked, same_as_usual, usual, walk

every_way = pytest.mark.parametrize("way", WAYS)


def _twin_queries(host: Host, way: str, name: str) -> None:
    for life, where in walk(host, way, *WAYS[way].states):
        ask_twins(life.server.call, name, where)


@check("twins.is-open")
@every_way
def test_is_open(host: Host, way: str) -> None:
    """The detour is made in each state where it can be."""
    _twin_queries(host, way, "is_open")


@check("twins.is-connected")
@every_way
def test_is_connected(host: Host, way: str) -> None:
    """The detour is made in each state where it can be."""
    _twin_queries(host, way, "is_connected")


@check("twins.send")
@every_way
def test_send(host: Host, way: str) -> None:
    """Not to a client that has gone: there the first send may find it out, and the second say so."""
    for life, where in walk(host, way, *WAYS[way].states):
        if life.state != "client-gone":
            ask_twins(partial(_send, life.server), "send", where)


def _send(server: HostObject, through: str) -> Outcome:
    return server.send(WORD, through=through)


@check("twins.driven-by-functions")
@pytest.mark.parametrize("way", ["fresh", "reload", "departure", "failed init", "bad port"])
def test_driven_by_functions(host: Host, way: str) -> None:
    """Opened by server_init and ticked by server_tick alone."""
    wanted = usual(host)
    for life, where in walk(host, way, *WAYS[way].states, low=True):
        same_as_usual(asked(life), wanted[life.state], f"{where}, driven by the functions")


@check("twins.bad-port-in-every-state")
@pytest.mark.parametrize("state", STATES)
def test_bad_port_in_every_state(host: Host, state: str) -> None:
    """False and a refusal are both fine."""
    for life, where in walk(host, "fresh"):
        if life.state == state:
            for port in (-1, 65_536, 1 << 31):
                outcome = life.server.call("server_init", port)
                expect.one_of(outcome, host.allowed(), f"server_init with {port}, {where}")
            break


@check("twins.bad-size-in-every-state")
@pytest.mark.parametrize("state", STATES)
def test_bad_size_in_every_state(host: Host, state: str) -> None:
    """False and a refusal are both fine, also where there is nobody to send to."""
    for life, where in walk(host, "fresh"):
        if life.state == state:
            for size in (-1, len(WORD) + 1):
                outcome = life.server.send(WORD, size, through="server_send")
                expect.one_of(outcome, host.allowed(), f"server_send of {size} of {len(WORD)} bytes, {where}")
            break


@check("twins.no-handle-by-every-way")
@pytest.mark.parametrize("way", ["saved", "saved and ticked", "destroyed"])
@pytest.mark.parametrize("state", ["handle-made", "listening", "client-taken"])
def test_no_handle_by_every_way(host: Host, state: str, way: str) -> None:
    """What the object once had is another's now, or nobody's."""
    for life, where in walk(host, "fresh"):
        if life.state == state:
            server = life.server
            if way == "destroyed":
                server.destroy()
            else:
                put_aside(server)
            if way == "saved and ticked":
                server.tick()
            before = server.heard()
            for name, arguments in _ON_A_HANDLE.items():
                expect.one_of(server.call(name, *arguments), ("refused",), f"{name}, {where}, then {way}")
            expect.equal(server.heard() - before, 0, "client callbacks in the calls")
            break


_ON_A_HANDLE: dict[str, tuple[int | bytes, ...]] = {
    "server_is_open": (),
    "server_is_connected": (),
    "server_tick": (),
    "server_send": (WORD, 1, len(WORD)),
}
