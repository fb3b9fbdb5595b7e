"""The sessions typed by hand in docs/tcp-session.md, typed by a test: what the page shows is what happens."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dasnet_conformance.stage.ports import Ports

PAGE = Path(__file__).parents[2] / "docs" / "tcp-session.md"
TEXT = PAGE.read_text("utf-8")
PATIENCE = 30.0


def session(name: str) -> list[str]:
    """The lines of the session of that name, without notes."""
    block = TEXT.partition(f"<!-- session: {name} -->\n```text\n")[2].partition("```")[0]
    return [line for line in block.splitlines() if not line.startswith("#")]


@pytest.fixture
def listening() -> Iterator[int]:
    """The Python driver with the reference behind it; the port where it listens."""
    command = [sys.executable, "-m", "dasnet_adapters.python_driver", "dasnet_reference", "--listen", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            found = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", process.stderr.readline())
            assert found is not None
            yield int(found[1])
        finally:
            process.kill()


@pytest.fixture
def ports() -> Iterator[Ports]:
    """Port numbers that nobody else takes."""
    ports = Ports()
    yield ports
    ports.close()


class Typist:
    """A person with a driver's console and a client's, doing what the page says."""

    def __init__(self, port: int, free_port: int) -> None:
        self.console = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.answers = self.console.makefile("r", encoding="ascii", newline="\n")
        self.client: socket.socket | None = None
        # What differs from the page, as it is here.
        self.here = {"40123": str(free_port)}

    def close(self) -> None:
        self.answers.close()
        self.console.close()
        if self.client is not None:
            self.client.close()

    def localised(self, text: str) -> str:
        for there, here in self.here.items():
            text = re.sub(rf"(?<![0-9]){there}(?![0-9])|(?<=%3A){there}", here, text)
        return text

    def do(self, line: str) -> None:
        """One line of the page."""
        mark, _, text = line.partition(" ")
        text = self.localised(text)
        if mark == ">":
            self.console.sendall(f"{text}\n".encode())
        elif mark == "<":
            heard = self.answers.readline().rstrip("\n")
            if " value 1 dasnet_reference " in text:
                # Version and language are those of the day.
                text, heard = (re.sub(r"(dasnet_reference) \S+ \S+", r"\1", each) for each in (text, heard))
            assert heard == text
        elif mark == "~<":
            assert self.client is not None
            wanted = f"{text}\n".encode()
            assert self.client.recv(len(wanted), socket.MSG_WAITALL) == wanted
        elif text.startswith("nc "):
            _, host, port = text.split()
            self.client = socket.create_connection((host, int(port)), PATIENCE)
            self.here["55332"] = str(self.client.getsockname()[1])
        elif self.client is not None and text == "^C":
            self.client.close()
        else:
            assert self.client is not None
            self.client.sendall(f"{text}\n".encode())


def test_the_commands_typed_on_the_page_get_the_answers_shown(listening: int, ports: Ports) -> None:
    lines = session("commands")
    assert len(lines) > 30
    for _ in range(2):  # the driver waits for the next connection
        typist = Typist(listening, ports.take())
        try:
            for line in lines:
                typist.do(line)
            assert typist.answers.readline() == "", "the driver ends the connection after bye"
        finally:
            typist.close()


def test_a_driver_that_listens_is_judged_and_examined(listening: int) -> None:
    for command in (["doctor"], ["run", "--no-deadline", "-k", "init.free-port"]):
        words = [sys.executable, "-m", "dasnet_conformance", *command, f"tcp:127.0.0.1:{listening}"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def answer_by_hand(listener: socket.socket, lines: list[str], heard: list[str]) -> None:
    """Be the driver: answer each command with what the page types at that point."""
    answers = [line[2:] for line in lines if line.startswith("< ")]
    connection, _ = listener.accept()
    with connection, connection.makefile("r", encoding="ascii", newline="\n") as commands:
        for command, answer in zip(commands, answers, strict=False):
            heard.append(command.rstrip("\n"))
            connection.sendall(f"{answer}\n".encode())


def test_the_answers_typed_on_the_page_are_a_driver() -> None:
    lines = session("answers")
    command = re.search(r"^\$ (dasnet run tcp:\S+ .*)$", TEXT.partition("## Typing the answers")[2], re.MULTILINE)
    assert command is not None
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        person = threading.Thread(target=answer_by_hand, args=(listener, lines, heard), daemon=True)
        person.start()
        address = f"tcp:127.0.0.1:{listener.getsockname()[1]}"
        words = [re.sub("^tcp:.*", address, word) for word in command[1].split()[1:]]
        done = subprocess.run(
            [sys.executable, "-m", "dasnet_conformance", *words], capture_output=True, text=True, check=False
        )
        person.join(PATIENCE)
    wanted = [line[2:] for line in lines if line.startswith("> ")]
    # The ports are the suite's choice.
    assert [re.sub(r"\d{5}$", "PORT", said) for said in heard] == [re.sub(r"\d{5}$", "PORT", said) for said in wanted]
    assert done.returncode == 2, done.stdout
    assert "inconclusive (1 pass)" in done.stdout


def test_the_wrapper_on_the_page_puts_any_driver_behind_a_port(tmp_path: Path, ports: Ports) -> None:
    wrapper = tmp_path / "listen.py"
    wrapper.write_text(TEXT.partition("```python\n")[2].partition("```")[0])
    assert len(wrapper.read_text().splitlines()) <= 15
    port = ports.take()
    driver = [sys.executable, "-m", "dasnet_adapters.python_driver", "dasnet_reference"]
    with subprocess.Popen([sys.executable, str(wrapper), str(port), *driver]) as process:
        try:
            connection = connect_when_ready(port, process)
            with connection, connection.makefile("r") as answers:
                connection.sendall(b"1 hello 1\n2 bye\n")
                assert answers.readline().startswith("1 value 1 dasnet_reference ")
                assert answers.readline() == "2 value\n"
        finally:
            process.kill()


def connect_when_ready(port: int, process: subprocess.Popen[bytes]) -> socket.socket:
    while process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), PATIENCE)
        except ConnectionRefusedError:
            continue
    pytest.fail("the wrapper ended")
