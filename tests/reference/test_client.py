"""The client half: connecting within a time, what becomes of a connection, and that it never waits elsewhere."""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from reference_tools import CallbackNotes, pump, read_exactly, reset

from dasnet_reference import (
    CLIENT_ANSWERS,
    CLIENT_TRANSITIONS,
    Client,
    ClientHappening,
    ClientState,
    ImpossibleTransitionError,
    NoHandleError,
    NullHandleError,
    ServerGroup,
    _network_client,
    _resolve,
    client_close,
    client_connect,
    client_is_connected,
    client_send,
    client_tick,
    make_client,
)
from dasnet_reference._client_state import client_after

LOCAL = "127.0.0.1"


class RecordingClient(CallbackNotes, Client):
    """A client that remembers every callback."""


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server((LOCAL, 0)) as made:
        yield made


@pytest.fixture
def make(cleanup: contextlib.ExitStack) -> Callable[..., RecordingClient]:
    def maker(**settings: Any) -> RecordingClient:
        client = cleanup.enter_context(RecordingClient(**settings))
        client.make_client_adapter()
        return client

    return maker


@pytest.fixture
def client(make: Callable[..., RecordingClient]) -> RecordingClient:
    return make()


def port_of(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


@pytest.fixture
def joined(
    client: RecordingClient, listener: socket.socket, cleanup: contextlib.ExitStack
) -> tuple[RecordingClient, socket.socket]:
    assert client.connect(LOCAL, port_of(listener))
    return client, cleanup.enter_context(listener.accept()[0])


def refusing() -> socket.socket:
    """A socket that holds a port on which nobody listens."""
    held = socket.socket()
    held.bind((LOCAL, 0))
    return held


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """A port that answers nothing: its listen queue is full."""
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind((LOCAL, 0))
        full.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        yield port_of(full)


@pytest.mark.parametrize("host", [LOCAL, "localhost", "LOCALHOST"])
def test_connect_calls_back_before_it_returns(client: RecordingClient, listener: socket.socket, host: str) -> None:
    inside: list[bool] = []
    client.reactions["connect"] = lambda: inside.append(client.is_connected())
    assert client.connect(host, port_of(listener))
    assert [event[0] for event in client.events] == ["connect", "log"]
    assert inside == [True]


@pytest.mark.parametrize(
    ("host", "port", "code"),
    [
        (LOCAL, 0, errno.EINVAL),
        (LOCAL, -1, errno.EINVAL),
        (LOCAL, 70000, errno.EINVAL),
        ("", 4000, errno.EINVAL),
        ("a\0b", 4000, errno.EINVAL),
        ("a" * 300, 4000, errno.EADDRNOTAVAIL),
        ("name.invalid", 4000, errno.EADDRNOTAVAIL),
    ],
)
def test_what_cannot_be_reached_is_an_error_with_a_code(
    client: RecordingClient, host: str, port: int, code: int
) -> None:
    assert not client.connect(host, port)
    assert [found for _, found in client.errors()] == [code]
    assert client.seen() == ["error"]


def test_a_refusal_has_the_systems_code(client: RecordingClient, listener: socket.socket) -> None:
    with refusing() as held:
        assert not client.connect(LOCAL, port_of(held))
    assert [code for _, code in client.errors()] == [errno.ECONNREFUSED]
    assert client.connect(LOCAL, port_of(listener))


def test_silence_is_waited_for_as_long_as_told(client: RecordingClient) -> None:
    with silent() as port:
        assert not client.connect(LOCAL, port, 20)
    assert [code for _, code in client.errors()] == [errno.ETIMEDOUT]


def test_a_slow_look_up_counts_as_well(
    client: RecordingClient, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    sound = _resolve._addresses

    def slow(host: str, port: int, flags: int) -> list[_resolve.Address]:
        if flags == 0:
            go_on.wait(10)
            return sound(LOCAL, port, 0)
        return sound(host, port, flags)

    monkeypatch.setattr(_resolve, "_addresses", slow)
    try:
        assert not client.connect("slow.example", port_of(listener), 20)
        assert [code for _, code in client.errors()] == [errno.ETIMEDOUT]
        assert client.start_connect("slow.example", port_of(listener))
        client.tick()
        assert not client.is_connected()
    finally:
        go_on.set()
    pump(client, client.is_connected)


def test_the_second_address_is_tried_after_the_first(
    client: RecordingClient, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with refusing() as held, socket.socket(socket.AF_INET, socket.SOCK_STREAM):
        both = [(socket.AF_INET, held.getsockname()), (socket.AF_INET, listener.getsockname())]
        monkeypatch.setattr(_resolve, "_addresses", lambda *_: both)
        assert client.connect("two.example", 4000)
        client.close()
        assert client.start_connect("two.example", 4000)
        pump(client, client.is_connected)
    assert client.seen() == ["connect", "connect"]


@pytest.mark.parametrize(("timeout", "error"), [(-1, ValueError), (1.5, TypeError), (True, TypeError)])
def test_a_timeout_that_is_none_is_an_error(client: RecordingClient, timeout: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        client.connect(LOCAL, 4000, timeout)


@pytest.mark.parametrize(("host", "port"), [(b"host", 4000), (LOCAL, "4000"), (LOCAL, True)])
def test_arguments_of_a_wrong_type_are_errors(client: RecordingClient, host: Any, port: Any) -> None:
    with pytest.raises(TypeError):
        client.connect(host, port)
    with pytest.raises(TypeError):
        client.start_connect(host, port)


def test_a_second_connect_changes_nothing(
    joined: tuple[RecordingClient, socket.socket], listener: socket.socket
) -> None:
    client, server = joined
    assert not client.connect(LOCAL, port_of(listener))
    assert not client.start_connect(LOCAL, port_of(listener))
    assert [code for _, code in client.errors()] == [errno.EISCONN, errno.EISCONN]
    assert client.send(b"still")
    assert read_exactly(server, 5) == b"still"


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


@pytest.mark.parametrize("kind", ["listens", "refuses", "silent"])
def test_start_connect_never_waits_and_ticks_finish_it(
    client: RecordingClient, listener: socket.socket, cleanup: contextlib.ExitStack, kind: str
) -> None:
    port = port_of(listener)
    if kind == "refuses":
        port = port_of(cleanup.enter_context(refusing()))
    elif kind == "silent":
        port = cleanup.enter_context(silent())
    assert client.start_connect(LOCAL, port)
    assert client.seen() == []
    if kind == "silent":
        client.tick()
        assert not client.connect(LOCAL, port_of(listener))
        assert [code for _, code in client.errors()] == [errno.EALREADY]
        client.close()
        assert client.connect(LOCAL, port_of(listener))
    else:
        pump(client, client.seen)
        assert client.seen() == ["connect" if kind == "listens" else "error"]
        assert client.is_connected() is (kind == "listens")


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


def test_a_connection_to_itself_is_no_server(client: RecordingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = _network_client.ClientEndpoint

    class ToItself(sound):  # type: ignore[misc, valid-type]
        def finish(self) -> None:
            monkeypatch.setattr(socket.socket, "getsockname", socket.socket.getpeername)
            try:
                super().finish()
            finally:
                monkeypatch.undo()

    with socket.create_server((LOCAL, 0)) as listening:
        monkeypatch.setattr(_network_client, "ClientEndpoint", ToItself)
        assert not client.connect(LOCAL, port_of(listening))
    assert [code for _, code in client.errors()] == [errno.ECONNREFUSED]
