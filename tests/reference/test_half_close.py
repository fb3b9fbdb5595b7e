"""A client that has shut down writing and reads on: it gets everything that `send` accepted, and is then let go."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable

import pytest
from reference_tools import Recorder, connection_of, dial, pump, reset

from dasnet_reference import ServerGroup

Listen = Callable[..., Recorder]
Join = Callable[[Recorder], socket.socket]

MUCH = bytes(range(256)) * (8 * 1024 * 1024 // 256)


def read_to_the_end(server: Recorder, client: socket.socket) -> bytes:
    """All that the client gets, while the server ticks between the reads."""
    client.setblocking(False)
    received = bytearray()
    while True:
        server.tick()
        try:
            part = client.recv(1 << 18)
        except BlockingIOError:
            select.select([client], [], [], 0.001)
            continue
        if not part:
            return bytes(received)
        received += part


def test_what_was_accepted_before_the_client_shut_down_writing_reaches_it(listen: Listen, join: Join) -> None:
    server = listen()
    client = join(server)
    assert server.send(MUCH)
    client.shutdown(socket.SHUT_WR)
    assert read_to_the_end(server, client) == MUCH
    assert server.seen() == ["connect", "disconnect"]


def test_what_was_accepted_after_it_shut_down_writing_reaches_it(listen: Listen, join: Join) -> None:
    server = listen()
    client = join(server)
    server.reactions["data"] = lambda: server.send(MUCH)
    client.sendall(b"everything, please")
    client.shutdown(socket.SHUT_WR)
    assert read_to_the_end(server, client) == MUCH
    assert server.seen() == ["connect", "data", "disconnect"]


def test_more_is_accepted_while_the_rest_waits(listen: Listen, join: Join) -> None:
    server = listen()
    client = join(server)
    assert server.send(MUCH)
    client.shutdown(socket.SHUT_WR)
    for _ in range(10):
        server.tick()
    assert server.is_connected()
    assert server.send(b"and this")
    assert read_to_the_end(server, client) == MUCH + b"and this"


def test_it_is_kept_over_a_reload(listen: Listen, join: Join) -> None:
    from dasnet_reference import SharedOrphan

    server = listen()
    client = join(server)
    assert server.send(MUCH)
    client.shutdown(socket.SHUT_WR)
    for _ in range(3):
        server.tick()
    orphan = SharedOrphan()
    server.save(orphan)
    server.restore(orphan)
    assert read_to_the_end(server, client) == MUCH


def test_members_of_a_group_are_told_apart_from_those_with_nothing_to_do(listen: Listen, join: Join) -> None:
    server, other = listen(), listen()
    with ServerGroup() as group:
        group.add(server)
        group.add(other)
        client = join(server)
        assert server.send(MUCH)
        client.shutdown(socket.SHUT_WR)
        client.setblocking(False)
        received = bytearray()
        while server.is_connected():
            group.tick()
            try:
                received += client.recv(1 << 18)
            except BlockingIOError:
                select.select([client], [], [], 0.001)
        client.setblocking(True)
        while part := client.recv(1 << 18):
            received += part
        assert received == MUCH


def test_a_client_that_does_not_read_costs_nothing_while_it_is_waited_for(listen: Listen, join: Join) -> None:
    server = listen()
    client = join(server)
    assert server.send(MUCH)
    client.shutdown(socket.SHUT_WR)
    handle = server._server
    assert handle is not None
    # As soon as the kernel's buffers are full there is nothing to do, though the end-of-file stays readable.
    pump(server, lambda: not handle.poll(0, 1))
    assert connection_of(server).queue


@pytest.mark.parametrize("leave", [reset, socket.socket.close], ids=["reset", "close"])
def test_one_that_goes_for_good_is_noticed_and_the_next_is_served(
    listen: Listen, join: Join, leave: Callable[[socket.socket], None]
) -> None:
    server = listen()
    client = join(server)
    assert server.send(MUCH)
    client.shutdown(socket.SHUT_WR)
    for _ in range(3):
        server.tick()
    leave(client)
    pump(server, lambda: "disconnect" in server.seen())
    with dial(server):
        pump(server, server.is_connected)
    assert server.seen("error")[:3] == ["connect", "disconnect", "connect"]
