"""What the suite does with sockets, recorded as a pytest plugin, and done again by a bare script.

    PYTEST_PLUGINS=suite_trace SUITE_TRACE=FILE dasnet run reference      records into FILE
    python suite_trace.py FILE                                            does it again, prints the seconds

Recorded is every command to the reference and every call that a peer makes of its socket, with the waits between them.
The script makes the same calls in the same order, and nothing else: no transcript, no judging, no pytest. Contents do
not matter to sockets and are left out; ports are picked anew.
"""

from __future__ import annotations

import os
import pickle
import select
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dasnet_reference

_CALLS = ("setblocking", "setsockopt", "getsockopt", "connect", "send", "recv", "shutdown", "close")

# --- recording


def pytest_configure() -> None:
    """Put the recorder between the suite and its sockets."""
    import dasnet_conformance.stage.frame_loop as frame_loop
    import dasnet_conformance.stage.peer as peer
    from dasnet_adapters.python_host import PythonHost

    file = os.environ.get("SUITE_TRACE")
    if not file:
        return
    trace: list[tuple[Any, ...]] = []

    class Recorded(socket.socket):
        """A peer's socket that notes its calls, data by their size."""

    def noting(name: str) -> Callable[..., Any]:
        real = getattr(socket.socket, name)

        def noted(self: Recorded, *given: Any) -> Any:
            spelled = tuple(len(one) if name == "send" and not isinstance(one, int) else one for one in given)
            trace.append(("peer", id(self), name, spelled))
            return real(self, *given)

        return noted

    for name in _CALLS:
        setattr(Recorded, name, noting(name))

    class Sockets:
        def __getattr__(self, name: str) -> Any:
            if name == "socket":
                return lambda *given: trace.append(("peer", id(made := Recorded(*given)), "new", ())) or made
            return getattr(socket, name)

    peer.socket = Sockets()  # type: ignore[assignment]

    wait_readable, wait_connected = frame_loop.wait_readable, peer.wait_connected
    frame_loop.wait_readable = lambda sockets, seconds: (
        trace.append(("readable", [id(one) for one in sockets], seconds)) or wait_readable(sockets, seconds)
    )
    peer.wait_connected = lambda one, seconds: (
        trace.append(("connected", id(one), seconds)) or wait_connected(one, seconds)
    )

    execute, reset = PythonHost.execute, PythonHost.reset

    def noted_execute(self: PythonHost, command: Any) -> Any:
        answer = execute(self, command)
        worked = getattr(answer.outcome, "value", None) is True
        trace.append(("command", command.name, command.arguments, worked))
        return answer

    def noted_reset(self: PythonHost) -> Any:
        trace.append(("reset",))
        return reset(self)

    PythonHost.execute, PythonHost.reset = noted_execute, noted_reset  # type: ignore[method-assign]

    import atexit

    atexit.register(lambda: Path(file).write_bytes(pickle.dumps(trace)))


# --- doing it again


class _Object(dasnet_reference.Server):
    # Does what the recorded object was told to do in its callbacks.

    def __init__(self, world: _World) -> None:
        super().__init__()
        self.world = world
        self.reactions: dict[str, tuple[Any, ...]] = {}

    def _react(self, callback: str, data: bytes = b"") -> None:
        action, *argument = self.reactions.get(callback, ("none",))
        if action == "raise":
            raise RuntimeError("as recorded")
        if action in ("send", "echo"):
            self.send(data if action == "echo" else argument[0])
        elif action == "save":
            self.save(self.world.orphan(argument[0]))
        elif action == "tick":
            self.tick()
        elif action == "destroy":
            self.close()

    def on_connect(self) -> None:
        self._react("connect")

    def on_disconnect(self) -> None:
        self._react("disconnect")

    def on_data(self, data: bytes) -> None:
        self._react("data", data)

    def on_error(self, message: str, code: int) -> None:  # noqa: ARG002
        self._react("error")

    def on_log(self, message: str) -> None:  # noqa: ARG002
        self._react("log")


class _World:
    # The objects, orphans and peers of the script.

    def __init__(self) -> None:
        self.objects: dict[int, _Object] = {}
        self.orphans: dict[int, dasnet_reference.SharedOrphan] = {}
        self.peers: dict[int, socket.socket] = {}
        self.ports: dict[int, int] = {}

    def orphan(self, number: int) -> dasnet_reference.SharedOrphan:
        return self.orphans.setdefault(number, dasnet_reference.SharedOrphan())

    def command(self, name: str, given: tuple[Any, ...], worked: bool) -> None:
        number = given[0] if given else 0
        if name == "new":
            self.objects[number] = _Object(self)
            return
        one = self.objects.get(number)
        if one is None or name in ("descriptors", "holds"):
            return
        handle = one._server
        if name in ("init", "server_init"):
            # What had worked works with any free port; what had not, fails again where it can.
            port = 0 if worked else given[1]
            if (one.init(port) if name == "init" else dasnet_reference.server_init(handle, port)) and one.port:
                self.ports[given[1]] = one.port
        elif name in ("send", "server_send"):
            one.send(given[1] * given[2], given[3])
        elif name in ("save", "restore"):
            getattr(one, name)(self.orphan(given[1]))
        elif name == "react":
            one.reactions[given[1]] = given[2:]
        elif name == "make_server":
            dasnet_reference.make_server(one, type(one))
        elif name == "server_restore":
            dasnet_reference.server_restore(handle, self.objects[given[1]], _Object)
        elif name.startswith("server_"):
            getattr(dasnet_reference, name)(handle)
        else:
            getattr(one, {"adapter": "make_server_adapter", "destroy": "close"}.get(name, name))()

    def reset(self) -> None:
        for one in self.objects.values():
            one.close()
        for orphan in self.orphans.values():
            orphan.close()
        self.objects.clear()
        self.orphans.clear()

    def peer(self, number: int, name: str, given: tuple[Any, ...]) -> None:
        if name == "new":
            self.peers[number] = socket.socket()
        elif name == "connect":
            self.peers[number].connect((given[0][0], self.ports.get(given[0][1], given[0][1])))
        elif name == "send":
            self.peers[number].send(bytes(given[0]))
        elif name == "close":
            self.peers.pop(number).close()
        else:
            getattr(self.peers[number], name)(*given)

    def wait(self, numbers: list[int], seconds: float, mask: int) -> None:
        poll = select.poll()
        for number in numbers:
            if number in self.peers:
                poll.register(self.peers[number], mask)
        poll.poll(seconds * 1000)


def replay(trace: list[tuple[Any, ...]]) -> float:
    """Do it all again; returns the seconds. Failures were part of the recording and are passed over."""
    world = _World()
    start = time.perf_counter()
    for kind, *rest in trace:
        try:
            if kind == "command":
                world.command(*rest)
            elif kind == "peer":
                world.peer(*rest)
            elif kind == "readable":
                world.wait(*rest, select.POLLIN)
            elif kind == "connected":
                world.wait([rest[0]], rest[1], select.POLLOUT)
            else:
                world.reset()
        except Exception:
            pass
    world.reset()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(replay(pickle.loads(Path(sys.argv[1]).read_bytes())))
