"""The example bridge, run as the program it is, between an editor's requests and debugpy's real debug adapter."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

import dasnet_reference

EXAMPLE = Path(__file__).parents[2] / "examples" / "debug_bridge.py"
PATIENCE = 60.0

#: What is being debugged. Whoever listens takes any free port, and tells it when it has it.
PROGRAM = """\
import debugpy
_, port = debugpy.listen(("127.0.0.1", 0))
print("port", port, flush=True)
debugpy.wait_for_client()
total = 0
for number in range(3):
    total += number
print("total", total, flush=True)
"""
BREAKPOINT = 7


@contextmanager
def started(*command: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A program that prints its port, and that port; what it prints later can be read from it."""
    with subprocess.Popen(
        [sys.executable, *command],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            found = re.fullmatch(r"port (\d+)\n", process.stdout.readline())
            assert found, process.stderr and process.stderr.read()
            yield process, int(found[1])
        finally:
            process.kill()


class Editor:
    """An editor with its requests, responses and events, as the Debug Adapter Protocol has them."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.stream = self.socket.makefile("rb")
        self.sequence = 0
        self.waiting: list[dict[str, Any]] = []

    def request(self, command: str, **arguments: Any) -> bytes:
        """A request as bytes, to be sent."""
        self.sequence += 1
        message = {"seq": self.sequence, "type": "request", "command": command, "arguments": arguments}
        body = json.dumps(message).encode()
        return f"Content-Length: {len(body)}\r\n\r\n".encode() + body

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Send a request; the body of its response, which has to be a success."""
        self.socket.sendall(self.request(command, **arguments))
        return self.response(command)

    def response(self, command: str) -> dict[str, Any]:
        message = self.next("response", command)
        assert message["success"], message
        return message.get("body") or {}

    def event(self, name: str) -> dict[str, Any]:
        return self.next("event", name).get("body") or {}

    def next(self, kind: str, name: str) -> dict[str, Any]:
        """The next message of that name; others are kept for those who ask for them."""
        key = {"response": "command", "event": "event"}[kind]
        for number, message in enumerate(self.waiting):
            if message["type"] == kind and message[key] == name:
                return self.waiting.pop(number)
        while True:
            message = self.read()
            if message["type"] == kind and message[key] == name:
                return message
            self.waiting.append(message)

    def read(self) -> dict[str, Any]:
        size = 0
        while line := self.stream.readline().strip():
            name, _, value = line.partition(b": ")
            size = int(value) if name == b"Content-Length" else size
        assert size, f"the bridge ended the connection; unread: {self.waiting}"
        message: dict[str, Any] = json.loads(self.stream.read(size))
        return message

    def begin(self, program: Path) -> None:
        """Attach, with a breakpoint in the loop of the program."""
        self.ask("initialize", adapterID="python", linesStartAt1=True, pathFormat="path")
        self.socket.sendall(self.request("attach", justMyCode=True))
        self.event("initialized")
        where = [{"line": BREAKPOINT}]
        told = self.ask("setBreakpoints", source={"path": str(program)}, breakpoints=where)
        assert [point["verified"] for point in told["breakpoints"]] == [True]
        self.ask("configurationDone")
        self.response("attach")

    def stop(self) -> tuple[int, int]:
        """Wait until the program stops at the breakpoint; its thread and the frame on top."""
        stopped = self.event("stopped")
        assert stopped["reason"] == "breakpoint"
        thread = stopped["threadId"]
        top = self.ask("stackTrace", threadId=thread, levels=1)["stackFrames"][0]
        assert top["line"] == BREAKPOINT
        return thread, top["id"]

    def close(self) -> None:
        self.stream.close()
        self.socket.close()


class Session:
    """A program under debugpy, the bridge and an editor that is attached through it."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.program = folder / "program.py"
        self.program.write_text(PROGRAM, "utf-8")
        # Of the debugger: a standard library that is frozen into the interpreter is no trouble here.
        self.debugged, adapter = stack.enter_context(
            started("-X", "frozen_modules=off", str(self.program), PYDEVD_DISABLE_FILE_VALIDATION="1")
        )
        # A copy, so that a test can change the script under the running bridge.
        self.script = Path(shutil.copy(EXAMPLE, folder))
        self.bridge, port = stack.enter_context(
            started(
                *("-W", "error", str(self.script), str(adapter)),
                PYTHONPATH=str(Path(dasnet_reference.__file__).parent.parent),
                PYTHONDONTWRITEBYTECODE="1",
            )
        )
        self.editor = Editor(port)
        stack.callback(self.editor.close)
        self.editor.begin(self.program)

    def finish(self) -> str:
        """Let the program run to its end, and the bridge after it; all that the bridge printed."""
        self.editor.ask("setBreakpoints", source={"path": str(self.program)}, breakpoints=[])
        self.editor.ask("continue", threadId=self.thread)
        self.editor.event("terminated")
        # What an editor says then; the debugger waits for it.
        self.editor.ask("disconnect")
        self.editor.close()
        printed, trouble = self.debugged.communicate(timeout=PATIENCE)
        assert printed == "total 3\n", trouble
        told, trouble = self.bridge.communicate(timeout=PATIENCE)
        assert self.bridge.returncode == 0, (told, trouble)
        assert "Traceback" not in trouble
        return told

    def stop(self) -> int:
        self.thread, frame = self.editor.stop()
        return frame


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with ExitStack() as stack:
        yield Session(stack, tmp_path)


def test_a_session_with_a_reload_of_the_bridge_in_its_middle(session: Session) -> None:
    editor = session.editor
    frame = session.stop()
    scopes = editor.ask("scopes", frameId=frame)["scopes"]
    assert editor.ask("reloadBridge") == {}
    # Asked before the reload, and it holds after it: the session is the same one.
    variables = editor.ask("variables", variablesReference=scopes[0]["variablesReference"])["variables"]
    assert {"number": "0", "total": "0"}.items() <= {each["name"]: each["value"] for each in variables}.items()
    editor.ask("continue", threadId=session.thread)
    frame = session.stop()
    assert editor.ask("evaluate", expression="number + 40", frameId=frame)["result"] == "41"
    told = session.finish()
    assert told.count("editor: request reloadBridge\n") == 1
    assert "adapter: event stopped\n" in told


def test_what_comes_with_the_reload_in_one_packet_is_not_lost(session: Session) -> None:
    editor = session.editor
    frame = session.stop()
    asked = editor.request("evaluate", expression="number", frameId=frame)
    later = editor.request("threads")
    editor.socket.sendall(editor.request("reloadBridge") + asked + later[:30])
    assert editor.response("reloadBridge") == {}
    assert editor.response("evaluate")["result"] == "0"
    editor.socket.sendall(later[30:])
    assert editor.response("threads")["threads"]
    session.finish()


def test_a_reload_runs_what_the_file_says_now(session: Session) -> None:
    session.stop()
    text = session.script.read_text("utf-8")
    assert text.count("{who}: {said") == 1
    session.script.write_text(text.replace("{who}: {said", "{who} now: {said"), "utf-8")
    session.editor.ask("reloadBridge")
    told = session.finish()
    assert "editor: request reloadBridge\n" in told
    assert "editor now: request continue\n" in told
    assert "adapter now: event terminated\n" in told


def test_a_script_that_does_not_load_keeps_the_session(session: Session) -> None:
    session.stop()
    session.script.write_text("def broken(:\n", "utf-8")
    session.editor.socket.sendall(session.editor.request("reloadBridge"))
    refused = session.editor.next("response", "reloadBridge")
    assert not refused["success"]
    assert refused["message"].startswith("SyntaxError")
    session.finish()


def test_an_editor_that_leaves_ends_the_bridge_and_not_the_program(session: Session) -> None:
    session.stop()
    session.editor.close()
    told, trouble = session.bridge.communicate(timeout=PATIENCE)
    assert session.bridge.returncode == 0, trouble
    # It may tell of an editor that left with bytes unread, which counts as a broken connection.
    assert "Traceback" not in trouble
    assert told.endswith("the editor left\n")
    # debugpy lets a program run on whose editor has left.
    printed, _ = session.debugged.communicate(timeout=PATIENCE)
    assert printed == "total 3\n"


@contextmanager
def bridge_alone(folder: Path, adapter: int) -> Iterator[tuple[subprocess.Popen[str], socket.socket]]:
    script = shutil.copy(EXAMPLE, folder)
    path = str(Path(dasnet_reference.__file__).parent.parent)
    with (
        started("-W", "error", str(script), str(adapter), PYTHONPATH=path) as (bridge, port),
        socket.create_connection(("127.0.0.1", port), PATIENCE) as editor,
    ):
        yield bridge, editor


def test_without_an_adapter_it_ends_with_a_message(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        # Bound and not listening: nobody else can take the port meanwhile.
        nobody.bind(("127.0.0.1", 0))
        with bridge_alone(tmp_path, nobody.getsockname()[1]) as (bridge, editor):
            told, trouble = bridge.communicate(timeout=PATIENCE)
            assert bridge.returncode == 1
            assert told == "no debug adapter answers there\n"
            assert "Traceback" not in trouble
            assert editor.recv(1) == b""


@pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\nHost: here\r\n\r\n", b"Content-Length: 2\r\n\r\nhi"])
def test_another_protocol_ends_it_with_a_message(tmp_path: Path, said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as adapter, bridge_alone(tmp_path, adapter.getsockname()[1]) as both:
        bridge, editor = both
        editor.sendall(said)
        told, trouble = bridge.communicate(timeout=PATIENCE)
        assert bridge.returncode == 1
        assert told.startswith("that is not the protocol: ")
        assert "Traceback" not in trouble
