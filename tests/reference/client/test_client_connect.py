"""The client half: connecting within a time, and what cannot be reached."""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
from typing import Any

import pytest
from client_tools import LOCAL, RecordingClient, port_of, refusing, silent
from reference_tools import pump, read_exactly

from dasnet_reference import (
    _network_client,
    _resolve,
)


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
