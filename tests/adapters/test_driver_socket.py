"""Drivers that run already and are connected to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from driver_scripts import assert_symptom

from dasnet_adapters.contract import AdapterBroken, Answer, Command, Description, Event, Value
from dasnet_adapters.driver_socket import DriverSocketAdapter

GREETING = "1 value 1 fake 0.1 C core"
#: What a driver says to each command of one connection, in order; it closes when it has said all.
Script = list[str]
Serve = Callable[..., tuple[str, int]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves one script for each connection, one after another; gives host and port."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def start(*scripts: Script) -> tuple[str, int]:
        thread = threading.Thread(target=run, args=(scripts,))
        thread.start()
        threads.append(thread)
        host, port = listener.getsockname()
        return host, port

    def run(scripts: tuple[Script, ...]) -> None:
        for script in scripts:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as lines:
                for answer in script:
                    if not lines.readline():
                        break
                    connection.sendall(answer.encode() + b"\n")

    yield start
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    listener.close()


def test_a_driver_over_tcp_serves_session_after_session(serve: Serve) -> None:
    script = [GREETING, "2 event 1 connect\n2 value", "3 value", "4 value", "5 value", "6 value"]
    adapter = DriverSocketAdapter(*serve(script))
    assert adapter.peer_host == "127.0.0.1"
    assert adapter.describe() == Description("fake", "0.1", "C", ("core",))
    session = adapter.open_session()
    assert session.call(Command("tick", (1,))) == Answer(Value(), (Event(1, "connect"),))
    assert session.diagnostics() == ""
    session.close()
    assert adapter.open_session().call(Command("tick", (1,))) == Answer(Value())
    adapter.close()
    assert adapter.closing_failures == []


def test_a_driver_without_reset_gets_another_connection(serve: Serve) -> None:
    script = [GREETING, "2 value", "3 unsupported", "4 value"]
    again = [GREETING, "2 value", "3 value"]
    adapter = DriverSocketAdapter(*serve(script, again), peer_host="10.0.0.9")
    assert adapter.peer_host == "10.0.0.9"
    for _ in range(2):
        session = adapter.open_session()
        assert session.call(Command("tick", (1,))) == Answer(Value())
        session.close()
    adapter.close()
    assert adapter.closing_failures == []


def test_a_lost_connection_is_told(serve: Serve) -> None:
    adapter = DriverSocketAdapter(*serve([GREETING]), deadline=None)
    session = adapter.open_session()
    with pytest.raises(AdapterBroken) as caught:
        session.call(Command("tick", (1,)))
    assert_symptom(caught.value, "connection-lost")
    adapter.close()


def test_a_driver_that_says_nothing_is_left_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
        adapter = DriverSocketAdapter(host, port, deadline=0.05)
        with pytest.raises(AdapterBroken) as caught:
            adapter.describe()
        assert_symptom(caught.value, "no-answer")


def test_a_driver_that_is_not_there_is_the_callers_mistake() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
    with pytest.raises(AdapterBroken, match=f"no driver at 127.0.0.1:{port}") as caught:
        DriverSocketAdapter(host, port).open_session()
    assert caught.value.culprit == "caller"
