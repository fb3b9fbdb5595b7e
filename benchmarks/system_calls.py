"""How many system calls the reference makes, counted by strace: per idle tick, per buffer received, per echo.

    python benchmarks/system_calls.py [-o FILE] [--page PAGE]

Prints a Markdown table, and writes it to FILE and into PAGE too. Says so and ends well where strace is not installed.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

TICKS = 100_000
MEBIBYTES = 64
ECHOES = 10_000
_BUFFER = 64 * 1024
_LINE = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(?P<calls>\d+)\s+(?:\d+\s+)?(?P<name>\w+)$", re.MULTILINE)


# --- what is counted, in a process under strace


def _idle(side: Any, _: socket.socket, count: int) -> None:
    for _ in range(count):
        side.turn()


# The client sends as much as the system takes at once, then the server is ticked until it has all of that: no tick is
# idle, and all but the client's own calls are the server's.
def _receive(side: Any, client: socket.socket, count: int) -> None:
    client.setblocking(False)
    block, sent = bytes(1 << 20), 0
    while sent < count << 20:
        sent += client.send(block[: (count << 20) - sent])
        while side.received < sent:
            side.turn()


def _echo(side: Any, client: socket.socket, count: int) -> None:
    for _ in range(count):
        client.send(b"x" * 64)
        side.turn()
        client.recv(64)


WORK = {"idle": (_idle, TICKS), "receive": (_receive, MEBIBYTES), "echo": (_echo, ECHOES)}


def _work(name: str, amount: int) -> None:
    import sides

    with (
        contextlib.closing(sides.reference("echo" if name == "echo" else "sink")) as side,
        contextlib.closing(sides.dial(side.port)) as client,
    ):
        sides.taken(side)
        WORK[name][0](side, client, amount)


# --- counting


def count(name: str, amount: int) -> dict[str, int]:
    """The system calls that the work makes, by name: those of a process that does it, less those of one that does none.

    Raises `subprocess.CalledProcessError` when strace or the process fails.
    """
    done, none = _strace(name, amount), _strace(name, 0)
    return {call: number - none.get(call, 0) for call, number in done.items() if number > none.get(call, 0)}


def _strace(name: str, amount: int) -> dict[str, int]:
    with tempfile.NamedTemporaryFile("r", suffix=".strace") as file:
        command = ["strace", "-c", "-o", file.name, sys.executable, __file__, "--child", name, str(amount)]
        subprocess.run(command, check=True, timeout=300)
        return {found["name"]: int(found["calls"]) for found in _LINE.finditer(file.read()) if found["name"] != "total"}


def _rows() -> list[list[str]]:
    rows = []
    for name, (_, amount) in WORK.items():
        calls = {call: number for call, number in count(name, amount).items() if number >= amount // 10}
        units = amount * (1 << 20) // _BUFFER if name == "receive" else amount
        what = {
            "idle": f"{amount:,} idle ticks, client attached",
            "receive": f"{amount} MiB received, {units:,} buffers of {_BUFFER >> 10} KiB; sendto is the client's",
            "echo": f"{amount:,} echoes of 64 B; one sendto and one recvfrom of each are the client's",
        }[name]
        told = ", ".join(f"{call} {number:,}" for call, number in sorted(calls.items(), key=lambda pair: -pair[1]))
        rows.append([what, told, f"{sum(calls.values()) / units:.2f}"])
    return rows


def main() -> int:
    """Count and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-o", "--output", type=Path, metavar="FILE")
    parser.add_argument("--page", type=Path, metavar="PAGE", help="a page to put the table into")
    parser.add_argument("--child", nargs=2, metavar=("WORK", "AMOUNT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        _work(arguments.child[0], int(arguments.child[1]))
        return 0
    if shutil.which("strace") is None:
        print("strace is not installed: no system calls counted")
        return 0
    lines = ["| what | system calls | per tick, buffer or echo |", "| --- | --- | --- |"]
    lines += ["| " + " | ".join(row) + " |" for row in _rows()]
    print("\n".join(lines))
    if arguments.page is not None:
        import table

        table.insert(arguments.page, "system calls", "\n".join(lines))
    if arguments.output is not None:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text("\n".join(lines) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
