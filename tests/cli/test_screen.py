"""What a run looks like: plain lines in a log, progress and colours on a terminal. Real runs on loopback."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from conformance_tools import COLOUR, LOST_AFTER, Ran, Workshop, dasnet

#: A module that fails at a MUST, lacks a function, and dies once.
POOR = """\
import os

del server_send


class Server(Sound):
    def has_session(self):
        return False

    def init(self, port):
        if port < 0:
            os._exit(3)
        return super().init(port)
"""
POOR_EXPRESSION = "query.has-session or init.port-negative or server-send or make-server.true"

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_a_terminal(workshop: Workshop, *arguments: str, **settings: str) -> Ran:
    """Run the command with its output on a pseudo terminal."""
    pty = pytest.importorskip("pty", reason="the system has no pseudo terminals")
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [*dasnet(), *arguments],
        cwd=workshop.folder,
        env=workshop.environment(COLUMNS="150", **settings),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    shown = bytearray()
    with child:
        assert child.stderr is not None
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # how Linux tells that nobody holds the other end any more
                break
            if not part:
                break
            shown += part
        os.close(ours)
        error = child.stderr.read().decode("utf-8")
        return Ran(child.wait(LOST_AFTER), shown.decode("utf-8"), error)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A run of the poor module whose output is no terminal."""
    workshop = Workshop(tmp_path_factory.mktemp("log"))
    return workshop.dasnet("run", workshop.module("poor", POOR), "-k", POOR_EXPRESSION)


def test_a_log_gets_plain_lines_in_order(log: Ran) -> None:
    assert (log.status, log.err) == (1, "")
    assert "\x1b" not in log.out
    assert "\r" not in log.out
    # Which of its ports one worker gets to first is a matter of chance.
    lines = re.sub(r"port=-\d+ during", "port=... during", log.out).splitlines()
    assert re.fullmatch(r"judging poor \S+ \(Python 3\.\d+\), profiles: core, lowlevel", lines[0])
    death = (
        "dasnet: the process ended by itself with exit status 3 in init object 1, port=... during init.port-negative"
    )
    conclusions = ["profile core: non-conforming", "profile lowlevel: partial"]
    # Each is told when it happens, and which worker is the quicker one is a matter of chance; but whatever a section or
    # a profile comes to stands after what it came of.
    for in_order in (
        ["  fail query.has-session-follows-client", "  query          0 of 1 passed", *conclusions],
        ["  unsupported server-send.reaches-client", "  lowlevel       1 of 6 passed", *conclusions],
        [lines[0], death, *conclusions],
    ):
        places = [lines.index(line) for line in in_order]
        assert places == sorted(places)
    verdict = r"poor: non-conforming \(1 pass, 1 fail, 5 unsupported, 1 inconclusive\) in \d+\.\d s"
    assert re.fullmatch(verdict, lines[-1])


def test_the_table_counts_by_section_and_level(log: Ran) -> None:
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in log.out.splitlines() if "|" in line]
    assert cells[0] == ["section", "MUST", "SHOULD", "MAY", "pass", "fail", "unsupported", "inconclusive"]
    assert cells[1:] == [
        ["init", "0/1", "-", "-", "-", "-", "-", "1"],
        ["query", "0/1", "-", "-", "-", "1", "-", "-"],
        ["lowlevel", "1/5", "0/1", "-", "1", "-", "5", "-"],
        ["total", "1/7", "0/1", "-", "1", "1", "5", "1"],
    ]


def test_a_failure_is_told_with_what_was_required_and_how_it_came_to_it(log: Ran) -> None:
    lines = log.out.splitlines()
    place = lines.index("fail query.has-session-follows-client (MUST, core)")
    assert lines[place + 1] == "     has_session with a client: expected true, got false"
    assert lines[place + 2].startswith("     required: has_session goes from false to true")
    assert lines[place + 3].startswith("     again: dasnet run python:")
    assert lines[place + 3].endswith(
        "query.has-session-follows-client; dasnet explain query.has-session-follows-client"
    )
    transcript = lines[place + 4 :]
    assert transcript[0].split(maxsplit=2) == ["0", "host", "new object 1, class=1 -> no value"]
    assert any("peer 1" in line for line in transcript)


