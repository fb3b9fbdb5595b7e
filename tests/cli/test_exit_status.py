"""Every exit status of `dasnet run`, with implementations that are right, wrong, partial, dead, hanging or not there.

Each test is a real run, of the command, its child and loopback sockets, but for mistakes that are seen before a run.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from conformance_tools import Ran, Workshop, assert_one_line, choosing, dasnet, with_signals
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.cli import main
from dasnet_reference import PROFILES

#: A few quick requirements of several sections.
QUICK = "init.port-negative or query.answers-boolean or make-server.true"

#: A module whose `init` never gets anywhere.
BAD_INIT = """\
import os
import threading


class Server(Sound):
    def init(self, port):
        {}
"""

#: A module whose `init` does something else for a port that does not exist, which few checks pass to it.
ODD_INIT = """\
import os
import threading


class Server(Sound):
    def init(self, port):
        if port == {}:
            {}
        return super().init(port)
"""

NEEDS_PIPES = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")


# 0


def test_the_reference_conforms(whole_run: tuple[Ran, Path]) -> None:
    ran, _ = whole_run
    assert (ran.status, ran.err) == (0, "")
    count = len(load_catalogue().select(profiles=PROFILES))
    assert f"dasnet_reference: conforming ({count} pass) in " in ran.out.splitlines()[-1]


def test_a_module_that_only_renames_the_reference_conforms(workshop: Workshop) -> None:
    ran = workshop.judge(workshop.module("renamed"), QUICK)
    assert (ran.status, ran.err) == (0, "")
    assert ran.results()["implementation"]["name"] == "renamed"
    assert set(ran.verdicts().values()) == {"pass"}


# 1


def test_a_wrong_return_does_not_conform(workshop: Workshop) -> None:
    wrong = workshop.module("wrong", "class Server(Sound):\n    def is_open(self):\n        return None\n")
    ran = workshop.judge(wrong, QUICK)
    assert (ran.status, ran.results()["verdict"]) == (1, "non-conforming")
    assert ran.with_verdict("fail") == {"query.answers-boolean"}
    message = ran.row("query.answers-boolean")["message"]
    assert message.endswith("got refused (wrong-type: is_open returned None, not a bool)")


def test_a_missing_function_makes_its_profile_partial(workshop: Workshop) -> None:
    partial = workshop.module("partial", "del server_send\n")
    ran = workshop.judge(partial, "server-send or server-tick or init.free-port")
    assert (ran.status, ran.results()["verdict"]) == (1, "non-conforming")
    statuses = {profile["name"]: profile["status"] for profile in ran.results()["profiles"]}
    assert statuses == {"core": "conforming", "lowlevel": "partial"}
    unsupported = ran.with_verdict("unsupported")
    assert unsupported == {name for name in load_catalogue().requirements if name.startswith("server-send.")}
    messages = {ran.row(name)["message"].rpartition("] ")[2] for name in unsupported}
    assert messages == {"server_send: partial has no server_send"}


def test_a_death_where_survival_is_required_does_not_conform(workshop: Workshop) -> None:
    fragile = workshop.module(
        "fragile",
        "import os\n\nclass Server(Sound):\n    def tick(self):\n"
        "        if self._server is None:\n            os._exit(9)\n        super().tick()\n",
    )
    ran = workshop.judge(fragile, "construct", "--strict")
    assert ran.status == 1
    assert ran.with_verdict("fail") == {"construct.tick-harmless"}
    assert (
        ran.row("construct.tick-harmless")["message"]
        == "the process ended by itself with exit status 9 in tick object 1"
    )


# 2


def test_an_init_that_hangs_is_inconclusive_and_named(workshop: Workshop) -> None:
    hanging = workshop.module("hanging", BAD_INIT.format("threading.Event().wait()"))
    ran = workshop.dasnet("run", hanging, *choosing(QUICK), "--deadline", "1")
    assert (ran.status, ran.err) == (2, "")
    *_, told, verdict = ran.out.splitlines()
    beginning = "the first sanity conversation did not pass: not finished within 1 seconds; "
    beginning += "the last call: init object 1, port="
    assert told.startswith(beginning)
    assert told.endswith("-> (did not return)")
    assert re.match(r"hanging: inconclusive \((1 pass, )?[23] inconclusive\)", verdict)


@pytest.mark.parametrize(
    ("act", "how"),
    [
        ("os.kill(os.getpid(), 9)", "the process was killed by SIGKILL"),
        ("os.kill(os.getpid(), 40)", "the process was killed by signal 40"),
        ("os._exit(0)", "the process ended by itself with exit status 0"),
    ],
)
def test_a_process_that_dies_at_once_is_inconclusive(workshop: Workshop, act: str, how: str) -> None:
    ran = workshop.judge(workshop.module("dying", BAD_INIT.format(act)), QUICK)
    assert (ran.status, ran.results()["verdict"]) == (2, "inconclusive")
    assert ran.with_verdict("inconclusive") == {"init.port-negative", "query.answers-boolean"}
    assert ran.with_verdict("pass") == {"make-server.true"}  # which calls no init
    (told,) = ran.err.splitlines()
    assert re.fullmatch(rf"dasnet: {how} in init object 1, port=\d+ during sanity.first", told)
    first = {"verdict": "inconclusive", "message": told.removeprefix("dasnet: ").removesuffix(" during sanity.first")}
    assert ran.results()["sanity"]["first"] == first


def test_a_death_in_the_one_process_of_a_run_is_inconclusive(workshop: Workshop) -> None:
    dying = workshop.module("dying", BAD_INIT.format("os._exit(0)"))
    ran = workshop.judge(dying, QUICK, "-n", "0")
    assert (ran.status, set(ran.verdicts().values())) == (2, {"inconclusive"})
    how = "the process ended by itself with exit status 0"
    assert ran.results()["sanity"]["first"] == {"verdict": "inconclusive", "message": how}
    assert ran.err == f"dasnet: {how} during sanity.first\n"


def test_a_module_that_ends_the_process_when_imported_is_inconclusive(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", workshop.module("ending", "import os\n\nos._exit(0)\n"))
    assert ran.status == 2
    assert ran.out == "dasnet: the process ended by itself with exit status 0 during the start\n"
    assert_one_line(ran.err)
    assert "last words" not in ran.err
    assert "the run ended before it reached the implementation" in ran.err


@pytest.mark.parametrize("workers", [[], ["-n", "0"]], ids=["workers", "one process"])
@pytest.mark.parametrize("act", ["os._exit(3)", "os.kill(os.getpid(), 11)", "raise BaseException"])
def test_what_a_module_ends_the_process_with_is_never_the_suites_part(
    workshop: Workshop, act: str, workers: list[str]
) -> None:
    ran = workshop.dasnet("run", workshop.module("ending", f"import os\n\n{act}\n"), *workers)
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)
    assert ran.err.startswith("dasnet: the run ended before it reached the implementation: the process ")
    assert ran.err.endswith("; that was while it was loaded: see what `python -c 'import ending'` comes to\n")


def test_what_ends_the_process_before_a_check_is_told_with_its_last_words(workshop: Workshop) -> None:
    source = "import os\n\nos.write(2, b'no licence for this library\\n')\nos._exit(9)\n"
    ran = workshop.dasnet("run", workshop.module("ending", source), "-n", "0")
    assert ran.status == 2
    assert "the process ended by itself with exit status 9; its last words: no licence for this library" in ran.err


def test_warnings_that_are_errors_to_the_user_are_none_of_a_runs(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", "reference", "init.free-port", "-q", PYTHONWARNINGS="error::DeprecationWarning")
    assert (ran.status, ran.err) == (0, "")


def test_a_hang_in_one_check_leaves_the_others_their_verdicts(workshop: Workshop) -> None:
    stuck = workshop.module("stuck", ODD_INIT.format(-80, "threading.Event().wait()"))
    # The others must come to their end in it on a machine that is forty times too busy.
    ran = workshop.judge(stuck, QUICK, "--deadline", "4")
    assert ran.status == 2
    expected = {"init.port-negative": "inconclusive", "query.answers-boolean": "pass", "make-server.true": "pass"}
    assert ran.verdicts() == expected
    row = ran.row("init.port-negative")
    assert row["message"].startswith("[-80] the check did not come to an end: 4 seconds were not enough")
    assert row["transcript"][-1]["text"] == "init object 1, port=-80 -> (did not return)"


@pytest.mark.parametrize(
    ("workers", "how"),
    [("0", "the process was killed by SIGKILL"), ("2", "the process was killed by SIGKILL in init object 1, port=-80")],
)
def test_a_death_in_the_middle_touches_the_running_requirement_alone(
    workshop: Workshop, workers: str, how: str
) -> None:
    mortal = workshop.module("mortal", ODD_INIT.format(-80, "os.kill(os.getpid(), 9)"))
    ran = workshop.judge(mortal, "init.port or init.retry", "-n", workers)
    assert (ran.status, ran.results()["verdict"]) == (2, "inconclusive")
    assert ran.with_verdict("inconclusive") == {"init.port-negative"}
    assert ran.row("init.port-negative")["message"] == f"[-80] {how}"
    assert set(ran.verdicts().values()) == {"inconclusive", "pass"}
    assert ran.results()["sanity"]["last"]["verdict"] == "pass"
    assert ran.err == f"dasnet: {how} during init.port-negative\n"


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_death_while_an_object_is_destroyed_touches_its_check_alone(workshop: Workshop, workers: str) -> None:
    ending = workshop.module(
        "ending",
        "import os\n\nclass Server(Sound):\n    ticks = 0\n\n    def tick(self):\n        super().tick()\n"
        "        self.ticks += 1\n\n    def close(self):\n        if self.ticks >= 1000:\n            os._exit(1)\n"
        "        super().close()\n",
    )
    ran = workshop.judge(ending, "tick.idle-", "-n", workers)
    assert ran.status == 2
    assert ran.with_verdict("inconclusive") == {"tick.idle-repeatable"}
    assert ran.with_verdict("pass") == {"tick.idle-returns", "tick.idle-fires-nothing"}
    assert ran.row("tick.idle-repeatable")["message"].endswith(" while the session was ended")


def test_an_abort_touches_the_checks_alone_that_make_the_call(workshop: Workshop) -> None:
    aborting = workshop.module(
        "aborting", "import os\n\nclass Server(Sound):\n    def send(self, data, size):\n        os.abort()\n"
    )
    ran = workshop.dasnet("run", aborting, "construct.succeeds", "init.free-port", "send.arrives", "--json")
    assert ran.status == 2
    verdicts = json.loads(ran.out)["requirements"]
    assert {row["id"]: row["verdict"] for row in verdicts if row["verdict"] != "pass"} == {
        "send.arrives": "inconclusive"
    }
    (row,) = (row for row in verdicts if row["id"] == "send.arrives")
    assert re.search(r"the process was killed by SIGABRT in send object 1, ", row["message"])
    calls = [entry["text"] for entry in row["transcript"]]
    assert calls[0].startswith("new object 1")
    assert calls[-1].endswith("-> (the process was killed by SIGABRT)")


def test_nothing_that_gates_is_inconclusive(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", "reference", "init.port-zero")
    assert ran.status == 2
    assert "no requirement that gates was judged; SHOULD gates under --strict, MAY never" in ran.out


@NEEDS_PIPES
def test_an_interrupted_run_ends_with_130_and_leaves_no_process(workshop: Workshop) -> None:
    pipe = workshop.folder / "pipe"
    os.mkfifo(pipe)
    hold_the_pipe = f"self.pipe = open({str(pipe)!r}, 'w'); threading.Event().wait()"
    waiting = workshop.module("waiting", ODD_INIT.format(-80, hold_the_pipe))
    command = [*dasnet(), "run", waiting, "init.port-negative"]
    with subprocess.Popen(
        command,
        env=workshop.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=with_signals,
    ) as child:
        assert child.stderr is not None
        with pipe.open("rb") as witness:  # opens as soon as the check hangs
            child.send_signal(signal.SIGINT)
            assert child.stderr.read() == "dasnet: interrupted; no verdict\n"
            assert child.wait() == 130
            assert witness.read() == b""  # ends as soon as nobody holds the other end any more


# 3


@pytest.mark.parametrize("claims", ["PROFILES = ('{profile}',)\n", ""], ids=["said", "not said"])
@pytest.mark.parametrize(
    ("name", "profile", "requirements"),
    [
        ("HttpServer", "http", ["http-request.get", "http-reload.open", "http-limits.line-too-long"]),
        ("HttpClient", "http-client", ["http-client-request.get", "http-client-outcome.close-fails-all"]),
    ],
)
def test_a_module_may_have_one_class_of_http_alone(
    workshop: Workshop, name: str, profile: str, requirements: list[str], claims: str
) -> None:
    source = f"from dasnet_reference import {name}, SharedOrphan\n" + claims.format(profile=profile)
    ran = workshop.dasnet("run", workshop.module("module", source, opening=""), *requirements)
    assert (ran.status, ran.err) == (0, "")
    assert f"{len(requirements)} pass" in ran.out


def test_without_a_command_the_overview_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 3
    assert capsys.readouterr().out.startswith("usage: dasnet COMMAND")
