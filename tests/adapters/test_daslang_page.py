"""docs/daslang.md is true: its programs print what it says, and it names the known failures of the original.

A program runs with ports of its own in place of the page's, and a client plays the part of `nc`. Without daslang the
programs are skipped; in CI that is a failure, unless CI has said that the package could not be had (WITHOUT_DASLANG=1).
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import socket
import struct
import subprocess
import time
import tomllib
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from dasnet_conformance.stage.ports import Ports
from toolchains import need

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "daslang.md").read_text("utf-8")
PROGRAMS = ROOT / "adapters" / "daslang" / "reproductions"
#: What the page has each program print.
PRINTED = dict(re.findall(r"```console\n\$ (?:echo a line \| )?daslang (\w+)\.das\n(.*?)```", PAGE, re.DOTALL))
#: Seconds after which a program or a client is given up, many times what the slowest takes.
PATIENCE = 60
ATTEMPTS = 3


def stays(client: socket.socket) -> int:
    """Reads until the server's side ends; returns the bytes that came."""
    count = 0
    try:
        while part := client.recv(1 << 16):
            count += len(part)
    except ConnectionResetError:
        pass
    return count


def leaves(client: socket.socket) -> int:
    """Ends the connection in the orderly way."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0))
    client.close()
    return 0


#: What the client does that a program waits for.
CLIENTS: dict[str, Callable[[socket.socket], int]] = {
    "second_init_same_port": stays,
    "address_not_reused": stays,
    "send_spins": stays,
    "send_size_zero": stays,
    "send_negative_size": stays,
    "failing_send": leaves,
    "send_in_disconnect": leaves,
    "tick_in_disconnect": leaves,
}


@pytest.fixture
def daslang() -> str:
    need(["daslang"], "daslang 0.6.4 (pip install daslang, or put what .ci/daslang prints on PATH)")
    found = shutil.which("daslang")
    assert found
    return found


def connected(port: int, program: subprocess.Popen[str]) -> socket.socket:
    """A client, as soon as the program listens. It ends by a reset: this module cannot take a port with leftovers."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            client = socket.create_connection(("127.0.0.1", port), PATIENCE)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return client
        except ConnectionRefusedError:
            if program.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.01)


def with_ports(text: str, first: int, second: int) -> str:
    numbers = {"9001": first, "9002": second, "74537": 65536 + first, "56534": 65536 - second}
    return re.sub("|".join(numbers), lambda found: str(numbers[found[0]]), text)


def run(name: str, daslang: str, first: int, second: int, folder: Path) -> tuple[str, str, str, int]:
    """What the page says that a program prints, what it does print, its complaints, and what its client received."""
    file = folder / f"{name}.das"
    file.write_text(with_ports((PROGRAMS / file.name).read_text("utf-8"), first, second), "utf-8")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    quiet = {**os.environ, "DASLIVE_HV_LOG": "silent"}
    with subprocess.Popen([daslang, str(file)], text=True, env=quiet, **pipes) as program:
        received = 0
        try:
            with connected(first, program) if name in CLIENTS else nullcontext() as client:
                if client:
                    received = CLIENTS[name](client)
                printed, complaints = program.communicate("a line\n", PATIENCE)
        finally:
            program.kill()
    said = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    return with_ports(PRINTED[name], first, second), said, complaints, received


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_a_program_prints_what_the_page_says(name: str, daslang: str, ports: Ports, tmp_path: Path) -> None:
    # The programs are short, and give the module's own thread a fifth of a second where they wait for it: on a machine
    # that is far too busy that is not enough. What the page has wrong is wrong each time.
    for _ in range(ATTEMPTS):
        wanted, said, complaints, received = run(name, daslang, ports.take(), ports.take(), tmp_path)
        as_told = doctest.OutputChecker().check_output(wanted, said, doctest.ELLIPSIS)
        if as_told:
            break
    assert as_told, f"{wanted}--\n{said}--\n{complaints}"
    if name == "send_negative_size":
        assert received > 4, "more than the buffer holds"


def test_every_program_stands_on_the_page() -> None:
    assert sorted(PRINTED) == sorted(file.stem for file in PROGRAMS.glob("*.das"))
    assert CLIENTS.keys() <= PRINTED.keys()


def test_every_known_failure_stands_in_the_section_of_its_cause() -> None:
    sections = {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-"): text
        for title, text in re.findall(r"^###? (.*?)\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    }
    listed = [
        failure
        for name in ("baseline.toml", "baseline-http.toml")
        for failure in tomllib.loads((ROOT / "adapters" / "daslang" / name).read_text("utf-8"))["known-failure"]
    ]
    lost = [
        failure["requirement"]
        for failure in listed
        if f"`{failure['requirement']}`" not in sections[failure["issue"].removeprefix("docs/daslang.md#")]
    ]
    assert lost == []


def test_the_skeleton_has_the_words_of_the_driver() -> None:
    skeleton = ROOT / "adapters" / "dasnet_adapters" / "templates" / "daslang" / "words.das.template"
    assert skeleton.read_text("utf-8") == (ROOT / "adapters" / "daslang" / "words.das").read_text("utf-8")
