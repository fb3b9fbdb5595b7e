"""The options of `dasnet run` for whoever mends a port: stop early, what failed before, how long, how much is told."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from conformance_tools import LOST_AFTER, Ran, Workshop, dasnet, with_signals
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.cli import last_run, watching
from dasnet_conformance.running.copies import copies_exist
from dasnet_conformance.running.target import Target

#: Says no where it should say yes, and yes where it should say no.
WRONG = "class Server(Sound):\n    def is_open(self):\n        return not super().is_open()\n"
IDS = ("query", "make-server.true")


@pytest.fixture
def wrong(workshop: Workshop) -> str:
    return workshop.module("wrong", WRONG)


def lines(ran: Ran) -> list[str]:
    return ran.out.splitlines()


@pytest.mark.parametrize(("option", "most"), [(("-x",), 1), (("--maxfail", "2"), 2)])
def test_it_stops_after_so_many_failures(workshop: Workshop, wrong: str, option: tuple[str, ...], most: int) -> None:
    ran = workshop.dasnet("run", wrong, *IDS, *option, "-n", "1", "--json")
    assert ran.status == 1
    assert len(ran.with_verdict("fail")) == most
    left = ran.with_verdict("inconclusive")
    assert left
    assert {ran.row(name)["message"] for name in left} == {"the check did not run"}
    assert ran.err == ""


def test_what_failed_runs_alone_the_next_time(workshop: Workshop, wrong: str) -> None:
    first = workshop.dasnet("run", wrong, *IDS, "--json")
    second = workshop.dasnet("run", wrong, *IDS, "--last-failed", "--json")
    assert second.verdicts() == dict.fromkeys(first.with_verdict("fail"), "fail")
    assert len(second.verdicts()) < len(first.verdicts())
    workshop.module("wrong")
    third = workshop.dasnet("run", wrong, *IDS, "--last-failed", "--json")
    assert set(third.verdicts().values()) == {"pass"}
    fourth = workshop.dasnet("run", wrong, *IDS, "--last-failed", "--json")
    assert fourth.verdicts().keys() == first.verdicts().keys()


def test_what_failed_comes_first_the_next_time(workshop: Workshop, wrong: str) -> None:
    failed = workshop.dasnet("run", wrong, *IDS, "--json").with_verdict("fail")
    told = lines(workshop.dasnet("run", wrong, *IDS, "--failed-first", "-v", "-n", "1"))
    order = [line.split()[1] for line in told if re.match(r"(pass|fail) +\S+  \(", line)]
    assert set(order[: len(failed)]) == failed


def test_what_is_kept_is_no_concern_of_version_control(workshop: Workshop, wrong: str) -> None:
    workshop.dasnet("run", wrong, *IDS)
    folder = workshop.folder / last_run.FOLDER
    assert (folder / ".gitignore").read_text("utf-8") == "*\n"
    (folder / "failed.json").write_text("no JSON", "utf-8")
    assert workshop.dasnet("run", wrong, *IDS, "--last-failed").status == 1


def test_nothing_is_kept_of_what_always_passed(workshop: Workshop) -> None:
    workshop.dasnet("run", "reference", "make-server.true")
    assert not (workshop.folder / last_run.FOLDER).exists()


def test_a_folder_that_cannot_be_written_loses_nothing(workshop: Workshop, wrong: str) -> None:
    (workshop.folder / last_run.FOLDER).write_text("a file", "utf-8")
    ran = workshop.dasnet("run", wrong, *IDS)
    assert (ran.status, ran.err) == (1, "")


def test_what_took_longest_is_told(workshop: Workshop) -> None:
    told = lines(workshop.dasnet("run", "reference", "init", "--durations", "2"))
    place = told.index("the 2 that took longest:")
    seconds = [float(re.fullmatch(r" +([\d.]+) s  \S+", line)[1]) for line in told[place + 1 : place + 3]]  # type: ignore[index]
    assert seconds == sorted(seconds, reverse=True)


def test_a_line_for_each_requirement(workshop: Workshop, wrong: str) -> None:
    ran = workshop.dasnet("run", wrong, *IDS, "-v")
    told = [re.match(r"(pass|fail) +(\S+)  \(\d+\.\d{3} s\)$", line) for line in lines(ran)]
    verdicts = {match[2]: match[1] for match in told if match}
    assert verdicts == workshop.dasnet("run", wrong, *IDS, "--json").verdicts()


def test_the_verdict_alone(workshop: Workshop, wrong: str) -> None:
    (line,) = lines(workshop.dasnet("run", wrong, *IDS, "-q"))
    assert re.fullmatch(r"wrong: non-conforming \(\d+ pass, \d+ fail\) in \d+\.\d s", line)


def test_a_number_below_nought_is_one_line(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", "reference", "--maxfail", "-1")
    assert (ran.status, ran.err) == (3, "dasnet: --maxfail takes a number from 1 up, or 0 for no end\n")


#: One whose check lets seconds pass, as the catalogue says, and one that has none to wait for.
SLOW = next(requirement.id for requirement in load_catalogue().requirements.values() if requirement.unhurried)
SOON = "query.answers-boolean"


def test_a_quick_run_leaves_out_what_lets_seconds_pass_and_says_so(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", "reference", SLOW, SOON, "--quick")
    assert ran.status == 0
    assert "profile core: conforming so far as judged" in lines(ran)
    told = r"dasnet_reference: conforming so far as judged \(1 pass, 1 excluded\) in .* s; "
    assert re.fullmatch(told + re.escape("1 requirement not judged (--quick)"), lines(ran)[-1])
    results = workshop.dasnet("run", "reference", SLOW, SOON, "--quick", "--json").results()
    assert results["selection"] == f"{SLOW} {SOON} --quick"
    assert [row["verdict"] for row in results["requirements"]] == ["pass", "excluded"]


def test_a_quick_run_of_nothing_else_is_a_mistake_that_says_what_to_leave_out(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", "reference", SLOW, "--quick")
    assert ran.status == 3
    assert ran.err == "dasnet: nothing selected: every requirement that matches is excluded; leave out --quick\n"


def test_a_quick_run_keeps_the_reasons_of_others(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", "reference", SLOW, SOON, "--quick", "--exclude", f"{SLOW}=issue 12", "--json")
    assert ran.row(SLOW)["excluded_reason"] == "issue 12"


@pytest.mark.skipif(not copies_exist(), reason="seconds are let pass beside other checks by copies of a process alone")
def test_seconds_are_let_pass_as_long_as_other_checks_run_and_the_verdict_says_so(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", "reference", "-k", f"{SLOW} or {SOON}")
    assert ran.status == 0
    told = r"dasnet_reference: conforming \(2 pass\) in .* s; idle for \d\.\d s of 5\.5 s "
    assert re.fullmatch(told + re.escape("(all of it with --no-quick or --strict)"), lines(ran)[-1])


@pytest.mark.parametrize("whole", ["--strict", "--no-quick", "--json"])
def test_what_gates_or_is_kept_lets_all_of_them_pass(workshop: Workshop, whole: str) -> None:
    ran = workshop.dasnet("run", "reference", "-k", f"{SLOW} or {SOON}", whole)
    assert ran.status == 0
    assert "idle for" not in ran.out.replace("idle for 5.5 s, a tick each", "")


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="there is no Ctrl-C for a child here")
def test_it_runs_again_when_the_files_change_and_ends_at_ctrl_c(workshop: Workshop, wrong: str) -> None:
    command = [*dasnet(), "run", wrong, "make-server.true", SOON, SLOW, "--watch", "-q"]
    environment = {**os.environ, "PYTHONPATH": str(workshop.folder)}
    with subprocess.Popen(
        command,
        cwd=workshop.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=with_signals,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        try:
            # Whoever watches wants to know at once.
            assert child.stdout.readline().startswith("wrong: conforming so far as judged (2 pass, 1 excluded)")
            assert child.stderr.readline().startswith("watching 1 files; ")
            workshop.module("wrong", "def make_server(*_):\n    return None\n")
            assert child.stdout.readline().startswith("wrong: non-conforming")
            assert child.stderr.readline() == "changed: wrong.py\n"
            assert child.stderr.readline().startswith("watching")
            os.killpg(child.pid, signal.SIGINT)
            assert child.wait(LOST_AFTER) == 1
        finally:
            child.kill()


def test_files_are_those_of_the_command_or_those_that_the_file_names(workshop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "driver.py").write_text("", "utf-8")
    (tmp_path / "other.py").write_text("", "utf-8")
    file = tmp_path / "dasnet.toml"
    file.write_text('command = ["python", "driver.py"]\n', "utf-8")
    names = [path.name for path in watching.files_of(Target(str(file)))]
    assert names == ["dasnet.toml", "driver.py"]
    file.write_text('command = ["python", "driver.py"]\nwatch = ["*.py"]\n', "utf-8")
    names = [path.name for path in watching.files_of(Target(str(file)))]
    assert names == ["dasnet.toml", "driver.py", "other.py"]


def test_a_change_is_a_file_that_is_another_or_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "driver.py").write_text("", "utf-8")
    file = tmp_path / "dasnet.toml"
    file.write_text('command = ["python", "driver.py"]\n', "utf-8")
    target = Target(str(file))
    before = watching.look(target)
    steps = iter([lambda: None, (tmp_path / "driver.py").unlink])
    monkeypatch.setattr(time, "sleep", lambda seconds: next(steps)())
    assert watching.wait_for_change(target, before) == [tmp_path / "driver.py"]


def test_an_implementation_without_files_cannot_be_watched(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", "tcp:127.0.0.1:1", "--watch")
    assert ran.status == 3
    assert ran.err.startswith("dasnet: --watch: no file of tcp:127.0.0.1:1 is known; ")
