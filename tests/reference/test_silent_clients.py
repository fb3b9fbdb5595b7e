"""What the system does about a client: urgent bytes come in line, and one that vanished without a packet is noticed."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from reference_tools import Recorder, connection_of, dial, pump

from dasnet_reference import SharedOrphan

Listen = Callable[..., Recorder]
Join = Callable[[Recorder], socket.socket]


def test_urgent_bytes_are_delivered_where_they_were_sent(listen: Listen, join: Join) -> None:
    server = listen()
    client = join(server)
    client.sendall(b"before ")
    client.send(b"\x03", socket.MSG_OOB)
    client.sendall(b" after")
    pump(server, lambda: server.data() == b"before \x03 after")


def test_urgent_bytes_that_came_before_the_client_was_taken_are_delivered(listen: Listen) -> None:
    server = listen()
    with dial(server) as client:
        client.send(b"ab\xf2", socket.MSG_OOB)
        client.sendall(b"c")
        client.shutdown(socket.SHUT_WR)
        pump(server, lambda: "disconnect" in server.seen())
    assert server.data() == b"ab\xf2c"


def option(server: Recorder, level: int, number: int) -> int:
    return connection_of(server)._socket.getsockopt(level, number)


@pytest.mark.parametrize(
    ("host", "setting", "on"),
    [
        ("127.0.0.1", None, False),
        ("localhost", None, False),
        ("127.0.0.1", True, True),
        ("0.0.0.0", None, True),
        ("", None, True),
        ("", False, False),
    ],
)
def test_silent_clients_are_looked_after_where_they_can_vanish(
    listen: Listen, join: Join, host: str, setting: bool | None, on: bool
) -> None:
    server = listen(host=host, keep_alive=setting)
    join(server)
    assert bool(option(server, socket.SOL_SOCKET, socket.SO_KEEPALIVE)) == on


@pytest.mark.parametrize(("name", "value"), [("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 6)])
def test_the_system_is_told_when_to_ask(listen: Listen, join: Join, name: str, value: int) -> None:
    if not hasattr(socket, name):
        pytest.skip(f"this system has no {name}")
    server = listen(keep_alive=True)
    join(server)
    assert option(server, socket.IPPROTO_TCP, getattr(socket, name)) == value


def test_a_client_that_vanished_while_the_script_was_reloaded_is_found_out_too(listen: Listen, join: Join) -> None:
    server = listen(keep_alive=True)
    orphan = SharedOrphan()
    server.save(orphan)
    with Recorder() as following, dial_of(orphan):
        following.restore(orphan)
        pump(following, following.is_connected)
        assert option(following, socket.SOL_SOCKET, socket.SO_KEEPALIVE)


def dial_of(orphan: SharedOrphan) -> socket.socket:
    assert orphan.server is not None
    assert orphan.server.port is not None
    return socket.create_connection(("127.0.0.1", orphan.server.port))
