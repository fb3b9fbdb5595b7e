"""Section client-send: memory that the caller goes on using after a send. How is in `suite/used_buffers.py`."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import connected_client
from dasnet_conformance.stage.host import Host
from dasnet_conformance.suite.used_buffers import fill_reused, reads_at_last, sent_then_overwritten


@check("client-send.from-used-buffer")
@pytest.mark.parametrize("reads", ["at once", "at last"])
def test_from_used_buffer(host: Host, reads: str) -> None:
    """Refused is fine, as nothing is promised about sizes; what was accepted has to be what was given."""
    client, peer = connected_client(host)
    if reads == "at once":
        sent_then_overwritten(host, client, peer, 5_000, 4_096)
        return
    peer.pause_reading()
    accepted, refused = fill_reused(host, client, "client-send.stalled-returns")
    for _ in range(3):
        host.tick_once(client)
    reads_at_last(host, client, peer, accepted, refused)
