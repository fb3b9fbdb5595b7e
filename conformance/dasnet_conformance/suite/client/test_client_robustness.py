"""Section client-robustness: servers that behave badly. Each leaves the client able to talk to the next one."""

from __future__ import annotations

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import connect, connected_client, made_client, serves_again
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.listener import listen
from dasnet_conformance.suite.scenes import until_fired_soon

SERVERS = 200
MEBIBYTE = 1 << 20


@check("client-robustness.server-storm")
def test_server_storm(host: Host) -> None:
    """Half of them close, half of them reset; now and then one says something first."""
    client, listener = made_client(host), listen(host)
    for number in range(1, SERVERS + 1):
        expect.returns(connect(client, listener), True, f"connect to server number {number}")
        peer = listener.accept()
        if number % 3 == 0:
            peer.send(b"no")
        if number % 2:
            peer.close()
        else:
            peer.reset()
        until_fired_soon(host, client, "disconnect", number)
        host.dismiss(peer)
    expect.equal(client.count("disconnect"), SERVERS, f"disconnect callbacks of {SERVERS} connections")
    serves_again(host, client)


@check("client-robustness.noise")
def test_noise(host: Host) -> None:
    """What it means is nobody's business here; the reset comes before all of it was read."""
    client, peer = connected_client(host)
    peer.send(host.random.randbytes(MEBIBYTE))
    host.tick_once(client)
    peer.reset()
    host.until(lambda: client.count("disconnect") > 0, client, what="a disconnect callback")
    host.settle(client)
    expect.equal(client.count("disconnect"), 1, "disconnect callbacks of one connection")
    serves_again(host, client)
