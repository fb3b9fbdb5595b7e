"""The client half: what becomes of a connection, and that it never waits elsewhere."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from typing import Any

import pytest
from client_tools import LOCAL, RecordingClient, port_of
from reference_tools import pump, read_exactly, reset

from dasnet_reference import (
    CLIENT_ANSWERS,
    CLIENT_TRANSITIONS,
    ClientHappening,
    ClientState,
    ImpossibleTransitionError,
    NoHandleError,
    NullHandleError,
    ServerGroup,
    client_close,
    client_connect,
    client_is_connected,
    client_send,
    client_tick,
    make_client,
)
from dasnet_reference._client_state import client_after


def test_all_data_come_before_one_departure(joined: tuple[RecordingClient, socket.socket]) -> None:
    client, server = joined
    server.sendall(b"x" * 200_000)
    server.close()
    pump(client, lambda: not client.is_connected())
    assert client.data() == b"x" * 200_000
    assert client.seen() == ["connect", "data", "disconnect"]
    assert not client.send(b"too late")


def test_a_reset_is_an_error_and_a_departure(joined: tuple[RecordingClient, socket.socket]) -> None:
    client, server = joined
    reset(server)
    pump(client, lambda: not client.is_connected())
    assert client.seen() == ["connect", "error", "disconnect"]


def test_it_connects_again_from_inside_the_departure(
    joined: tuple[RecordingClient, socket.socket], listener: socket.socket
) -> None:
    client, server = joined
    client.reactions["disconnect"] = lambda: client.connect(LOCAL, port_of(listener))
    server.close()
    pump(client, lambda: client.seen() == ["connect", "disconnect", "connect"])
    with listener.accept()[0] as again:
        again.sendall(b"again")
        pump(client, lambda: client.data() == b"again")
    assert [event[0] for event in client.events if event[0] != "data"][:6] == [
        "connect",
        "log",
        "disconnect",
        "log",
        "connect",
        "log",
    ]


def test_what_was_accepted_is_sent_after_close(joined: tuple[RecordingClient, socket.socket]) -> None:
    client, server = joined
    assert client.send(b"y" * (12 << 20))
    client.close()
    assert not client.is_connected()
    server.setblocking(False)
    received = 0
    ended = False

    def drained() -> bool:
        nonlocal received, ended
        with contextlib.suppress(BlockingIOError):
            part = server.recv(1 << 20)
            received, ended = received + len(part), not part
        return ended

    pump(client, drained)
    assert received == 12 << 20
    assert client.seen() == ["connect"]


def test_a_quiet_connection_does_not_hold_up_what_an_earlier_one_owes(
    joined: tuple[RecordingClient, socket.socket], listener: socket.socket, cleanup: contextlib.ExitStack
) -> None:
    client, server = joined
    assert client.send(b"y" * (12 << 20))
    client.close()
    assert client.connect(LOCAL, port_of(listener))
    again = cleanup.enter_context(listener.accept()[0])
    # A tick that has served the later connection, on which nothing happens from then on.
    again.sendall(b"hello")
    pump(client, lambda: client.data() == b"hello")
    server.setblocking(False)
    received = bytearray()
    ended = False

    def drained() -> bool:
        nonlocal ended
        with contextlib.suppress(BlockingIOError):
            part = server.recv(1 << 20)
            received.extend(part)
            ended = not part
        return ended

    pump(client, drained)
    assert len(received) == 12 << 20


@pytest.mark.parametrize("where", ["connect", "data"])
def test_closing_in_a_callback_ends_the_delivery(
    client: RecordingClient, listener: socket.socket, cleanup: contextlib.ExitStack, where: str
) -> None:
    client.reactions[where] = client.close
    client.connect(LOCAL, port_of(listener))
    server = cleanup.enter_context(listener.accept()[0])
    if where == "data":
        server.sendall(b"z" * 100_000)
        pump(client, lambda: "data" in client.seen())
    client.tick()
    assert not client.is_connected()
    assert client.seen() == (["connect", "data"] if where == "data" else ["connect"])


def _fail() -> None:
    raise RuntimeError("a callback that raises")


def test_a_raising_callback_leaves_the_rest_to_the_next_tick(
    client: RecordingClient, listener: socket.socket, cleanup: contextlib.ExitStack
) -> None:
    client.reactions["connect"] = _fail
    with pytest.raises(RuntimeError):
        client.connect(LOCAL, port_of(listener))
    assert client.is_connected()
    server = cleanup.enter_context(listener.accept()[0])
    client.tick()
    assert [event[0] for event in client.events] == ["connect", "log"]
    client.reactions["error"] = _fail
    reset(server)
    with pytest.raises(RuntimeError):
        pump(client, lambda: not client.is_connected())
    client.tick()
    assert client.seen() == ["connect", "error", "disconnect"]


@pytest.mark.parametrize("start", [False, True])
def test_a_group_ticks_clients_beside_servers(
    make: Callable[..., RecordingClient], listen: Callable[..., Any], start: bool
) -> None:
    server, client = listen(), make()
    with ServerGroup() as group:
        for member in (server, client):
            group.add(member)
        for round_number in (1, 2):
            (client.start_connect if start else client.connect)(LOCAL, server.port)
            pump(group, lambda: client.is_connected() and server.is_connected())
            client.send(b"through the group")
            pump(group, lambda: len(server.data()) == 17 * round_number)  # noqa: B023
            server.send(b"and back")
            pump(group, lambda: len(client.data()) == 8 * round_number)  # noqa: B023
            client.close()
            pump(group, lambda: not server.is_connected())
        assert len(group) == 2
        group.remove(client)
        assert len(group) == 1
    assert server.seen() == ["connect", "data", "disconnect"] * 2


def test_an_object_without_a_handle_says_so(listener: socket.socket) -> None:
    bare = RecordingClient()
    bare.tick()
    bare.close()
    assert not bare.is_connected()
    assert not bare.send(b"x")
    for call in (bare.connect, bare.start_connect):
        with pytest.raises(NoHandleError, match="make_client_adapter"):
            call(LOCAL, port_of(listener))


def test_a_second_adapter_ends_the_first_connection(joined: tuple[RecordingClient, socket.socket]) -> None:
    client, server = joined
    client.make_client_adapter()
    assert not client.is_connected()
    assert server.recv(1) == b""


def test_the_functions_need_a_handle_and_do_what_the_methods_do(
    client: RecordingClient, listener: socket.socket
) -> None:
    functions: list[Callable[[], object]] = [
        lambda: client_connect(None, LOCAL, 4000, 20),
        lambda: client_is_connected(None),
        lambda: client_tick(None),
        lambda: client_send(None, b"", 0),
        lambda: client_close(None),
    ]
    for call in functions:
        with pytest.raises(NullHandleError, match="make_client"):
            call()
    assert not make_client(object(), object)
    handle = client._client
    assert client_connect(handle, LOCAL, port_of(listener), 1000)
    assert client_is_connected(handle)
    assert client_send(handle, b"abc", 2)
    client_tick(handle)
    with listener.accept()[0] as server:
        assert read_exactly(server, 2) == b"ab"
    client_close(handle)
    assert not client.is_connected()


def test_a_forgotten_client_ends_its_connection(listener: socket.socket) -> None:
    forgotten = RecordingClient()
    forgotten.make_client_adapter()
    forgotten.connect(LOCAL, port_of(listener))
    with listener.accept()[0] as server:
        del forgotten
        assert server.recv(1) == b""


def test_the_tables_answer_for_every_state() -> None:
    assert set(CLIENT_ANSWERS) == set(ClientState)
    assert {state for state, _ in CLIENT_TRANSITIONS} == set(ClientState)
    assert {happening for _, happening in CLIENT_TRANSITIONS} == set(ClientHappening)
    with pytest.raises(ImpossibleTransitionError):
        client_after(ClientState.IDLE, ClientHappening.SERVER_LEFT)
