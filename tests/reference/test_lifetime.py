"""Beginnings and ends: closing, forgetting, and objects that have no handle."""

from __future__ import annotations

import errno
import gc
import os
import socket
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
from reference_tools import Recorder, dial, pump

import dasnet_reference
from dasnet_reference import (
    ClosedHandleError,
    EmptyOrphanError,
    NoHandleError,
    Server,
    SharedOrphan,
    State,
    server_init,
    server_is_connected,
    server_is_open,
    server_send,
    server_tick,
)

Listen = Callable[..., Recorder]
Join = Callable[[Recorder], socket.socket]


def answers(server: Server) -> tuple[bool, bool, bool]:
    return server.has_session(), server.is_open(), server.is_connected()


def can_connect(port: int | None) -> bool:
    assert port is not None
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def test_an_object_without_a_handle_is_harmless() -> None:
    server = Recorder()
    assert answers(server) == (False, False, False)
    server.tick()
    server.close()
    assert server.port is None
    orphan = SharedOrphan()
    with pytest.raises(NoHandleError, match="make_server_adapter"):
        server.init(0)
    with pytest.raises(NoHandleError, match="make_server_adapter"):
        server.save(orphan)
    with pytest.raises(EmptyOrphanError, match="save"):
        server.restore(orphan)
    assert not orphan
    assert server.events == []


def test_a_class_that_forgets_its_base_still_works() -> None:
    class Forgetful(Server):
        def __init__(self) -> None:
            self.received = b""

        def on_data(self, data: bytes) -> None:
            self.received += data

    with Forgetful() as server:
        assert answers(server) == (False, False, False)
        server.make_server_adapter()
        assert server.init(0)
        with dial(server) as client:
            client.sendall(b"still")
            pump(server, lambda: server.received == b"still")


def test_a_forgotten_server_frees_its_port_at_once(join: Join) -> None:
    server = Recorder()
    server.make_server_adapter()
    assert server.init(0)
    client = join(server)
    port = server.port
    gc.disable()
    try:
        del server
        assert client.recv(1) == b""
        assert not can_connect(port)
    finally:
        gc.enable()


def test_a_forgotten_orphan_frees_the_port_too(listen: Listen) -> None:
    server, orphan = listen(), SharedOrphan()
    port = server.port
    server.save(orphan)
    assert can_connect(port)
    del orphan
    assert not can_connect(port)


def test_a_forgotten_server_in_a_cycle_goes_without_a_warning(join: Join) -> None:
    server = Recorder()
    server.make_server_adapter()
    assert server.init(0)
    join(server)
    port = server.port
    server.events.append((server, server._server))
    del server
    gc.collect()
    assert not can_connect(port)


def test_a_handle_alone_neither_keeps_its_object_nor_calls_it_back(listen: Listen) -> None:
    server = Recorder()
    server.make_server_adapter()
    assert server.init(0)
    handle, port, gone = server._server, server.port, weakref.ref(server)
    del server
    assert gone() is None
    assert can_connect(port)
    server_tick(handle)
    assert server_is_open(handle)
    assert not server_is_connected(handle)


def test_closing_is_silent_complete_and_harmless_twice(listen: Listen, join: Join) -> None:
    server = listen()
    client = join(server)
    port = server.port
    noted = len(server.events)
    server.close()
    server.close()
    assert len(server.events) == noted
    assert client.recv(1) == b""
    assert not can_connect(port)
    assert answers(server) == (False, False, False)
    server.tick()
    server.make_server_adapter()
    assert port is not None
    assert server.init(port)


def test_a_closed_handle_stays_closed(listen: Listen) -> None:
    server, orphan = listen(), SharedOrphan()
    handle = server._server
    assert handle is not None
    handle.close()
    handle.close()
    assert handle.state == State.CLOSED
    assert answers(server) == (False, False, False)
    server.tick()
    assert server_send(handle, b"x", 1) is False
    with pytest.raises(ClosedHandleError, match="make_server_adapter"):
        server_init(handle, 0)
    with pytest.raises(ClosedHandleError):
        server.save(orphan)
    assert server._server is handle
    orphan.server = handle
    with pytest.raises(ClosedHandleError):
        Recorder().restore(orphan)
    assert orphan.server is handle


def test_another_adapter_closes_the_earlier_one(listen: Listen, join: Join) -> None:
    server = listen()
    client = join(server)
    port = server.port
    server.make_server_adapter()
    assert answers(server) == (False, False, False)
    assert client.recv(1) == b""
    assert not can_connect(port)
    assert server.init(0)


def test_the_end_of_a_with_block_closes_also_after_an_error() -> None:
    def fail() -> None:
        with Recorder() as server:
            server.make_server_adapter()
            assert server.init(0)
            ports.append(server.port)
            raise KeyError("inside")

    ports: list[int | None] = []
    with pytest.raises(KeyError):
        fail()
    assert not can_connect(ports[0])


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="descriptors cannot be counted here")
def test_no_descriptor_is_lost(listen: Listen) -> None:
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208

    before = descriptors()
    for number in range(50):
        server = Recorder()
        server.make_server_adapter()
        if number % 2:
            server.make_server_adapter()
        assert server.init(0)
        assert not server.init(0)
        with dial(server):
            pump(server, server.is_connected)
            if number % 3:
                server.close()
        del server
    assert descriptors() == before


@pytest.mark.parametrize(
    "ending", ["", "server.me = server", "import gc; gc.disable(); server.me = server; del server"]
)
def test_a_program_that_ends_without_closing_says_nothing(ending: str) -> None:
    script = f"""
import socket
from dasnet_reference import Server
server = Server()
server.make_server_adapter()
assert server.init(0)
client = socket.create_connection(("127.0.0.1", server.port))
server.tick()
assert server.is_connected()
{ending}
client.close()
"""
    root = Path(dasnet_reference.__file__).parent.parent
    # Not under coverage: what it holds on to changes the order in which a program's objects go.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE")}
    environment["PYTHONPATH"] = str(root)
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "always", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_no_signal_kills_a_host_that_wants_sigpipe(listen: Listen) -> None:
    signal = pytest.importorskip("signal")
    if not hasattr(socket, "MSG_NOSIGNAL"):
        pytest.skip("this system has no way to ask for it per send")
    earlier = signal.signal(signal.SIGPIPE, lambda *_: pytest.fail("SIGPIPE"))
    try:
        server = listen()
        with dial(server) as client:
            pump(server, server.is_connected)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        while server.send(b"into the void"):
            pass
        assert not server.send(b"again")
        assert {code for _, code in server.errors()} <= {errno.EPIPE, errno.ECONNRESET}
    finally:
        signal.signal(signal.SIGPIPE, earlier)
