"""The options of `dasnet run`: selection, exclusion, strictness, seed, reports, JSON. Real runs on loopback."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from xml.etree import ElementTree

from jsonschema import Draft202012Validator

from conformance_tools import Ran, Workshop
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_reference import PROFILES
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
    claimed = [name for name, requirement in REQUIREMENTS.items() if requirement.profile in PROFILES]
    assert [row["id"] for row in document["requirements"]] == claimed
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
    claimed = {name for name, requirement in REQUIREMENTS.items() if requirement.profile in PROFILES}
    assert {case.get("name") for case in cases} >= claimed
    assert "conforming" in (reports / "summary.md").read_text("utf-8")


def test_what_the_host_did_is_in_the_results_of_a_pass_too(whole_run: tuple[Ran, Path]) -> None:
    rows = {row.id: row for row in load(whole_run[1] / "results.json").requirements}
    texts = [entry.text for entry in rows["init.free-port"].transcript]
    assert texts[:2] == ["new object 1, class=1 -> no value", "adapter object 1 -> no value"]


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


def test_an_id_selects_that_requirement_alone_and_the_results_keep_it(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", "reference", "--json", "SEND.First-Size-Bytes")
    assert ran.status == 0
    assert set(ran.verdicts()) == {"send.first-size-bytes"}  # and not server-send.first-size-bytes
    assert ran.results()["selection"] == "SEND.First-Size-Bytes"


def test_sections_clauses_and_patterns_select_together_with_options_between(workshop: Workshop) -> None:
    words = ("reference", "construct", "--json", "send.size", "-n", "2", "server-*.null-handle")
    ran = workshop.dasnet("run", *words)
    assert ran.status == 0
    wanted = [
        name
        for name, requirement in REQUIREMENTS.items()
        if requirement.section == "construct"
        or "send.size" in requirement.clauses
        or (name.startswith("server-") and name.endswith(".null-handle"))
    ]
    assert list(ran.verdicts()) == wanted
    assert ran.results()["selection"] == "construct send.size server-*.null-handle"


def test_ids_and_an_expression_select_what_both_match(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", "reference", "init", "-k", "port-in-use and not disturbs", "--json")
    assert set(ran.verdicts()) == {"init.port-in-use"}
    assert ran.results()["selection"] == "init -k port-in-use and not disturbs"


def test_ids_that_no_filter_leaves_are_told(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", "reference", "init.port-in-use", "-k", "send")
    assert (ran.status, ran.err) == (
        3,
        "dasnet: nothing selected: no requirement is both among init.port-in-use and matched by the other filters\n",
    )


def test_ids_of_a_profile_that_is_not_judged_are_told_with_the_option_that_asks_for_it(workshop: Workshop) -> None:
    core_only = workshop.module("core_only", "PROFILES = ('core',)\n")
    ran = workshop.dasnet("run", core_only, "make-server.true")
    assert (ran.status, ran.err) == (
        3,
        "dasnet: nothing selected: make-server.true is in the profile lowlevel, and core is judged; "
        "ask for it with --profile lowlevel\n",
    )
    asked = workshop.dasnet("run", core_only, "make-server.true", "--profile", "lowlevel", "--json")
    assert set(asked.verdicts()) == {"make-server.true"}


def test_after_a_death_the_rest_of_the_selection_is_judged_and_nothing_else(workshop: Workshop) -> None:
    dies = workshop.module(
        "dies",
        "import os\n\n\nclass Server(Sound):\n    def init(self, port):\n"
        "        return os._exit(1) if port < 0 else super().init(port)\n",
    )
    ran = workshop.dasnet("run", dies, "init.port-negative", "init.port-highest", "init.free-port", "--json")
    assert ran.status == 2
    verdicts = {"init.free-port": "pass", "init.port-negative": "inconclusive", "init.port-highest": "pass"}
    assert ran.verdicts() == verdicts


def test_the_file_here_or_above_is_judged_when_the_first_word_is_an_id(workshop: Workshop) -> None:
    text = 'name = "mine"\nimplementation = "python:dasnet_reference"\n'
    (workshop.folder / "dasnet.toml").write_text(text, "utf-8")
    ran = workshop.dasnet("run", "--strict", "init.port-in-use")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[-1].startswith("dasnet_reference: conforming (1 pass)")
    below = Workshop(workshop.folder / "src")
    below.folder.mkdir()
    ran = below.dasnet("run", "init.port-in-use", "--json")
    assert (ran.status, ran.err) == (0, "dasnet: taking ../dasnet.toml\n")
    assert set(ran.verdicts()) == {"init.port-in-use"}


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


def test_a_section_can_be_excluded_on_the_command_line_and_in_the_file(workshop: Workshop) -> None:
    text = 'implementation = "python:dasnet_reference"\n[exclude]\n"init.port-*" = "ports later"\n'
    (workshop.folder / "dasnet.toml").write_text(text, "utf-8")
    ran = workshop.dasnet("run", "init", "send", "--exclude", "SEND=not ported", "--json")
    assert ran.status == 0
    reasons = {row["id"]: row.get("excluded_reason", "") for row in ran.results()["requirements"]}
    ports = {name for name in REQUIREMENTS if name.startswith("init.port-")}
    assert {name for name, reason in reasons.items() if reason == "ports later"} == ports
    sent = {name for name, requirement in REQUIREMENTS.items() if requirement.section == "send"}
    assert {name for name, reason in reasons.items() if reason == "not ported"} == sent


def test_a_file_that_excludes_what_does_not_exist_is_told_with_what_is_near(workshop: Workshop) -> None:
    text = 'implementation = "python:dasnet_reference"\n[exclude]\n"init.port-negativ" = "why"\n'
    (workshop.folder / "dasnet.toml").write_text(text, "utf-8")
    ran = workshop.dasnet("run")
    assert ran.status == 3
    assert (
        "dasnet.toml: exclude: no requirement, section or clause is called init.port-negativ; did you mean" in ran.err
    )


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
        return [entry["text"] for entry in entries if entry["text"].startswith("send object 1, ")]

    of_20 = contents(Ran(0, (whole_run[1] / "results.json").read_text("utf-8"), ""))
    again, other = (workshop.judge("reference", "send.first-size-bytes", "--seed", seed) for seed in ("20", "21"))
    assert of_20 == contents(again) != contents(other)


def test_the_command_is_also_a_module(workshop: Workshop) -> None:
    ran = workshop.run([sys.executable, "-m", "dasnet_conformance", "--version"])
    assert ran == workshop.dasnet("-V")
    assert (ran.status, ran.out.split()[0]) == (0, "dasnet")
