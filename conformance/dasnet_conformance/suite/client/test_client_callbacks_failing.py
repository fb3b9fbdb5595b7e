"""Section client-callbacks: what a callback that raises must not cost."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import SHORT_TIMEOUT
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import connect, connected_client, made_client, serves_again
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.listener import listen
from dasnet_conformance.suite.failing import loses_no_queued_bytes, loses_no_waiting_data


@check("client-callbacks.raise-loses-no-data")
@pytest.mark.parametrize("callback", ["connect", "data"])
@pytest.mark.parametrize("how_often", ["once", "each time"])
def test_raise_loses_no_data(host: Host, callback: str, how_often: str) -> None:
    """The failure comes in the middle of a burst, or as the connection is told of."""
    if callback == "connect":
        client, listener = made_client(host), listen(host)
        client.react(callback, "raise")
        connect(client, listener)
        peer = listener.accept()
    else:
        client, peer = connected_client(host)
        client.react(callback, "raise")
    loses_no_waiting_data(host, client, peer, callback, how_often)


@check("client-callbacks.raise-loses-no-queued-bytes")
def test_raise_loses_no_queued_bytes(host: Host) -> None:
    """The server reads at last what was promised to it before its words made a callback fail."""
    client, peer = connected_client(host)
    loses_no_queued_bytes(host, client, peer, "client-send.stalled-returns")


@check("client-callbacks.raise-in-error")
@pytest.mark.parametrize("failure", ["connect", "send"])
def test_raise_in_error(host: Host, failure: str) -> None:
    """A program whose report of an error fails itself: the call that told of it has failed already, and no more."""
    client, nobody = made_client(host), listen(host, "refuse")
    client.react("error", "raise")
    outcome = connect(client, nobody, SHORT_TIMEOUT) if failure == "connect" else client.send(b"to nobody")
    expect.one_of(outcome, ("false", "refused"), f"{failure}, whose error callback raises")
    client.react("error", "none")
    expect.returns(client.is_connected(), False, "is_connected after it")
    host.settle(client)
    serves_again(host, client)
