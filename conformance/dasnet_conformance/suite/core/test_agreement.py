"""Checks of section agreement: what the queries and send answer in a state does not depend on how it was reached.

The lives are generated from the table in `suite.ways`. Answers are compared with those of a fresh server of the same
implementation: whether those are right is asked in section state.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dasnet_adapters.contract import Outcome
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.suite.scenes import put_aside
from dasnet_conformance.suite.ways import QUIET, STATES, WAYS, WORD, asked, same_as_usual, usual, walk


def _agrees(host: Host, way: str) -> None:
    wanted = usual(host)
    for at in WAYS[way].states:
        for life, where in walk(host, way, at):
            same_as_usual(asked(life), wanted[life.state], f"{where}, the way of {way} in the state {at}")


def _ways(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("way", names)


@check("agreement.after-reload")
@_ways("reload", "reload into another object")
def test_after_reload(host: Host, way: str) -> None:
    """In every state, and in all that follow."""
    _agrees(host, way)


@check("agreement.after-departure")
@_ways("departure")
def test_after_departure(host: Host, way: str) -> None:
    """The next client finds what the first one found."""
    _agrees(host, way)


@check("agreement.after-failed-init")
@_ways("failed init", "bad port")
def test_after_failed_init(host: Host, way: str) -> None:
    """Before the object is open: the second attempt makes a server like any other."""
    _agrees(host, way)


@check("agreement.after-second-init")
@_ways("second init", "second init on a taken port", "second init on a bad port")
def test_after_second_init(host: Host, way: str) -> None:
    """To refuse and to move are both fine; after a move clients come anew, and after a refusal all is as it was."""
    _agrees(host, way)


@check("agreement.after-exception")
@_ways("raise in connect", "raise in data", "raise in disconnect")
def test_after_exception(host: Host, way: str) -> None:
    """The client may be kept or let go; whichever it is, all answers say the same."""
    _agrees(host, way)


@check("agreement.after-empty-orphan")
@_ways("empty orphan")
def test_after_empty_orphan(host: Host, way: str) -> None:
    """There was nothing to take, so nothing was."""
    _agrees(host, way)


@check("agreement.after-full-orphan")
@_ways("full orphan")
def test_after_full_orphan(host: Host, way: str) -> None:
    """Refused, or moved there and back again: a server like before in both cases."""
    _agrees(host, way)


@check("agreement.after-bad-size")
@_ways("bad size")
def test_after_bad_size(host: Host, way: str) -> None:
    """With a client and without."""
    _agrees(host, way)


def _without_handle(host: Host, state: str) -> HostObject:
    if state == "new-object":
        return host.new()
    server = host.connected()[0]
    if state == "saved":
        put_aside(server)
    else:
        server.destroy()
    return server


#: The states in which an object has no handle.
NO_HANDLE = ("new-object", "saved", "destroyed")


@check("agreement.bad-port-in-every-state")
@pytest.mark.parametrize("state", [*STATES, *NO_HANDLE])
def test_bad_port_in_every_state(host: Host, state: str) -> None:
    """False and a refusal are both fine."""
    _in(host, state, lambda server: [server.init(port) for port in (-1, 65_536, 1 << 31)])


@check("agreement.bad-size-in-every-state")
@pytest.mark.parametrize("state", [*STATES, *NO_HANDLE])
def test_bad_size_in_every_state(host: Host, state: str) -> None:
    """False and a refusal are both fine, also where there is nobody to send to."""
    _in(host, state, lambda server: [server.send(WORD, size) for size in (-1, len(WORD) + 1)])


@check("agreement.size-zero-without-client")
@pytest.mark.parametrize("state", [*QUIET, "client-pending", "new-object", "saved"])
def test_size_zero_without_client(host: Host, state: str) -> None:
    """With and without a buffer."""
    _in(host, state, lambda server: [server.send(WORD, 0), server.send(b"", 0)])


def _in(host: Host, state: str, ask: Callable[[HostObject], list[Outcome]]) -> None:
    # Each outcome of `ask` in that state has to be allowed, and tells of no client.
    if state in NO_HANDLE:
        _allowed(host, _without_handle(host, state), state, ask)
        return
    for life, where in walk(host, "fresh"):
        if life.state == state:
            _allowed(host, life.server, where, ask)
            break


def _allowed(host: Host, server: HostObject, where: str, ask: Callable[[HostObject], list[Outcome]]) -> None:
    before = server.heard()
    for outcome in ask(server):
        expect.one_of(outcome, host.allowed(), f"the call, {where}")
    expect.equal(server.heard() - before, 0, f"client callbacks in the calls, {where}")
