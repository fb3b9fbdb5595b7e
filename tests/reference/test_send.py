"""Sending: which bytes of which buffer, the bounded queue, and clients that have gone."""

from __future__ import annotations

import array
import ctypes
import errno
import select
import socket
from collections.abc import Callable
from typing import Any

import pytest
from reference_tools import Recorder, connection_of, pump, read_exactly, reset

from dasnet_reference import SharedOrphan
from dasnet_reference._connection import NOT_NOW
from dasnet_reference._poller import READABLE, WRITABLE

Listen = Callable[..., Recorder]
Join = Callable[[Recorder], socket.socket]


def fill(server: Recorder) -> int:
    """Send until bytes wait in the queue; how many were sent in all."""
    sent = 0
    while not connection_of(server).queue:
        assert server.send(bytes(1 << 20))
        sent += 1 << 20
    return sent


@pytest.mark.parametrize(
    "buffer",
    [
        b"abcdef",
        bytearray(b"abcdef"),
        memoryview(b"abcdef"),
        memoryview(b"a-b-c-d-e-f")[::2],
        memoryview(bytearray(b"abcdef")).cast("B", (2, 3)),
        array.array("H", b"abcdef"),
        ctypes.create_string_buffer(b"abcdef", 6),
    ],
    ids=["bytes", "bytearray", "view", "strided view", "table", "array of pairs", "ctypes"],
)
@pytest.mark.parametrize("size", [None, 6, 5, 1])
def test_the_first_bytes_of_anything_bytes_like(listen: Listen, join: Join, buffer: Any, size: int | None) -> None:
    server = listen()
    client = join(server)
    assert server.send(buffer, size)
    server.close()
    assert client.makefile("rb").read() == b"abcdef"[:size]


@pytest.mark.parametrize("size", [-1, 4, 1 << 70])
@pytest.mark.parametrize("connected", [True, False])
def test_a_size_that_the_data_has_not_is_refused(listen: Listen, join: Join, size: int, connected: bool) -> None:
    server = listen()
    if connected:
        join(server)
    with pytest.raises(ValueError, match="3"):
        server.send(b"abc", size)
    assert server.errors() == []


@pytest.mark.parametrize("data", ["text", None, 7])
def test_what_is_not_bytes_like_is_refused(listen: Listen, join: Join, data: Any) -> None:
    server = listen()
    join(server)
    with pytest.raises(TypeError):
        server.send(data, 1)
    with pytest.raises(TypeError):
        server.send(data)


def test_nothing_is_sent_by_size_0_even_when_the_queue_is_full(listen: Listen, join: Join) -> None:
    server = listen(queue_limit=1 << 20)
    join(server)
    fill(server)
    while server.send(b"x" * 4096):
        pass
    errors = len(server.errors())
    assert server.send(b"abc", 0)
    assert len(server.errors()) == errors


def test_without_a_client_it_is_an_error_to_hear_of(listen: Listen) -> None:
    bare = Recorder()
    made = Recorder()
    made.make_server_adapter()
    for server in (bare, made, listen()):
        assert server.send(b"abc") is False
        assert server.send(b"abc", 0) is False
        assert [code for _, code in server.errors()] == [errno.ENOTCONN] * 2


def test_the_bound_counts_what_waits_and_what_comes(listen: Listen, join: Join) -> None:
    limit = 8 << 20
    server = listen(queue_limit=limit)
    client = join(server)
    assert not server.send(bytes(limit + 1)), "more than the queue may ever hold, however empty"
    sent = fill(server)
    room = limit - len(connection_of(server).queue)
    assert not server.send(bytes(room + 1))
    assert len(connection_of(server).queue) == limit - room
    assert server.send(b"\x01" * room)
    assert len(connection_of(server).queue) == limit
    assert not server.send(b"\x02")
    assert [code for _, code in server.errors()] == [errno.ENOBUFS] * 3
    client.setblocking(False)
    received = bytearray()
    while len(received) < sent + room:
        server.tick()
        if select.select([client], [], [], 0.001)[0]:
            received += client.recv(1 << 20)
    assert received == bytes(sent) + b"\x01" * room
    assert not len(connection_of(server).queue)
    assert server.send(b"\x02")


def test_the_buffer_is_free_after_the_call_and_during_the_error(listen: Listen, join: Join) -> None:
    server = listen(queue_limit=1 << 24)
    client = join(server)
    filled = fill(server)
    buffer = bytearray(b"first")
    assert server.send(buffer)
    buffer[:] = b"second, longer"
    server.reactions["error"] = lambda: buffer.extend(b"!")
    with pytest.raises(ValueError, match="size"):
        server.send(buffer, 999)
    buffer.extend(bytes(1 << 24))
    assert not server.send(buffer)
    assert buffer.endswith(b"!")
    client.setblocking(False)
    received = bytearray()
    while len(received) < filled + 5:
        server.tick()
        if select.select([client], [], [], 0.001)[0]:
            received += client.recv(1 << 20)
    assert received.endswith(b"\x00first")


