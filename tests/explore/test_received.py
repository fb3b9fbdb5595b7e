"""What a byte, or the end of a connection, tells of candidates, and what is not looked at any more: no sockets."""

from __future__ import annotations

import pytest
from tcp_server_scene import Scene

from dasnet_conformance.explore.shared.verdicts import Divergence
from dasnet_conformance.explore.tcp.server_model.duties import due
from dasnet_conformance.explore.tcp.server_model.received import look
from dasnet_conformance.explore.tcp.server_model.state import Connection


def candidates() -> tuple[Scene, Connection, Connection]:
    """A server that has taken one of two connections; the first was reset while it waited."""
    scene = Scene(clients=2)
    first, second = scene.state.connections
    first.end = "reset"
    return scene, first, second


def test_bytes_at_one_of_two_candidates_tell_who_was_taken() -> None:
    scene, _, second = candidates()
    second.sent_to += b"hello"
    second.wire.received += b"hel"
    look(scene.state)
    assert scene.handle.client == [second]
    assert second.compared == 3
    second.wire.received += b"lo"
    look(scene.state)
    assert second.compared == 5


def test_bytes_that_were_sent_to_neither_candidate_tell_nothing_and_are_found() -> None:
    scene, first, second = candidates()
    second.wire.received += b"hello"
    with pytest.raises(Divergence, match=r"expected nothing \(no more was sent\), got b'hello'"):
        look(scene.state)
    assert scene.handle.client == [first, second]


def test_the_end_of_a_candidate_tells_that_it_was_taken() -> None:
    scene, _, second = candidates()
    second.given_up = True
    second.wire.closed = "end of file"
    look(scene.state)
    assert scene.handle.client == [second]
    assert second.gone


def test_one_wrong_byte_is_told_with_its_place() -> None:
    scene = Scene(clients=1)
    client = scene.handle.client[0]
    client.sent_to += b"hello, world"
    client.wire.received += b"hello, worms"
    with pytest.raises(Divergence) as raised:
        look(scene.state)
    assert raised.value.requirement == "send.many-calls"
    assert raised.value.message == "at byte 10 of what peer 1 received: expected b'ld', got b'ms'"


def test_what_arrives_at_a_peer_that_was_given_up_is_not_compared() -> None:
    scene = Scene(clients=1)
    client = scene.handle.client[0]
    client.given_up = True
    client.sent_to += b"hello"
    client.wire.received += b"lo"
    look(scene.state)
    assert client.compared == 2


@pytest.mark.parametrize("why", ["orphaned", "departed", "given_up"])
def test_a_connection_may_end_for_each_of_these_reasons_and_for_no_other(why: str) -> None:
    for given, fine in ((why, True), ("", False)):
        scene = Scene(clients=1)
        client = scene.handle.client[0]
        client.wire.closed = "reset"
        if given:
            setattr(client, given, True)
        if fine:
            look(scene.state)
        else:
            with pytest.raises(Divergence, match="peer 1 sees reset while it was the client"):
                look(scene.state)
        assert client.end == "dropped"


def test_a_part_of_a_refused_send_is_fine_once_the_connection_ends() -> None:
    scene = Scene(clients=1)
    client = scene.handle.client[0]
    client.sent_to += b"accepted"
    client.refused = True
    client.wire.received += b"accepted, and a part"
    look(scene.state)
    assert "expected nothing (no more was sent)" in client.excess
    assert [requirement for requirement, _ in due(scene.state)] == ["send.stalled-refused-is-clean"]
    client.wire.closed = "end of file"
    look(scene.state)
    assert "send.stalled-refused-is-clean" not in [requirement for requirement, _ in due(scene.state)]


def test_what_was_accepted_is_compared_after_a_refusal_too() -> None:
    scene = Scene(clients=1)
    client = scene.handle.client[0]
    client.sent_to += b"accepted"
    client.refused = True
    client.wire.received += b"acpected"
    with pytest.raises(Divergence, match="at byte 2 of what peer 1 received"):
        look(scene.state)
