"""The example console, run as the program it is and talked to as its users talk to it, through reloads."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import dasnet_reference

EXAMPLE = Path(__file__).parents[2] / "examples" / "line_console.py"
PATIENCE = 20.0


class Console:
    """The running program and one client of it."""

    def __init__(self, process: subprocess.Popen[str], port: int, script: Path) -> None:
        self.process = process
        self.port = port
        self.script = script
        self.dial()

    def dial(self) -> None:
        self.client = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        self.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answers = self.client.makefile("r", encoding="ascii", newline="\n")

    def hang_up(self) -> None:
        self.answers.close()
        self.client.close()

    def type(self, data: bytes) -> None:
        self.client.sendall(data)

    def expect(self, *lines: str) -> None:
        for line in lines:
            assert self.answers.readline() == f"{line}\n"


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    # A copy, so that a test can change the script under the running program.
    script = Path(shutil.copy(EXAMPLE, tmp_path))
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(dasnet_reference.__file__).parent.parent),
        # A change within the resolution of file times must not be taken for the compiled file of before.
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with subprocess.Popen(
        [sys.executable, "-W", "error", str(script)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if found := re.fullmatch(r"port (\d+)\n", line):
                    break
            else:
                pytest.fail(f"it told no port: {process.stderr and process.stderr.read()}")
            running = Console(process, int(found[1]), script)
            with contextlib.closing(running.client):
                yield running
                running.hang_up()
        finally:
            process.kill()


def test_a_line_is_answered_with_its_length(console: Console) -> None:
    console.type(b"hello\n\nwith telnet\r\n\xff\x00 bytes\n\r\r\n")
    console.expect("5", "0", "11", "8", "1")


def test_a_line_may_come_in_pieces(console: Console) -> None:
    for piece in (b"a", b"bc", b"d\r", b"\nnext", b"\n"):
        console.type(piece)
    console.expect("4", "4")


def test_a_reload_loses_nothing_of_the_same_packet(console: Console) -> None:
    console.type(b"before\nreload\nafter it\nreload\r\nreload\nhalf a ")
    console.expect("6", "reloaded", "8", "reloaded", "reloaded")
    console.type(b"line\nquit\n")
    console.expect("11", "bye")


def test_typing_on_through_many_reloads(console: Console) -> None:
    expected: list[str] = []
    script = b""
    for number in range(200):
        script += b"x" * number + b"\n"
        expected.append(str(number))
        if number % 3 == 0:
            script += b"reload\n"
            expected.append("reloaded")
    # Seven bytes at a time: the words are cut at every place, over every reload.
    for start in range(0, len(script), 7):
        console.type(script[start : start + 7])
    console.expect(*expected)


def test_more_reloads_in_one_packet_than_python_has_stack(console: Console) -> None:
    count = sys.getrecursionlimit() // 4
    console.type(b"reload\n" * count + b"done\n")
    console.expect(*["reloaded"] * count, "4")


def test_a_reload_runs_what_the_file_says_now(console: Console) -> None:
    console.type(b"abc\n")
    console.expect("3")
    text = console.script.read_text(encoding="utf-8")
    assert "str(len(line))" in text
    console.script.write_text(text.replace("str(len(line))", "f'new {len(line)}'"), encoding="utf-8")
    console.type(b"reload\nabc\n")
    console.expect("reloaded", "new 3")


def test_a_script_that_does_not_load_keeps_the_old_one_in_charge(console: Console) -> None:
    good = console.script.read_text(encoding="utf-8")
    console.script.write_text("def broken(:\n", encoding="utf-8")
    console.type(b"reload\nabc\n")
    assert console.answers.readline().startswith("not reloaded: SyntaxError")
    console.expect("3")
    console.script.write_text(good, encoding="utf-8")
    console.type(b"reload\nabc\n")
    console.expect("reloaded", "3")


def test_half_a_line_does_not_reach_the_next_client(console: Console) -> None:
    console.type(b"whole\nreload\nhalf")
    console.expect("5", "reloaded")
    console.hang_up()
    console.dial()
    console.type(b"mine\n")
    console.expect("4")


def test_quit_says_goodbye_and_ends_the_program(console: Console) -> None:
    console.type(b"quit\n")
    console.expect("bye")
    assert console.answers.readline() == ""
    assert console.process.wait(PATIENCE) == 0
    assert console.process.stderr is not None
    assert console.process.stderr.read() == ""


def test_a_busy_port_ends_the_program_with_a_message(console: Console) -> None:
    second = subprocess.run(
        [sys.executable, str(EXAMPLE), str(console.port)],
        env={**os.environ, "PYTHONPATH": str(Path(dasnet_reference.__file__).parent.parent)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert second.returncode == 1
    assert str(console.port) in second.stderr
