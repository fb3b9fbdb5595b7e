"""`dasnet diff`: no difference where there is none, the first one where there is, and latitude told from faults."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from repro_tools import LOST_AFTER, ROOT

from dasnet_adapters.contract import Answer, Command, Event, Value
from dasnet_conformance.reproduction import diff
from dasnet_conformance.stage.recording import Acted, Called, Recording

ASYNCIO = str(ROOT / "adapters" / "asyncio" / "dasnet.toml")
FAULTS = "python:dasnet_conformance.proof.faults"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dasnet_conformance", "diff", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LOST_AFTER,
        check=False,
    )


def as_json(*arguments: str) -> tuple[int, dict[str, Any]]:
    ended = run("--json", *arguments)
    return ended.returncode, json.loads(ended.stdout)


def test_the_reference_does_not_differ_from_itself() -> None:
    status, told = as_json("reference", "reference", "init.*", "query.*", "save.*", "server-*")
    assert status == 0
    assert told["differences"] == []
    assert told["counts"]["same"] > 50


def test_the_file_here_stands_on_the_left_of_the_one_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dasnet.toml").write_text(f'implementation = "{FAULTS}:open_from_the_start"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    status, told = as_json("reference", "ADAPTER.opens-nothing")
    assert (status, told["differences"][0]["verdicts"]) == (1, ["fail", "pass"])
    assert as_json("adapter.opens-nothing") == (status, told)  # and with the reference when none is named


def test_a_section_and_a_clause_choose_what_is_compared() -> None:
    status, told = as_json("reference", "reference", "construct", "send.size")
    assert status == 0
    assert told["counts"]["same"] >= 13
    # Memory in use is another number each time.
    assert sum(told["counts"].values()) == told["counts"]["same"] + told["counts"]["latitude"]
    assert {each["requirement"].partition(".")[0] for each in told["differences"]} <= {"waste"}


def test_a_fault_is_named_with_the_first_tick() -> None:
    fault = f"{FAULTS}:second_adapter_hears_twice"
    status, told = as_json("reference", fault, "adapter.twice-before-init", "init.free-port")
    assert status == 1
    (difference,) = told["differences"]
    assert difference["kind"] == "differs"
    assert difference["verdicts"] == ["pass", "fail"]
    marked = [next(line for line in side if line["differs"]) for side in difference["sides"]]
    assert [line["tick"] for line in marked] == difference["ticks"][:1] + [line["tick"] for line in marked[1:]]
    assert "connect" in marked[1]["text"]


def test_two_columns_fit_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ended = run("reference", f"{FAULTS}:open_from_the_start", "adapter.opens-nothing")
    assert ended.returncode == 1
    table = [line for line in ended.stdout.splitlines() if " | " in line]
    assert len(table) > 3
    assert max(map(len, table)) <= 80
    assert any(line.startswith("  !") and line.count("!") == 2 for line in table)


def test_what_both_may_do_is_latitude() -> None:
    status, told = as_json("reference", ASYNCIO, "destroy.waiting-client")
    assert status == 0
    kinds = {difference["kind"] for difference in told["differences"]}
    assert kinds == {"latitude"}


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        ([], 3, "say what to judge"),
        (["reference", "nothing"], 3, "no implementation is named"),
        (["reference", "reference", "no.such"], 3, "no requirement, section or clause is called no.such"),
        (["reference", "driver:/no/such/driver"], 3, "cannot be started"),
        (["reference", f"driver:{sys.executable} -c pass"], 2, "dasnet: "),
        (["reference", f"{FAULTS}:dies"], 3, ""),
    ],
)
def test_exit_status_of_what_cannot_be_compared(arguments: list[str], status: int, told: str) -> None:
    ended = run(*arguments)
    assert ended.returncode == status, ended.stderr
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


# -- what counts as a difference


def tick(number: int, *events: Event) -> Called:
    return Called(number, Command("tick", (1,)), Answer(Value(), events))


def data(text: bytes) -> Event:
    return Event(1, "data", data=text, size=len(text))


def init(port: int) -> Called:
    return Called(0, Command("init", (1, port)), Answer(Value(True)))


def found(first: list[Any], second: list[Any]) -> Any:
    recordings = Recording(), Recording()
    for recording, rows in zip(recordings, (first, second), strict=True):
        for row in rows:
            recording.add(row)
    return diff.diverge(*map(diff.items_of, recordings))


def test_fruitless_ticks_and_pieces_do_not_count() -> None:
    first = [init(20001), tick(1), tick(2, data(b"whole"))]
    second = [init(20002), tick(1, data(b"wh")), tick(2), tick(3), tick(4, data(b"ole")), tick(5)]
    assert found(first, second) is None


def test_a_port_told_by_a_client_does_not_count() -> None:
    first = [init(20001), Acted(0, "peer 1", "send", b"to 20001"), tick(1, data(b"to 20001"))]
    second = [init(20002), Acted(0, "peer 1", "send", b"to 20002"), tick(1, data(b"to 20002"))]
    assert found(first, second) is None


def test_other_bytes_and_other_order_count() -> None:
    gone = Event(1, "disconnect")
    assert found([tick(1, data(b"a"))], [tick(1, data(b"b"))]).ticks == (1, 1)
    assert found([tick(1, data(b"a")), tick(2, gone)], [tick(1), tick(2, gone, data(b"a"))]).ticks == (1, 2)
    assert found([tick(1, gone)], [tick(1, gone), tick(4, gone)]).ticks == (None, 4)


def test_what_a_call_returns_counts() -> None:
    asked = [Called(3, Command("is_open", (1,)), Answer(Value(value))) for value in (True, False)]
    assert found([init(20001), asked[0]], [init(20002), asked[1]]).ticks == (3, 3)


def test_how_many_descriptors_are_open_does_not_count() -> None:
    asked = [Called(3, Command("descriptors"), Answer(Value(value))) for value in (7, 9)]
    assert found([asked[0]], [asked[1]]) is None


def test_two_failures_that_differ_are_no_latitude(tmp_path: Path) -> None:
    status, told = as_json(
        f"{FAULTS}:open_from_the_start", f"{FAULTS}:greets_itself", "adapter.opens-nothing", "construct.fires-nothing"
    )
    assert status == 1
    assert told["counts"]["differs"] == 2
