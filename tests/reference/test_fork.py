"""A process that forks keeps its servers, whatever the child does with its copies of them."""

from __future__ import annotations

import gc
import os
import select
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable

import pytest
from reference_tools import Recorder, dial, pump, read_exactly

from dasnet_reference import ServerGroup

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

Listen = Callable[..., Recorder]
Join = Callable[[Recorder], socket.socket]


def in_a_child(action: Callable[[], object]) -> None:
    """Do it in a forked process, and wait until that has ended. Fails if it raises."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            action()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def close(server: Recorder) -> None:
    server.close()


def forget(server: Recorder) -> None:
    server._server = None
    gc.collect()


def begin_anew(server: Recorder) -> None:
    server.make_server_adapter()
    assert server.init(0)
    with dial(server) as client:
        pump(server, server.is_connected)
        assert server.send(b"from the child")
        assert read_exactly(client, 14) == b"from the child"
    pump(server, lambda: not server.is_connected())
    server.close()


def tick(server: Recorder) -> None:
    before = list(server.events)
    for _ in range(10):
        server.tick()
    assert server.events == before
    assert not server.send(b"from the child")


ACTIONS = pytest.mark.parametrize("action", [close, forget, begin_anew, tick])


@ACTIONS
def test_a_client_goes_on_with_the_parent(listen: Listen, join: Join, action: Callable[[Recorder], None]) -> None:
    server = listen()
    client = join(server)
    client.sendall(b"before")
    in_a_child(lambda: action(server))
    client.sendall(b" and after")
    pump(server, lambda: server.data() == b"before and after")
    assert server.send(b"yes")
    assert read_exactly(client, 3) == b"yes"
    client.close()
    pump(server, lambda: "disconnect" in server.seen())
    with dial(server):
        pump(server, server.is_connected)
    assert server.seen() == ["connect", "data", "disconnect", "connect"]


@ACTIONS
def test_the_listener_goes_on_with_the_parent(listen: Listen, action: Callable[[Recorder], None]) -> None:
    server = listen()
    with dial(server) as client:
        client.sendall(b"early")
        in_a_child(lambda: action(server))
        pump(server, lambda: server.data() == b"early")


@ACTIONS
def test_what_waits_is_sent_once_by_the_parent(listen: Listen, join: Join, action: Callable[[Recorder], None]) -> None:
    server = listen()
    client = join(server)
    much = bytes(range(256)) * 32768
    assert server.send(much)
    in_a_child(lambda: action(server))
    client.setblocking(False)
    received = bytearray()
    while len(received) < len(much):
        server.tick()
        try:
            received += client.recv(1 << 18)
        except BlockingIOError:
            select.select([client], [], [], 0.001)
    assert received == much


@ACTIONS
def test_a_group_goes_on_with_the_parent(listen: Listen, join: Join, action: Callable[[Recorder], None]) -> None:
    server, other, late = listen(), listen(), listen()
    client, neighbour = join(server), join(other)
    with ServerGroup() as group:
        group.add(server)
        group.add(other)

        def in_the_child() -> None:
            action(server)
            if server._server is None:
                server.make_server_adapter()
                group.add(server)
                assert server.init(0)
                with dial(server):
                    while not server.is_connected():
                        group.tick()
            group.close()

        in_a_child(in_the_child)
        group.add(late)
        client.sendall(b"one")
        neighbour.sendall(b"two")
        with dial(late) as last:
            last.sendall(b"three")
            while (server.data(), other.data(), late.data()) != (b"one", b"two", b"three"):
                group.tick()


def test_a_child_that_ends_as_programs_do_disturbs_nothing() -> None:
    program = """
import os, socket, sys
from dasnet_reference import Server

class Echo(Server):
    def on_data(self, data):
        self.send(data)

server = Echo()
server.make_server_adapter()
assert server.init(0)
client = socket.create_connection(("127.0.0.1", server.port))
client.settimeout(10)
while not server.is_connected():
    server.tick()
child = os.fork()
if child == 0:
    client.close()  # its copy: what is left open of the server's is the point
    sys.exit()
os.waitpid(child, 0)
client.sendall(b"still there?")
client.setblocking(False)
received = b""
for _ in range(1_000_000):
    server.tick()
    try:
        received += client.recv(100)
    except BlockingIOError:
        pass
    if received == b"still there?":
        break
else:
    sys.exit("the parent went deaf")
client.close()
server.close()
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
