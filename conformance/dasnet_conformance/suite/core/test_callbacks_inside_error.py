"""Checks of section `callbacks`: what may be done inside the error callback, whichever call it comes from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from dasnet_adapters.contract import Outcome
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import SETTLING_TICKS
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.scenes import (
    ANSWER,
    Forgiving,
    hear,
    outcome_inside,
    take_over,
    tick_whatever,
    until_fired,
    visit,
)


def _failed_init(host: Host, action: str) -> tuple[HostObject, Peer | None]:
    return _init(host, host.made(), action), None


def _refused_init(host: Host, action: str) -> tuple[HostObject, Peer | None]:
    server, peer = host.connected()
    return _init(host, server, action), peer


def _init(host: Host, server: HostObject, action: str) -> HostObject:
    port, other = server.port, host.listening()
    _react(server, action)
    expect.one_of(server.init(other.port), ("false", "refused"), "init on a port on which another server listens")
    server.port = port
    visit(host, other)
    return server


def _send_to_nobody(host: Host, action: str) -> tuple[HostObject, Peer | None]:
    server = host.listening()
    peer = host.peer(server.port)
    _react(server, action)
    expect.one_of(server.send(ANSWER), ("false", "refused"), "send while nobody is connected")
    return server, peer


def _reset(host: Host, action: str) -> tuple[HostObject, Peer | None]:
    server, peer = host.connected()
    _react(server, action)
    peer.reset()
    forgiving = Forgiving(server)

    def over() -> bool:
        forgiving.tick()
        return server.count("disconnect") > 0 or bool(server.did(action))

    host.until(over, what="a disconnect callback, or an error callback before it")
    return server, None


def _react(server: HostObject, action: str) -> None:
    server.react("error", action, *((1,) if action == "save" else ()))


#: What an error callback comes from: brings a server there, and gives the client that is there then, if any.
_TROUBLE: Final[dict[str, Callable[[Host, str], tuple[HostObject, Peer | None]]]] = {
    "an init that fails": _failed_init,
    "an init on an open server": _refused_init,
    "a send to nobody": _send_to_nobody,
    "a reset": _reset,
}

_of_each = pytest.mark.parametrize("trouble", _TROUBLE)


def _inside(host: Host, trouble: str, action: str) -> tuple[HostObject, Peer | None, Outcome]:
    server, peer = _TROUBLE[trouble](host, action)
    if not server.did(action):
        raise expect.Moot(f"{trouble} fired no error callback: whether it has to is judged elsewhere")
    inside = outcome_inside(server, action)
    server.react("error", "none")
    return server, peer, inside


@check("callbacks.destroy-inside-error")
@_of_each
def test_destroy_inside_error(host: Host, trouble: str) -> None:
    """The call that failed comes back to an object that is no more, and finds nothing to do there."""
    server, peer, _ = _inside(host, trouble, "destroy")
    before = server.heard()
    if peer is not None:
        host.await_closed(peer)
    if server.port:
        host.await_refusal(server.port, f"port {server.port} is freed")
    tick_whatever(host, server, SETTLING_TICKS)
    expect.equal(server.heard() - before, 0, "client callbacks after the object was destroyed")
    visit(host, host.listening())


@check("callbacks.save-inside-error")
@_of_each
def test_save_inside_error(host: Host, trouble: str) -> None:
    """Whoever restores it goes on with it as if the reload had come between two calls."""
    server, peer, inside = _inside(host, trouble, "save")
    if expect.one_of(inside, ("none", "refused"), "save inside an error callback") == "none":
        expect.returns(host.holds(), True, "whether the orphan holds the handle")
        expect.one_of(server.is_open(), ("false", "refused"), "is_open of the object that was saved")
        departures = server.count("disconnect")
        taker = take_over(host, server)
        if trouble == "a reset" and not departures:
            until_fired(host, taker, "disconnect", 1)
        tick_whatever(host, server, SETTLING_TICKS)
        expect.equal(server.count("disconnect"), departures, "disconnect callbacks on the object that was saved")
        server = taker
    _goes_on(host, server, peer)


@check("callbacks.tick-inside-error")
@_of_each
def test_tick_inside_error(host: Host, trouble: str) -> None:
    """What the inner tick does is free; the object is ticked on afterwards, and nothing is told twice."""
    server, peer, _ = _inside(host, trouble, "tick")
    if trouble == "a reset":
        until_fired(host, server, "disconnect", 1)
    _goes_on(host, server, peer)
    host.settle(server)
    expect.equal(server.count("connect"), server.count("disconnect") + (peer is not None), "connect callbacks")


def _goes_on(host: Host, server: HostObject, peer: Peer | None) -> None:
    if not server.port:
        expect.returns(host.init_free(server), True, "init after one that failed")
    if peer is None:
        visit(host, server)
    else:
        hear(host, server, peer)