def test_writing_is_watched_only_while_something_waits(
    listen: Listen, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = listen()
    client = join(server)
    assert server._server is not None
    endpoint = server._server._endpoint
    assert endpoint is not None
    watched = connection_of(server).fileno
    masks: list[int] = []

    class Watched:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def modify(self, fd: int, mask: int) -> None:
            if fd == watched:
                masks.append(mask)
            real.modify(fd, mask)

    real, endpoint._poller = endpoint._poller, Watched()
    assert server.send(b"small")
    assert masks == []
    sent = fill(server)
    assert server.send(b"more")
    assert masks == [READABLE | WRITABLE]
    client.setblocking(False)
    received = 0
    while received < 5 + sent + 4:
        server.tick()
        if select.select([client], [], [], 0.001)[0]:
            received += len(client.recv(1 << 20))
    server.tick()
    assert masks == [READABLE | WRITABLE, READABLE]


def test_the_queue_travels_with_the_handle(listen: Listen, join: Join) -> None:
    server = listen()
    client = join(server)
    sent = fill(server)
    orphan, heir = SharedOrphan(), Recorder()
    server.save(orphan)
    heir.restore(orphan)
    client.setblocking(False)
    received = 0
    while received < sent:
        heir.tick()
        if select.select([client], [], [], 0.001)[0]:
            received += len(client.recv(1 << 20))
    assert heir.send(b"after")
    client.settimeout(10)
    assert read_exactly(client, 5) == b"after"
    heir.close()


def test_the_bound_is_that_of_the_new_owner(listen: Listen, join: Join) -> None:
    server = listen(queue_limit=100)
    join(server)
    orphan, heir = SharedOrphan(), Recorder(queue_limit=10)
    server.save(orphan)
    with heir:
        heir.restore(orphan)
        assert heir.send(bytes(10))
        assert not heir.send(bytes(11))


@pytest.mark.parametrize("code", sorted(NOT_NOW), ids=lambda code: errno.errorcode[code])
def test_a_kernel_that_takes_nothing_now_is_offered_it_again(listen: Listen, join: Join, code: int) -> None:
    server = listen()
    client = join(server)
    connection = connection_of(server)

    def busy(*_: object) -> int:
        raise OSError(code, "not now")

    real, connection.transmit = connection.transmit, busy
    assert server.send(b"again")
    server.tick()
    assert len(connection.queue) == 5
    connection.transmit = real
    server.tick()
    assert read_exactly(client, 5) == b"again"
    assert server.errors() == []


def test_a_client_that_reset_is_found_out_by_send_and_departs_once(listen: Listen, join: Join) -> None:
    server = listen()
    reset(join(server))
    handle = server._server
    assert handle is not None
    select.select([connection_of(server)._socket], [], [], 10)
    assert server.send(b"anybody there?") is False
    assert server.send(b"anybody?") is False
    assert all(code in (errno.EPIPE, errno.ECONNRESET) for _, code in server.errors())
    assert server.is_connected(), "departures are noticed by ticks alone"
    pump(server, lambda: not server.is_connected())
    assert server.seen("error") == ["connect", "disconnect"]


def test_what_came_before_the_failed_send_is_still_delivered(listen: Listen, join: Join) -> None:
    server = listen()
    client = join(server)
    client.sendall(b"last words")
    connection = connection_of(server)
    select.select([connection._socket], [], [], 10)

    def broken(*_: object) -> int:
        raise OSError(errno.EPIPE, "broken pipe")

    real, connection.transmit = connection.transmit, broken
    assert server.send(b"hello") is False
    connection.transmit = real
    pump(server, lambda: not server.is_connected())
    assert server.data() == b"last words"
    assert server.seen("error") == ["connect", "data", "disconnect"]


def test_a_flush_that_fails_is_told_and_the_client_departs_once(listen: Listen, join: Join) -> None:
    server = listen()
    client = join(server)
    fill(server)
    reset(client)
    pump(server, lambda: not server.is_connected())
    assert server.seen("error") == ["connect", "disconnect"]
    assert len(server.errors()) == 1


def test_a_failed_flush_that_gives_the_handle_away_hands_the_departure_on(listen: Listen, join: Join) -> None:
    server, orphan = listen(), SharedOrphan()
    client = join(server)
    fill(server)
    server.reactions["error"] = lambda: server.save(orphan)
    reset(client)
    pump(server, lambda: orphan)
    assert server.seen() == ["connect", "error"]
    with Recorder() as heir:
        heir.restore(orphan)
        assert heir.is_connected()
        pump(heir, lambda: not heir.is_connected())
        assert heir.seen() == ["disconnect"]


def test_a_client_that_stops_sending_still_gets_what_the_kernel_takes(listen: Listen, join: Join) -> None:
    server = listen()
    client = join(server)
    server.reactions["data"] = lambda: server.send(b"pong")
    client.sendall(b"ping")
    client.shutdown(socket.SHUT_WR)
    pump(server, lambda: not server.is_connected())
    assert client.makefile("rb").read() == b"pong"


def test_a_departure_offers_the_queue_once_more(listen: Listen, join: Join) -> None:
    server = listen()
    client = join(server)
    connection = connection_of(server)
    connection.queue += b"waiting"
    client.shutdown(socket.SHUT_WR)
    pump(server, lambda: not server.is_connected())
    assert client.makefile("rb").read() == b"waiting"
