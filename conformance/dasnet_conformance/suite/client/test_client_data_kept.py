"""Section client-data: what a program keeps of what was delivered, and bytes that come out of band."""

from __future__ import annotations

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import await_departure, connected_client, serves_again, talk
from dasnet_conformance.stage.host import Host
from dasnet_conformance.suite.urgent import urgent_ends_nothing
from dasnet_conformance.suite.used_buffers import delivered_stays, is_kept


@check("client-data.delivered-stays")
def test_delivered_stays(host: Host) -> None:
    """Through later deliveries, sends, ticks and echoes, then another connection, and the end of the object."""
    client, peer = connected_client(host)
    delivered_stays(host, client, peer)
    client.react("data", "none")
    peer.close()
    await_departure(host, client)
    is_kept(host, client, "its server left")
    serves_again(host, client)
    is_kept(host, client, "another connection")
    client.destroy()
    is_kept(host, client, "the client was destroyed")


@check("client-data.urgent-ends-nothing")
def test_urgent_ends_nothing(host: Host) -> None:
    """As a terminal does on Ctrl-C, from a server."""
    client, peer = connected_client(host)
    urgent_ends_nothing(host, client, peer)
    expect.returns(client.is_connected(), True, "is_connected after urgent bytes")
    talk(host, client, peer)
