"""Section http-client-limits: what a client keeps of what is over."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import CLASS_HTTP_CLIENT_SILENT
from dasnet_conformance.stage import many
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import PIECE, answer_of, ask, asking
from dasnet_conformance.suite.memory import memory_comes_to_rest

#: Bytes of an answer, or of the body of a request; and how many of them are in a block, of which two may stay.
_SIZE = 1 << 19
_BLOCK = 5


@check("http-client-limits.memory-per-request")
@pytest.mark.parametrize("kept", ["answers", "bodies"])
def test_memory_per_request(host: Host, kept: str) -> None:
    """Nobody hears of an answer, for what is told would be memory as well: that one was read the next request tells."""
    site = asking(host, CLASS_HTTP_CLIENT_SILENT)
    answer = answer_of(bytes(_SIZE)) if kept == "answers" else answer_of()
    number = 0

    def turn() -> None:
        nonlocal number
        number += 1
        if kept == "answers":
            ask(site.client, f"/{number}")
        else:
            ask(site.client, f"/{number}", "POST", body=PIECE, repeat=_SIZE // len(PIECE))
        # Until the answer before it is read.
        many.work_off(host, site.client, lambda: site.find(f"/{number}") is not None, _SIZE)
        peer, _ = site.await_request(f"/{number}")
        site.forget(peer)
        peer.send(answer)
        for gone in [each for each in site.peers if each.closed is not None]:
            site.peers.remove(gone)
            host.dismiss(gone)

    memory_comes_to_rest(host, turn, _BLOCK, f"{_BLOCK} requests each, with {kept} of {_SIZE >> 10} KiB")
