"""The end of a run on a screen of 80 columns: causes first, lines that break between words, a green gate in green."""

from __future__ import annotations

import re
from typing import Any

import pytest
from rich.console import Console

from dasnet_conformance.cli.summary import print_summary, print_verdict
from dasnet_conformance.running.conclusion import Judged
from dasnet_reports import (
    BaselineFinding,
    BaselineOutcome,
    EntryKind,
    Implementation,
    Level,
    RequirementResult,
    Results,
    Sanity,
    SanityResult,
    Suite,
    TranscriptEntry,
    Verdict,
    conclude,
)

WELL = SanityResult(Verdict.PASS, "")
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
LONG = "within 32 ticks: expected " + "a connect callback on an object that listens, " * 4 + "got nothing"


def row(name: str, verdict: str = "fail", message: str = "", **more: Any) -> RequirementResult:
    said = message or ("" if verdict == "pass" else f"{name} is wrong in a way of its own")
    return RequirementResult(name, name.partition(".")[0], Level.MUST, "core", Verdict(verdict), said, **more)


def results_of(*rows: RequirementResult, first: SanityResult = WELL, **more: Any) -> Results:
    sanity = Sanity(first, WELL)
    concluded = conclude(rows, sanity=sanity, claimed=("core",), known=("core",))
    return Results(
        suite=Suite("suite", "1"),
        implementation=Implementation("my port", "1", "C"),
        profiles=concluded.profiles,
        verdict=concluded.verdict,
        counts=concluded.counts,
        requirements=rows,
        environment={},
        seed=0,
        started="2026-01-01T00:00:00Z",
        duration_s=2.5,
        strict=False,
        sanity=sanity,
        **more,
    )


def shown(*rows: RequirementResult, columns: int = 80, directory: str = "", **more: Any) -> str:
    """What a terminal is sent of these rows."""
    console = Console(width=columns, force_terminal=True, color_system="standard", no_color=False, highlight=False)
    with console.capture() as captured:
        print_summary(console, Judged(results_of(*rows, **more), 1), [], directory=directory)
    return captured.get()


def lines_of(*rows: RequirementResult, **more: Any) -> list[str]:
    return ESCAPE.sub("", shown(*rows, **more)).splitlines()


BEHIND = [row(f"save.number-{n}", message="no client", blocked_by="tick.takes-pending-client") for n in range(9)]


def test_a_basic_fault_is_named_first_and_what_hangs_on_it_is_one_line() -> None:
    lines = lines_of(*BEHIND, row("tick.takes-pending-client", message="nothing came"), row("init.port-zero"))
    assert lines[0] == "basic fault: tick.takes-pending-client: blocks 9 requirements"
    assert [line for line in lines if line.startswith("fail ")] == [
        "fail tick.takes-pending-client (MUST, core), blocks 9 requirements",
        "fail init.port-zero (MUST, core)",
    ]
    place = next(number for number, line in enumerate(lines) if "blocked by" in line)
    assert " ".join(line.strip() for line in lines[place : place + 3]).startswith(
        "blocked by tick.takes-pending-client: save.number-0, save.number-1, save.number-2, save.number-3, "
        "save.number-4, save.number-5 and 3 more"
    )
    assert sum("save.number" in line for line in lines) == 2


def test_a_call_that_hangs_is_one_cause() -> None:
    lines = lines_of(*(row(f"send.number-{n}", message="send did not return within 10 s") for n in range(7)))
    assert lines[0] == "basic fault: send does not return: blocks 7 requirements"
    told = [line for line in lines if line.startswith("fail ")]
    assert told == ["fail send.number-0 (MUST, core), blocks 7 requirements"]


def test_sanity_that_failed_is_a_basic_fault() -> None:
    lines = lines_of(row("init.port-zero"), first=SanityResult(Verdict.FAIL, "no client was taken"))
    assert lines[0] == "basic fault: the sanity conversation did not pass: no client was taken"


def test_one_fault_is_named_once_whoever_met_it() -> None:
    cause = row("tick.takes-pending-client", message="nothing came")
    lines = lines_of(*BEHIND, cause, first=SanityResult(Verdict.FAIL, "nothing came"))
    named = [line for line in lines if line.startswith("basic fault")]
    assert named == [
        "basic fault: tick.takes-pending-client: blocks 9 requirements and the sanity",
    ]
    assert lines[1] == "             conversation"


