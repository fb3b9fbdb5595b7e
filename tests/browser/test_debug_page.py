"""The example page in Chromium: six pictures, a form, and a reload from inside its handler while a download goes on."""

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
from chromium_driver import Browser

import dasnet_reference

EXAMPLE = Path(__file__).parents[2] / "examples" / "debug_page.py"
PATIENCE = 60.0
MAP = 2048 * 4096 + len(b"P5 2048 4096 255\n")


class Running:
    """The program, its script, and the port of its page."""

    def __init__(self, process: subprocess.Popen[str], port: int, script: Path) -> None:
        self.process = process
        self.port = port
        self.script = script
        self.address = f"http://127.0.0.1:{port}/"

    def change(self, old: str, new: str) -> None:
        """Edit the script under the running program."""
        text = self.script.read_text("utf-8")
        assert text.count(old) == 1
        self.script.write_text(text.replace(old, new), "utf-8")

    def dial(self) -> socket.socket:
        """A client of its own, which takes little at a time."""
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        client.settimeout(PATIENCE)
        client.connect(("127.0.0.1", self.port))
        return client

    def ask(self, line: str, *fields: str) -> bytes:
        """One request on a connection of its own, and everything that comes."""
        with contextlib.closing(self.dial()) as client:
            lines = (f"{line} HTTP/1.1", *fields, "Connection: close", "", "")
            client.sendall("\r\n".join(lines).encode("ascii"))
            return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.fixture
def game(tmp_path: Path) -> Iterator[Running]:
    # A copy, so that a test can change the script under the running program.
    script = Path(shutil.copy(EXAMPLE, tmp_path))
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(dasnet_reference.__file__).parent.parent),
        # A change within the resolution of file times must not be taken for the compiled file of before.
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    log = tmp_path / "log"
    with (
        log.open("w") as written,
        subprocess.Popen(
            [sys.executable, "-W", "error", str(script)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if found := re.fullmatch(r"open http://127\.0\.0\.1:(\d+)/\n", line):
                    break
            else:
                pytest.fail(f"it told no address: {log.read_text()}")
            yield Running(process, int(found[1]), script)
        finally:
            process.kill()
    assert log.read_text() == ""


PICTURES = "[...document.images].filter((image) => image.complete && image.naturalWidth > 0).length"


def test_a_page_of_six_pictures_is_reloaded_from_its_own_handler_while_somebody_downloads(
    game: Running, browser: Browser
) -> None:
    with contextlib.closing(game.dial()) as slow:
        slow.sendall(b"GET /map.pgm HTTP/1.1\r\nHost: 127.0.0.1:1\r\nConnection: close\r\n\r\n")
        got = bytearray(slow.recv(1024))
        assert got.startswith(b"HTTP/1.1 200 OK\r\n")

        browser.open(game.address)
        browser.wait(f"{PICTURES} === 6")
        assert browser.one("h1").text == "Six ships"
        assert browser.by_id("reloads").text == "0"
        assert browser.axe() == []

        # The form posts, and the page shows what it did.
        browser.run("document.querySelector('select').value = '4'")
        browser.one("form[action='/speed'] button").click()
        browser.wait("document.getElementById('speeds').textContent === '1, 1, 1, 1, 2, 1'")

        game.change('TITLE = "Six ships"', 'TITLE = "Half a dozen ships"')
        browser.by_id("reload").click()
        browser.wait("document.querySelector('h1').textContent === 'Half a dozen ships'")
        browser.wait(f"{PICTURES} === 6")
        # The game went on with the speed that was set, and the page follows it.
        assert browser.by_id("reloads").text == "1"
        assert browser.by_id("speeds").text == "1, 1, 1, 1, 2, 1"
        frames = int(browser.by_id("frames").text)
        browser.wait(f"Number(document.getElementById('frames').textContent) > {frames}")
        # Nothing of it asks a server that is about to end.
        browser.open("about:blank")

        while data := slow.recv(1 << 20):
            got += data
        assert len(got.partition(b"\r\n\r\n")[2]) == MAP
        assert got.endswith(bytes((4095 + 2047 - at) % 256 for at in range(3, -1, -1)))
    assert b"stopped" in game.ask("POST /stop", "Host: localhost:80", "Content-Length: 0")
    assert game.process.wait(PATIENCE) == 0


def test_a_slip_in_the_new_script_costs_nothing(game: Running, browser: Browser) -> None:
    game.change('TITLE = "Six ships"', "TITLE = Six ships")
    answer = game.ask("POST /reload", "Host: localhost:80", "Content-Length: 0")
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert b"not loaded: SyntaxError" in answer
    browser.open(game.address)
    browser.wait(f"{PICTURES} === 6")
    browser.open("about:blank")


def test_pages_from_elsewhere_are_kept_out(game: Running) -> None:
    assert game.ask("GET /", "Host: evil.example").startswith(b"HTTP/1.1 421 ")
    fields = ("Host: localhost:80", "Content-Length: 0")
    assert game.ask("POST /stop", *fields, "Origin: http://evil.example").startswith(b"HTTP/1.1 403 ")
    assert game.ask("POST /speed", *fields, "Origin: http://localhost:80").startswith(b"HTTP/1.1 400 ")
    assert game.ask("DELETE /", *fields).startswith(b"HTTP/1.1 405 ")
    assert game.ask("GET /nothing", *fields).startswith(b"HTTP/1.1 404 ")
    assert game.process.poll() is None