def test_what_many_requirements_share_is_told_once(log: Ran) -> None:
    assert log.out.count("unsupported 5 requirements: server_send: poor has no server_send") == 1


def test_of_many_failures_the_first_are_told_in_full_and_long_transcripts_by_their_end(workshop: Workshop) -> None:
    wrong = workshop.module(
        "wrong",
        "class Server(Sound):\n    ticks = 0\n\n"
        "    def tick(self):\n        self.ticks += 1\n        super().tick()\n\n"
        "    def is_open(self):\n        return self.ticks < 20 and super().is_open()\n\n"
        "    def is_connected(self):\n        return not super().is_connected()\n",
    )
    ran = workshop.dasnet("run", wrong, "-k", "query.is-open-after or (state and is-connected)")
    assert ran.status == 1
    told = re.findall(r"^fail state\.", ran.out, re.MULTILINE)
    assert len(told) > 8
    assert ran.out.count("     required: ") == 8
    assert "Transcripts of the first 8 are shown; --report-dir DIR keeps them all." in ran.out
    assert re.search(r"\(\d+ earlier entries[;)]", ran.out)


def test_text_of_an_implementation_is_made_harmless(workshop: Workshop) -> None:
    hostile = workshop.module(
        "hostile",
        "IMPLEMENTATION_NAME = 'evil\\x1b[31m[bold]\\nname'\n\nclass Server(Sound):\n    def is_open(self):\n"
        "        raise ValueError('\\x1b]0;title\\x07[red]\\rover')\n",
    )
    ran = workshop.dasnet("run", hostile, "-k", "query.answers-boolean")
    assert ran.status == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", ran.out)
    assert "[bold]" in ran.out.splitlines()[0]
    assert "[red]" in ran.out


def test_a_terminal_sees_progress_and_colours(workshop: Workshop) -> None:
    ran = on_a_terminal(workshop, "run", workshop.module("poor", POOR), "-k", POOR_EXPRESSION)
    assert (ran.status, ran.err) == (1, "")
    assert COLOUR.search(ran.out)
    bare = ESCAPE.sub("", ran.out)
    assert re.search(r"judging .*\d/8 ", bare)
    assert "\rjudging" in bare
    assert bare.count("fail query.has-session-follows-client\r\n") == 1
    last = bare.rstrip().splitlines()[-1]
    assert last.startswith("poor: non-conforming (1 pass, 1 fail, 5 unsupported, 1 inconclusive) in ")


def test_no_color_takes_the_colours_and_leaves_the_progress(workshop: Workshop) -> None:
    ran = on_a_terminal(workshop, "run", "reference", "-k", "init.free-port", NO_COLOR="1")
    assert (ran.status, ran.err) == (0, "")
    assert not COLOUR.search(ran.out)
    assert "judging" in ran.out


def test_on_a_terminal_json_is_json(workshop: Workshop) -> None:
    ran = on_a_terminal(workshop, "run", "reference", "-k", "init.port-negative", "--json")
    assert (ran.status, ran.err) == (0, "")
    assert ran.verdicts() == {"init.port-negative": "pass"}


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["list"], 0),
        (["explain", "init.free-port"], 0),
        # A verdict that nobody read is none.
        (["run", "reference", "-k", "init.free-port"], 2),
        (["run", "reference", "-k", "init.free-port", "--json"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_reader_that_leaves_is_no_error_and_no_verdict(workshop: Workshop, arguments: list[str], status: int) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [*dasnet(), *arguments]
    ended = subprocess.run(
        command, env=workshop.environment(), stdout=writing, stderr=subprocess.PIPE, timeout=LOST_AFTER, check=False
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (status, b"")
