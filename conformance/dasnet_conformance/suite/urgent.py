"""Urgent bytes, sent out of band, to a server and to a client alike. They know `Host` and nothing else."""

from __future__ import annotations

import socket

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.scenes import until_received


def urgent_ends_nothing(host: Host, served: HostObject, peer: Peer) -> None:
    """A terminal sends one on Ctrl-C: alone, between bytes that come at once, and again.

    The connection is new. Raises `Moot` where the system has no urgent data.
    """
    if not hasattr(socket, "MSG_OOB"):
        raise expect.Moot("not asked: this system has no urgent data")
    peer.send_urgent(0x03)
    host.settle(served)
    plain, whole = bytearray(), bytearray(b"\x03")
    for before, after in ((b"before", b"after"), (b"", b"again"), (b"last", b"\r\n")):
        if before:
            peer.send(before)
        peer.send_urgent(0x1A)
        peer.send(after)
        plain += before + after
        whole += before + b"\x1a" + after
        _heard(host, served, peer, plain, whole)
    host.observe("in line" if served.received == whole else "left out")
    expect.equal(served.client_callbacks(), ["connect", "data"], "callbacks of a connection that stays")


# Each urgent byte is in its place, or none is.
def _heard(host: Host, served: HostObject, peer: Peer, plain: bytearray, whole: bytearray) -> None:
    until_received(host, served, len(plain))
    host.settle(served)
    expect.equal(peer.closed, None, "what the other end sees after an urgent byte")
    if served.received != whole:
        expect.same_bytes(served.received, plain, "what was delivered, with the urgent bytes left out")
