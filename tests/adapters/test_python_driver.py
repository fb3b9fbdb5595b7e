"""The Python driver: a module behind the line protocol is the same as the module itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dasnet_adapters.contract import Command, Description, Event, Refusal, Unsupported, Value
from dasnet_adapters.driver_process import DriverProcessAdapter

MODULE = """
import threading

print("a print on import")

class Server:
    def tick(self):
        print("a print in a call")
        self.on_data(b"ab")

    def init(self, port):
        # Ends after the command has: its callback is nobody's answer.
        self.release = threading.Event()
        def later():
            self.release.wait()
            self.on_log("later")
        self.thread = threading.Thread(target=later)
        self.thread.start()
        return True

    def send(self, data, size):
        self.release.set()
        self.thread.join()
        return True

    def has_session(self):
        raise OSError("no\\nway")

    def close(self):
        raise ValueError("stuck")
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "wrapped_network.py").write_text(MODULE)
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])}


def words(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "dasnet_adapters.python_driver", *arguments]


def test_a_module_is_served_with_its_callbacks_and_errors(environment: dict[str, str]) -> None:
    adapter = DriverProcessAdapter(words("wrapped_network"), env=environment)
    version = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    assert adapter.describe() == Description("wrapped_network", "unknown", version)
    session = adapter.open_session()
    assert session.call(Command("new", (1, 1))).outcome == Value()
    answer = session.call(Command("tick", (1,)))
    assert (answer.outcome, answer.events) == (Value(), (Event(1, "data", data=b"ab", size=2),))
    assert session.call(Command("has_session", (1,))).outcome == Refusal("os-error", "no\nway")
    assert session.call(Command("save", (1, 1))).outcome == Unsupported("wrapped_network has no Server.save")
    assert session.call(Command("juggle", (1,))).outcome == Unsupported("there is no command juggle")
    assert session.call(Command("tick", (2,))).outcome == Refusal("driver", "no object 2 was made")
    assert session.call(Command("init", (1, 1))).outcome == Value(True)
    assert session.call(Command("send", (1, b"", 0, 0))).outcome == Value(True)
    assert session.stray_events() == (Event(1, "log", message="later"),)
    assert "a print in a call" in session.diagnostics()
    session.close()
    assert "destroying object 1: value-error: stuck" in session.diagnostics()
    adapter.close()
    assert adapter.closing_failures == []


def talk(environment: dict[str, str], said: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(words(*arguments), input=said, env=environment, capture_output=True, timeout=30, check=False)


def test_lines_typed_by_hand_are_forgiven(environment: dict[str, str]) -> None:
    said = b"\r\n1 hello 2\r\n2 tick\n\nwhat?\n3 new 1 1\n4 reset\n5 new 1 1\n6 bye\n7 tick 1\n"
    done = talk(environment, said, "wrapped_network")
    lines = done.stdout.decode().splitlines()
    assert lines[0].startswith("1 value 1 wrapped_network unknown Python%20")
    assert lines[1].startswith("2 refused driver ")
    assert lines[2:] == ["3 value", "4 value", "5 value", "6 value"]
    assert b"what?" in done.stderr
    assert done.returncode == 0


def test_the_end_of_input_is_the_end(environment: dict[str, str]) -> None:
    done = talk(environment, b"1 new 1 1\n2 tick 1", "wrapped_network")
    assert done.stdout == b"1 value\n2 event 1 data 2 6162\n2 value\n"
    assert b"stuck" in done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize(("arguments", "status"), [((), 2), (("a", "b"), 2), (("no_such_module_anywhere",), 1)])
def test_what_cannot_be_served_is_said_aside(
    environment: dict[str, str], arguments: tuple[str, ...], status: int
) -> None:
    done = talk(environment, b"", *arguments)
    assert done.returncode == status
    assert done.stdout == b""
    assert len(done.stderr.splitlines()) == 1
