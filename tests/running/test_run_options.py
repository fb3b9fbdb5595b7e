"""The options of `dasnet run`: selection, exclusion, strictness, seed, reports, JSON. Real runs on loopback."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from xml.etree import ElementTree

from jsonschema import Draft202012Validator

from conformance_tools import Ran, Workshop
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_reports import load, results_schema

REQUIREMENTS = load_catalogue().requirements


def assert_valid(document: object) -> None:
    """The document is what the packaged schema describes."""
    validator = Draft202012Validator(results_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert [error.message for error in validator.iter_errors(document)] == []


# A whole run


def test_the_results_of_a_whole_run_are_valid_and_say_what_was_asked(whole_run: tuple[Ran, Path]) -> None:
    _, reports = whole_run
    document = json.loads((reports / "results.json").read_text("utf-8"))
    assert_valid(document)
    assert (document["verdict"], document["strict"], document["seed"]) == ("conforming", True, 20)
    assert document["command"][:3] == ["dasnet", "run", "reference"]
    assert [row["id"] for row in document["requirements"]] == list(REQUIREMENTS)
    assert document["suite"]["name"] == "dasnet-conformance"
    assert document["sanity"]["first"]["verdict"] == document["sanity"]["last"]["verdict"] == "pass"


def test_every_report_is_written_and_named(whole_run: tuple[Ran, Path]) -> None:
    ran, reports = whole_run
    told = next(line for line in ran.out.splitlines() if line.startswith("reports: "))
    named = {Path(name).name for name in told.removeprefix("reports: ").split(", ")}
    assert {"results.json", "junit.xml", "summary.md"} <= named
    assert {path.name for path in reports.iterdir()} >= named
    assert load(reports / "results.json").verdict.value == "conforming"
    cases = ElementTree.parse(reports / "junit.xml").getroot().iter("testcase")
    assert {case.get("name") for case in cases} >= set(REQUIREMENTS)
    assert "conforming" in (reports / "summary.md").read_text("utf-8")


def test_what_the_host_did_is_in_the_results_of_a_pass_too(whole_run: tuple[Ran, Path]) -> None:
    rows = {row.id: row for row in load(whole_run[1] / "results.json").requirements}
    texts = [entry.text for entry in rows["init.free-port"].transcript]
    assert texts[:2] == ["new 1 1 -> no value", "adapter 1 -> no value"]


def test_choices_tell_which_legal_outcome_was_seen(whole_run: tuple[Ran, Path]) -> None:
    rows = {row.id: row for row in load(whole_run[1] / "results.json").requirements}
    choices = [requirement for requirement in REQUIREMENTS.values() if requirement.level == "MAY"]
    for choice in choices:
        assert rows[choice.id].observed in choice.allowed, choice.id


# Selection


def test_an_expression_selects_by_requirement(workshop: Workshop) -> None:
    ran = workshop.judge("reference", "make-server and not binds")
    assert ran.status == 0
    made = {name for name in REQUIREMENTS if name.startswith("make-server.")}
    assert set(ran.verdicts()) == made - {"make-server.binds-object"}


def test_a_profile_selects_its_requirements(workshop: Workshop) -> None:
    ran = workshop.judge("reference", "opens-nothing", "--profile", "lowlevel")
    assert set(ran.verdicts()) == {"make-server.opens-nothing"}


def test_a_profile_that_is_not_claimed_is_judged_only_when_asked_for(workshop: Workshop) -> None:
    core_only = workshop.module("core_only", "PROFILES = ('core',)\n")
    ran = workshop.judge(core_only, "opens-nothing")
    assert set(ran.verdicts()) == {"adapter.opens-nothing"}
    statuses = {profile["name"]: profile["status"] for profile in ran.results()["profiles"]}
    assert statuses == {"core": "conforming", "lowlevel": "not claimed"}


# Exclusion


def test_an_excluded_requirement_does_not_gate_and_keeps_its_reason(workshop: Workshop) -> None:
    partial = workshop.module("partial", "del server_tick\n")
    expression = "make-server.true or server-tick.only-in-tick"
    ran = workshop.judge(partial, expression, "--exclude", "server-tick.only-in-tick=issue 12: no = sign, no tick")
    assert ran.status == 0
    assert ran.verdicts() == {"make-server.true": "pass", "server-tick.only-in-tick": "excluded"}
    assert ran.row("server-tick.only-in-tick")["excluded_reason"] == "issue 12: no = sign, no tick"
    assert_valid(ran.results())


# Strictness


def test_a_should_gates_under_strict_only(workshop: Workshop) -> None:
    mute = workshop.module(
        "mute",
        "class Server(Sound):\n    def __getattribute__(self, name):\n"
        "        found = super().__getattribute__(name)\n"
        "        return (lambda *given: None) if name == 'on_error' else found\n",
    )
    lax = workshop.judge(mute, "init.free-port or init.failure-reports")
    assert (lax.status, lax.results()["strict"]) == (0, False)
    assert lax.with_verdict("fail") == {"init.failure-reports"}
    strict = workshop.judge(mute, "init.free-port or init.failure-reports", "--strict")
    assert (strict.status, strict.results()["strict"]) == (1, True)
    assert strict.with_verdict("fail") == {"init.failure-reports"}


# The form of the output


def test_json_alone_stands_on_the_standard_output(workshop: Workshop) -> None:
    failing = workshop.module("failing", "class Server(Sound):\n    def has_session(self):\n        return False\n")
    ran = workshop.judge(failing, "query.has-session", "--seed", "5")
    assert (ran.status, ran.err) == (1, "")
    assert_valid(ran.results())
    assert ran.results()["seed"] == 5
    assert ran.row("query.has-session-follows-client")["transcript"]


def test_the_seed_decides_the_contents(workshop: Workshop, whole_run: tuple[Ran, Path]) -> None:
    def contents(ran: Ran) -> list[str]:
        entries = ran.row("send.first-size-bytes")["transcript"]
        return [entry["text"] for entry in entries if entry["text"].startswith("send 1 ")]

    of_20 = contents(Ran(0, (whole_run[1] / "results.json").read_text("utf-8"), ""))
    again, other = (workshop.judge("reference", "send.first-size-bytes", "--seed", seed) for seed in ("20", "21"))
    assert of_20 == contents(again) != contents(other)


def test_the_command_is_also_a_module(workshop: Workshop) -> None:
    ran = workshop.run([sys.executable, "-m", "dasnet_conformance", "--version"])
    assert ran == workshop.dasnet("-V")
    assert (ran.status, ran.out.split()[0]) == (0, "dasnet")
