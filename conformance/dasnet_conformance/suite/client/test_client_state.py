"""Section client-state: every cell of the client's state table. What a cell allows stands in the catalogue."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import SHORT_TIMEOUT
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import (
    connect,
    connected_client,
    departed_client,
    join,
    made_client,
    new_client,
)
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.listener import listen


def _connect_failed(host: Host) -> HostObject:
    client, nobody = made_client(host), listen(host, "refuse")
    with expect.needing("connect.refused"):
        expect.one_of(connect(client, nobody, SHORT_TIMEOUT), ("false", "refused"), "connect where nobody listens")
    return client


def _connected(host: Host) -> HostObject:
    return connected_client(host)[0]


def _server_gone(host: Host) -> HostObject:
    client, peer = connected_client(host)
    peer.close()
    host.silence()
    return client


def _closed(host: Host) -> HostObject:
    client = _connected(host)
    expect.one_of(client.close(), ("none", "true"), "close")
    return client


def _connected_again(host: Host) -> HostObject:
    client = departed_client(host)
    with expect.needing("connect.after-departure"):
        join(client, listen(host))
    return client


def _destroyed(host: Host) -> HostObject:
    client = _connected(host)
    expect.one_of(client.destroy(), ("none", "true"), "destroy")
    return client


REACH: dict[str, Callable[[Host], HostObject]] = {
    "new-object": new_client,
    "handle-made": made_client,
    "connect-failed": _connect_failed,
    "connected": _connected,
    "server-gone": _server_gone,
    "departure-noticed": departed_client,
    "closed": _closed,
    "connected-again": _connected_again,
    "destroyed": _destroyed,
}


@pytest.mark.parametrize(
    ("state", "query"),
    [
        pytest.param(
            "new-object",
            "is_connected",
            marks=check("client-state.new-object.is-connected"),
            id="new-object-is-connected",
        ),
        pytest.param("new-object", "send", marks=check("client-state.new-object.send"), id="new-object-send"),
        pytest.param(
            "handle-made",
            "is_connected",
            marks=check("client-state.handle-made.is-connected"),
            id="handle-made-is-connected",
        ),
        pytest.param("handle-made", "send", marks=check("client-state.handle-made.send"), id="handle-made-send"),
        pytest.param(
            "connect-failed",
            "is_connected",
            marks=check("client-state.connect-failed.is-connected"),
            id="connect-failed-is-connected",
        ),
        pytest.param(
            "connect-failed", "send", marks=check("client-state.connect-failed.send"), id="connect-failed-send"
        ),
        pytest.param(
            "connected", "is_connected", marks=check("client-state.connected.is-connected"), id="connected-is-connected"
        ),
        pytest.param("connected", "send", marks=check("client-state.connected.send"), id="connected-send"),
        pytest.param(
            "server-gone",
            "is_connected",
            marks=check("client-state.server-gone.is-connected"),
            id="server-gone-is-connected",
        ),
        pytest.param("server-gone", "send", marks=check("client-state.server-gone.send"), id="server-gone-send"),
        pytest.param(
            "departure-noticed",
            "is_connected",
            marks=check("client-state.departure-noticed.is-connected"),
            id="departure-noticed-is-connected",
        ),
        pytest.param(
            "departure-noticed", "send", marks=check("client-state.departure-noticed.send"), id="departure-noticed-send"
        ),
        pytest.param(
            "closed", "is_connected", marks=check("client-state.closed.is-connected"), id="closed-is-connected"
        ),
        pytest.param("closed", "send", marks=check("client-state.closed.send"), id="closed-send"),
        pytest.param(
            "connected-again",
            "is_connected",
            marks=check("client-state.connected-again.is-connected"),
            id="connected-again-is-connected",
        ),
        pytest.param(
            "connected-again", "send", marks=check("client-state.connected-again.send"), id="connected-again-send"
        ),
        pytest.param(
            "destroyed", "is_connected", marks=check("client-state.destroyed.is-connected"), id="destroyed-is-connected"
        ),
        pytest.param("destroyed", "send", marks=check("client-state.destroyed.send"), id="destroyed-send"),
    ],
)
def test_cell(host: Host, state: str, query: str) -> None:
    """In this state, this call gives one of the outcomes that the catalogue allows for the cell."""
    client = REACH[state](host)
    outcome = client.send(b"state?") if query == "send" else client.call(query)
    expect.one_of(outcome, host.allowed(), f"{query} in the state {state}")
