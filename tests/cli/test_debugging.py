"""`--pause` and `--wrapper`: a run in one process, without deadlines and capture, for whoever debugs a port."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from conformance_tools import LOST_AFTER, Workshop, assert_one_line, dasnet
from dasnet_adapters.errors import UsageError
from dasnet_adapters.wrapper import split_wrapper, wrapped
from toolchains import needs

ONE: Final = "init.free-port"
OTHER: Final = "send.size-zero"
DRIVER: Final = f"driver:{sys.executable} -m dasnet_adapters.python_driver"


class AtATerminal:
    """A command with a terminal as its input and output."""

    def __init__(self, workshop: Workshop, *arguments: str) -> None:
        pty = pytest.importorskip("pty")
        self._ours, theirs = pty.openpty()
        self.child = subprocess.Popen(
            [*dasnet(), *arguments],
            cwd=workshop.folder,
            env=workshop.environment(TERM="dumb"),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.said = ""

    def until(self, text: str) -> str:
        """Everything that was said by the time that the text was."""
        end = time.monotonic() + LOST_AFTER
        while text not in self.said:
            assert time.monotonic() < end, self.said
            if select.select([self._ours], [], [], 1.0)[0]:
                self.said += self._read()
        return self.said

    def type(self, line: str) -> None:
        """Type a line."""
        os.write(self._ours, f"{line}\n".encode())

    def end(self) -> tuple[int, str]:
        """The exit status, and everything that was said."""
        while text := self._read():
            self.said += text
        return self.child.wait(LOST_AFTER), self.said

    def _read(self) -> str:
        try:
            return os.read(self._ours, 65536).decode("utf-8", "replace")
        except OSError:
            return ""  # nobody holds the other end any more


@pytest.mark.parametrize("spec", ["reference", f"{DRIVER} dasnet_reference"], ids=["module", "driver"])
def test_it_stops_before_the_check_and_names_the_process_and_the_address(workshop: Workshop, spec: str) -> None:
    ran = AtATerminal(workshop, "run", spec, "--pause", ONE.upper())
    said = ran.until("Enter goes on")
    assert f"paused before {ONE} (test_free_port)" in said
    found = re.search(r"process (\d+) \((.*)\); peers go to 127\.0\.0\.1, ports \d+ to \d+", said)
    assert found is not None, said
    os.kill(int(found[1]), 0)
    assert found[2] == ("this one holds the port" if spec == "reference" else "the driver")
    ran.type("")
    status, said = ran.end()
    assert status == 0
    assert "conforming (1 pass)" in said


def test_a_breakpoint_in_a_port_works(workshop: Workshop) -> None:
    name = workshop.module(
        "stopping",
        "class Server(Sound):\n    def send(self, data, size=None):\n"
        "        if size == 0 and not hasattr(Server, 'seen'):\n"
        "            Server.seen = True\n            breakpoint()\n"
        "        return super().send(data, size)\n",
    )
    ran = AtATerminal(workshop, "run", name, "--strict", "--pause", OTHER)
    ran.until("Enter goes on")
    ran.type("")
    ran.until("(Pdb) ")
    ran.type("p 6 * 7, size")
    ran.until("(42, 0)")
    ran.type("c")
    status, said = ran.end()
    assert (status, "conforming (1 pass)" in said) == (0, True)


def test_no_deadline_strikes_and_the_report_is_as_ever(workshop: Workshop) -> None:
    ran = AtATerminal(workshop, "run", "reference", ONE, OTHER, "--pause", OTHER, "--report-dir", "report")
    ran.until("Enter goes on")
    ran.type("")
    assert ran.end()[0] == 0
    document = json.loads((workshop.folder / "report" / "results.json").read_text("utf-8"))
    assert {row["id"]: row["verdict"] for row in document["requirements"]} == {ONE: "pass", OTHER: "pass"}
    assert (document["sanity"]["first"]["verdict"], document["sanity"]["last"]["verdict"]) == ("pass", "pass")


def test_the_end_of_the_input_goes_on_as_well(workshop: Workshop) -> None:
    name = workshop.module("wrong", "class Server(Sound):\n    def init(self, port): return self.nothing\n")
    ran = workshop.dasnet("run", name, "--pause", ONE)
    assert ran.status == 1
    assert "in init: def init(self, port): return self.nothing" in " ".join(ran.out.split())


def test_a_wrapper_stands_before_the_driver(workshop: Workshop) -> None:
    wrapper = workshop.folder / "wrapper.sh"
    wrapper.write_text('#!/bin/sh\necho "$1" >>wrapped\nexec "$@"\n')
    wrapper.chmod(0o755)
    ran = workshop.dasnet("run", f"{DRIVER} dasnet_reference", ONE, "--wrapper", str(wrapper))
    assert (ran.status, (workshop.folder / "wrapped").read_text()) == (0, f"{sys.executable}\n")
    words = json.dumps([sys.executable, "-m", "dasnet_adapters.python_driver", "dasnet_reference"])
    (workshop.folder / "dasnet.toml").write_text(f"command = {words}\n")
    assert workshop.dasnet("run", ONE, "--wrapper", str(wrapper)).status == 0
    assert (workshop.folder / "wrapped").read_text() == f"{sys.executable}\n" * 2


@needs(["gdb"], "gdb (Debian: gdb)")
def test_gdb_gets_the_terminal_and_the_driver_keeps_the_pipes(workshop: Workshop) -> None:
    ran = AtATerminal(workshop, "run", f"{DRIVER} dasnet_reference", ONE, "--wrapper", "gdb -q -nx --args")
    ran.until("(gdb) ")
    ran.type("set debuginfod enabled off")
    ran.type("run")
    status, said = ran.end()
    assert (status, "conforming (1 pass)" in said) == (0, True), said


@needs(["gdb"], "gdb (Debian: gdb)")
def test_gdb_without_a_terminal_tells_where_a_driver_crashed(workshop: Workshop) -> None:
    workshop.module(
        "crashing",
        "import os\n\nclass Server(Sound):\n    def send(self, data, size=None):\n"
        "        if size == 0: os.abort()\n        return super().send(data, size)\n",
    )
    wrapper = "gdb -batch -nx -ex run -ex 'bt 5' --args"
    ran = workshop.dasnet("run", f"{DRIVER} crashing", OTHER, "--wrapper", wrapper, "--report-dir", "report")
    assert ran.status == 2
    document = json.loads((workshop.folder / "report" / "results.json").read_text("utf-8"))
    said = "\n".join(entry["text"] for entry in document["requirements"][0]["transcript"])
    assert "abort" in said
    assert "send did not return" in document["requirements"][0]["message"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"run reference {ONE} --wrapper valgrind", "--wrapper goes in front of a driver's command, and a module runs"),
        (f"run tcp:127.0.0.1:9 {ONE} --wrapper valgrind", "that driver runs already"),
        (f"run driver:x {ONE} --wrapper lldb", "lldb -p PID"),
        (f"run reference --pause {ONE} -n 2", "leave out -n, -k, --shard and --json"),
        (f"run reference --pause {ONE} --json", "leave out -n, -k, --shard and --json"),
        ("run reference --pause send.frist-size-bytes", "did you mean send.first-size-bytes"),
    ],
)
def test_what_cannot_be_meant_is_one_line(workshop: Workshop, line: str, told: str) -> None:
    ran = workshop.dasnet(*line.split())
    assert ran.status == 3
    assert told in ran.err
    assert_one_line(ran.err)


def test_a_wrapper_is_split_as_a_shell_does() -> None:
    assert split_wrapper("rr record -n 'two words'") == ("rr", "record", "-n", "two words")
    for mistake in ("", "'unclosed"):
        with pytest.raises(UsageError):
            split_wrapper(mistake)


def test_what_goes_in_front_is_put_in_front() -> None:
    assert wrapped((), ["./driver", "a"]) == ["./driver", "a"]
    assert wrapped(("valgrind", "-q"), ["./driver", "a"]) == ["valgrind", "-q", "./driver", "a"]
    words = wrapped((str(Path("/usr/bin/gdb")), "--args"), ["./driver", "a b"])
    assert words[:2] == ["sh", "-c"]
    assert "--args" not in words
    assert "set args 'a b' <&5 >&6 2>&7" in words
    assert words[-1] == "./driver"
