"""Section state: every cell of the state table. The answers that a cell allows stand in the catalogue."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject


def _handle_made(host: Host) -> HostObject:
    return host.made()


def _client_pending(host: Host) -> HostObject:
    server = host.listening()
    with expect.needing("init.connectable-before-tick"):
        host.peer(server.port)
    host.silence()
    return server


def _client_taken(host: Host) -> HostObject:
    return host.connected()[0]


def _client_gone(host: Host) -> HostObject:
    server, peer = host.connected()
    peer.close()
    host.silence()
    return server


def _departure_noticed(host: Host) -> HostObject:
    server = _client_gone(host)
    host.await_departure(server)
    return server


def _init_failed(host: Host) -> HostObject:
    occupant = host.listening()
    server = host.made()
    with expect.needing("init.port-in-use"):
        expect.returns(server.init(occupant.port), False, "init on a port that is in use")
    return server


def _saved(host: Host) -> HostObject:
    server = _client_taken(host)
    with expect.needing("save.moves-handle"):
        expect.one_of(server.save(), ("none", "true"), "save")
    return server


def _restored(host: Host) -> HostObject:
    _saved(host)
    server = host.new()
    with expect.needing("restore.takes-handle"):
        expect.one_of(server.restore(), ("none", "true"), "restore")
    host.settle(server)
    return server


def _destroyed(host: Host) -> HostObject:
    server = _client_taken(host)
    expect.one_of(server.destroy(), ("none", "true"), "destroy")
    return server


REACH: dict[str, Callable[[Host], HostObject]] = {
    "new-object": Host.new,
    "handle-made": _handle_made,
    "listening": Host.listening,
    "client-pending": _client_pending,
    "client-taken": _client_taken,
    "client-gone": _client_gone,
    "departure-noticed": _departure_noticed,
    "init-failed": _init_failed,
    "saved": _saved,
    "restored": _restored,
    "destroyed": _destroyed,
}


@pytest.mark.parametrize(
    ("state", "query"),
    [
        pytest.param(
            "new-object", "has_session", marks=check("state.new-object.has-session"), id="new-object-has-session"
        ),
        pytest.param("new-object", "is_open", marks=check("state.new-object.is-open"), id="new-object-is-open"),
        pytest.param(
            "new-object", "is_connected", marks=check("state.new-object.is-connected"), id="new-object-is-connected"
        ),
        pytest.param("new-object", "send", marks=check("state.new-object.send"), id="new-object-send"),
        pytest.param(
            "handle-made", "has_session", marks=check("state.handle-made.has-session"), id="handle-made-has-session"
        ),
        pytest.param("handle-made", "is_open", marks=check("state.handle-made.is-open"), id="handle-made-is-open"),
        pytest.param(
            "handle-made", "is_connected", marks=check("state.handle-made.is-connected"), id="handle-made-is-connected"
        ),
        pytest.param("handle-made", "send", marks=check("state.handle-made.send"), id="handle-made-send"),
        pytest.param(
            "listening", "has_session", marks=check("state.listening.has-session"), id="listening-has-session"
        ),
        pytest.param("listening", "is_open", marks=check("state.listening.is-open"), id="listening-is-open"),
        pytest.param(
            "listening", "is_connected", marks=check("state.listening.is-connected"), id="listening-is-connected"
        ),
        pytest.param("listening", "send", marks=check("state.listening.send"), id="listening-send"),
        pytest.param(
            "client-pending",
            "has_session",
            marks=check("state.client-pending.has-session"),
            id="client-pending-has-session",
        ),
        pytest.param(
            "client-pending", "is_open", marks=check("state.client-pending.is-open"), id="client-pending-is-open"
        ),
        pytest.param(
            "client-pending",
            "is_connected",
            marks=check("state.client-pending.is-connected"),
            id="client-pending-is-connected",
        ),
        pytest.param("client-pending", "send", marks=check("state.client-pending.send"), id="client-pending-send"),
        pytest.param(
            "client-taken", "has_session", marks=check("state.client-taken.has-session"), id="client-taken-has-session"
        ),
        pytest.param("client-taken", "is_open", marks=check("state.client-taken.is-open"), id="client-taken-is-open"),
        pytest.param(
            "client-taken",
            "is_connected",
            marks=check("state.client-taken.is-connected"),
            id="client-taken-is-connected",
        ),
        pytest.param("client-taken", "send", marks=check("state.client-taken.send"), id="client-taken-send"),
        pytest.param(
            "client-gone", "has_session", marks=check("state.client-gone.has-session"), id="client-gone-has-session"
        ),
        pytest.param("client-gone", "is_open", marks=check("state.client-gone.is-open"), id="client-gone-is-open"),
        pytest.param(
            "client-gone", "is_connected", marks=check("state.client-gone.is-connected"), id="client-gone-is-connected"
        ),
        pytest.param("client-gone", "send", marks=check("state.client-gone.send"), id="client-gone-send"),
        pytest.param(
            "departure-noticed",
            "has_session",
            marks=check("state.departure-noticed.has-session"),
            id="departure-noticed-has-session",
        ),
        pytest.param(
            "departure-noticed",
            "is_open",
            marks=check("state.departure-noticed.is-open"),
            id="departure-noticed-is-open",
        ),
        pytest.param(
            "departure-noticed",
            "is_connected",
            marks=check("state.departure-noticed.is-connected"),
            id="departure-noticed-is-connected",
        ),
        pytest.param(
            "departure-noticed", "send", marks=check("state.departure-noticed.send"), id="departure-noticed-send"
        ),
        pytest.param(
            "init-failed", "has_session", marks=check("state.init-failed.has-session"), id="init-failed-has-session"
        ),
        pytest.param("init-failed", "is_open", marks=check("state.init-failed.is-open"), id="init-failed-is-open"),
        pytest.param(
            "init-failed", "is_connected", marks=check("state.init-failed.is-connected"), id="init-failed-is-connected"
        ),
        pytest.param("init-failed", "send", marks=check("state.init-failed.send"), id="init-failed-send"),
        pytest.param("saved", "has_session", marks=check("state.saved.has-session"), id="saved-has-session"),
        pytest.param("saved", "is_open", marks=check("state.saved.is-open"), id="saved-is-open"),
        pytest.param("saved", "is_connected", marks=check("state.saved.is-connected"), id="saved-is-connected"),
        pytest.param("saved", "send", marks=check("state.saved.send"), id="saved-send"),
        pytest.param("restored", "has_session", marks=check("state.restored.has-session"), id="restored-has-session"),
        pytest.param("restored", "is_open", marks=check("state.restored.is-open"), id="restored-is-open"),
        pytest.param(
            "restored", "is_connected", marks=check("state.restored.is-connected"), id="restored-is-connected"
        ),
        pytest.param("restored", "send", marks=check("state.restored.send"), id="restored-send"),
        pytest.param(
            "destroyed", "has_session", marks=check("state.destroyed.has-session"), id="destroyed-has-session"
        ),
        pytest.param("destroyed", "is_open", marks=check("state.destroyed.is-open"), id="destroyed-is-open"),
        pytest.param(
            "destroyed", "is_connected", marks=check("state.destroyed.is-connected"), id="destroyed-is-connected"
        ),
        pytest.param("destroyed", "send", marks=check("state.destroyed.send"), id="destroyed-send"),
    ],
)
def test_cell(host: Host, state: str, query: str) -> None:
    """In this state, this call gives one of the outcomes that the catalogue allows for the cell."""
    server = REACH[state](host)
    outcome = server.send(b"state?") if query == "send" else server.call(query)
    expect.one_of(outcome, host.allowed(), f"{query} in the state {state}")
