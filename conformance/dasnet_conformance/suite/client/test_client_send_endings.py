"""Section client-send: a server that shuts down writing and reads on, and what it is still owed."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import connected_client
from dasnet_conformance.stage.host import Host
from dasnet_conformance.suite.last_words import REPEATS, accepted_before_half_close, answer_to_last_words


@check("client-send.accepted-before-half-close")
@pytest.mark.parametrize("reads", ["before a tick saw it", "after"])
def test_accepted_before_half_close(host: Host, reads: str) -> None:
    """A server that has said all it has to say, and then reads what it was sent: the end of a download, its report."""
    client, peer = connected_client(host)
    accepted_before_half_close(host, client, peer, reads == "after", "client-send.stalled-returns")


@check("client-send.answer-to-last-words")
@pytest.mark.parametrize("repeat", REPEATS, ids=["small", "large"])
def test_answer_to_last_words(host: Host, repeat: int) -> None:
    """A server that asks one question, and is answered where it is heard."""
    client, peer = connected_client(host)
    answer_to_last_words(host, client, peer, repeat)
