"""An exception out of nowhere (Ctrl-C, an alarm) at every point of a tick: the server goes on, and nothing comes twice.

The exception is raised before each single instruction of the package in turn, which is finer than signals are: Python
runs a handler after calls, at the start of functions and in loops only. Everywhere the server has to go on; where a
handler may run, the callbacks of each client have to be complete as well.
"""

from __future__ import annotations

import dis
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from reference_tools import Recorder, dial, pump

import dasnet_reference
from dasnet_reference import ServerGroup, _endpoint
from dasnet_reference._poller import SelectPoller

PACKAGE = str(Path(dasnet_reference.__file__).parent)

# A client that was taken off the listener and has no name yet is closed by the interpreter, which warns of that.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Interruption:
    """Raises `KeyboardInterrupt` before the `point`-th instruction of the package, counted from 0."""

    def __init__(self, point: int) -> None:
        self.left = point
        #: Whether a signal's handler could have raised there.
        self.natural = False

    def trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            if self.left == 0:
                self.left = -1
                self.natural = follows_a_check(frame)
                raise KeyboardInterrupt
            self.left -= 1
        return self.trace

    def hits(self, action: Callable[[], object]) -> bool:
        """Do it. True if it was interrupted, False if it ended before the point was reached."""
        before = sys.gettrace()
        sys.settrace(self.trace)
        try:
            action()
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(before)
        return self.left == -1


def follows_a_check(frame: FrameType) -> bool:
    """Whether the instruction before the next one is such that Python looks for signals behind it."""
    before = [step for step in dis.get_instructions(frame.f_code) if step.offset < frame.f_lasti]
    return bool(before) and before[-1].opname.startswith(("CALL", "RESUME", "JUMP_BACKWARD"))


class Member(Recorder):
    """Ticked through a group."""

    def __init__(self) -> None:
        super().__init__()
        self.group = ServerGroup()

    def make_server_adapter(self) -> None:
        super().make_server_adapter()
        self.group.add(self)

    def tick(self) -> None:
        self.group.tick()

    def close(self) -> None:
        super().close()
        self.group.close()


def arrives(server: Recorder) -> socket.socket:
    client = dial(server)
    client.sendall(b"early")
    return client


def talks(server: Recorder) -> socket.socket:
    client = dial(server)
    pump(server, server.is_connected)
    client.sendall(b"data")
    return client


def leaves(server: Recorder) -> socket.socket:
    client = talks(server)
    client.shutdown(socket.SHUT_RDWR)
    return client


def reads_late(server: Recorder) -> socket.socket:
    client = dial(server)
    pump(server, server.is_connected)
    assert server.send(bytes(8 << 20))
    for _ in range(4):
        server.tick()
    client.recv(1 << 20)
    return client


def tick_thrice(server: Recorder) -> None:
    for _ in range(3):
        server.tick()


def is_in_order(server: Recorder) -> bool:
    """Whether connects and disconnects alternate, and data comes between them."""
    expected = {"connect": ("", "disconnect"), "data": ("connect", "data"), "disconnect": ("connect", "data")}
    before = ""
    for name in server.seen("error"):
        if before not in expected[name]:
            return False
        before = name
    return True


@pytest.mark.parametrize("scene", [arrives, talks, leaves, reads_late])
@pytest.mark.parametrize("kind", [Recorder, Member])
def test_the_server_goes_on_wherever_a_tick_was_interrupted(
    kind: Callable[[], Recorder], scene: Callable[[Recorder], socket.socket]
) -> None:
    point, interrupted = 0, True
    while interrupted:
        with kind() as server:
            server.make_server_adapter()
            assert server.init(0)
            with scene(server) as client:
                interruption = Interruption(point)
                interrupted = interruption.hits(lambda: tick_thrice(server))
                client.close()
            with dial(server) as following:
                following.sendall(b"next")
                pump(server, lambda: server.data().endswith(b"next"))
            pump(server, lambda: not server.is_connected())
            if interruption.natural:
                assert is_in_order(server), (point, server.events)
                assert scene is not talks or server.data() == b"datanext", (point, server.events)
        point += 1
    assert point > 40


def test_with_the_poller_that_every_system_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_endpoint, "make_poller", SelectPoller)
    test_the_server_goes_on_wherever_a_tick_was_interrupted(Recorder, arrives)
    test_the_server_goes_on_wherever_a_tick_was_interrupted(Recorder, leaves)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarms here")
def test_alarms_lose_nothing_that_arrived() -> None:
    # Without coverage: see there.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    program = [sys.executable, str(Path(__file__).with_name("under_alarms.py"))]
    done = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr


def test_a_client_without_an_address_is_taken(
    listen: Callable[..., Recorder], queue_up: Callable[[Recorder], socket.socket]
) -> None:
    server = listen()
    handle = server._server
    assert handle is not None
    endpoint = handle._endpoint
    assert endpoint is not None
    real = endpoint._listener

    class Nameless:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def accept(self) -> tuple[socket.socket, Any]:
            return real.accept()[0], None

    endpoint._listener = Nameless()  # type: ignore[assignment]
    queue_up(server).sendall(b"hello")
    pump(server, lambda: server.data() == b"hello")
    assert server.seen() == ["connect", "data"]