def test_no_line_is_wider_than_the_screen_and_no_word_is_broken() -> None:
    talk = [TranscriptEntry(3, "peer 1", EntryKind.SEND, "64 bytes " + "0f " * 40)]
    lines = lines_of(
        row("init.port-zero", message=LONG, transcript=talk, like="state_new_object_is_open"),
        again=("dasnet", "run", "python:a_port_with_a_long_name"),
        reproductions="repro",
        directory="a/folder/of/reports",
    )
    assert max(map(len, lines)) <= 80
    place = lines.index("fail init.port-zero (MUST, core)")
    message = lines[place + 1 : place + 4]
    assert all(line.startswith("     ") and line[5] != " " for line in message)
    assert " ".join(line.strip() for line in message) == LONG
    entry = next(number for number, line in enumerate(lines) if "peer 1  64 bytes" in line)
    assert lines[entry + 1].startswith(" " * 21 + "0f ")


def test_a_word_that_is_wider_than_the_screen_stays_whole() -> None:
    path = "/a/" + "very-long-path/" * 10 + "file"
    assert any(line.strip() == path for line in lines_of(row("init.port-zero", message=f"see {path} there")))


def test_each_failure_says_what_to_do_next() -> None:
    lines = lines_of(
        row("init.port-zero", like="state_new_object_is_open", traceback=("Traceback", "  port.py, line 7")),
        columns=200,
        again=("dasnet", "run", "python:my port"),
        reproductions="repro",
        directory="out",
    )
    assert "       Traceback\n         port.py, line 7\n" in "\n".join(lines)
    assert any(line.startswith("     like the wrong server state_new_object_is_open: ") for line in lines)
    assert "     again: dasnet run 'python:my port' init.port-zero; dasnet explain init.port-zero" in lines
    assert "     alone: out/repro/init.port-zero" in lines


def test_what_is_not_shown_of_a_transcript_is_counted_and_its_callbacks_are_named() -> None:
    talk = [TranscriptEntry(n, "host", EntryKind.CALL, f"send object 1, size={n} -> true") for n in range(40)]
    talk[3] = TranscriptEntry(3, "host", EntryKind.EVENT, "object 1: disconnect")
    lines = lines_of(row("init.port-zero", transcript=talk), columns=120)
    assert "       tick  (26 earlier entries; callbacks: object 1: disconnect)" in lines


@pytest.mark.parametrize(("number", "told"), [(1, "1 known failure"), (2, "2 known failures")])
def test_a_gate_that_is_green_ends_in_a_green_word(number: int, told: str) -> None:
    rows = [*(row(f"init.number-{n}") for n in range(number)), row("tick.idle", "pass")]
    as_listed = BaselineOutcome(tuple(each.id for each in rows[:-1]))
    last = shown(*rows, baseline=as_listed, columns=120).splitlines()[-1]
    assert "\x1b[1;32mas listed in the baseline\x1b[0m" in last
    assert ESCAPE.sub("", last) == (
        f"my port: as listed in the baseline: {told} (non-conforming, 1 pass, {number} fail) in 2.5 s"
    )
    assert not [line for line in lines_of(*rows, baseline=as_listed) if line.startswith("fail ")]


def test_a_list_without_an_entry_leaves_the_verdict_as_it_is() -> None:
    lines = lines_of(row("tick.idle", "pass"), baseline=BaselineOutcome(()), columns=120)
    assert lines[-1] == "my port: conforming (1 pass) in 2.5 s"
    assert "baseline: no known failures" in lines


def test_a_run_that_differs_from_its_baseline_ends_as_ever() -> None:
    found = BaselineFinding("not listed", "init.port-zero", "got refused")
    last = shown(row("init.port-zero"), baseline=BaselineOutcome((), (found,))).splitlines()[-1]
    assert last == "my port: \x1b[1;31mnon-conforming\x1b[0m (1 fail) in 2.5 s"


def test_a_verdict_that_is_told_alone_says_that_it_differs_from_its_baseline() -> None:
    found = BaselineFinding("passes", "init.port-zero", "it passes")
    console = Console(width=120, highlight=False)
    with console.capture() as captured:
        results = results_of(row("init.port-zero", "pass"), baseline=BaselineOutcome(("init.port-zero",), (found,)))
        print_verdict(console, results, 2.5, alone=True)
    assert captured.get() == "my port: conforming (1 pass) in 2.5 s; 1 difference from the baseline\n"


def test_in_a_log_a_line_stays_whole_and_the_time_is_the_time_that_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    console = Console(width=80, highlight=False)
    with console.capture() as captured:
        print_summary(console, Judged(results_of(row("init.port-zero", message=LONG)), 1), [], seconds=61.04)
    lines = captured.get().splitlines()
    assert f"     {LONG}" in lines
    assert lines[-1] == "my port: non-conforming (1 fail) in 61.0 s"
