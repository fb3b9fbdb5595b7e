"""From records to results: cases to requirements, deaths to checks, all to one conclusion. No sockets, no processes."""

from __future__ import annotations

import pytest
from records_of_a_run import ENTRY, HEADER, Run, told

from dasnet_conformance.running.conclusion import NEVER_RAN
from dasnet_conformance.running.stream import KEPT_OF_A_PASS
from dasnet_reports import Verdict

# The whole


def test_a_run_in_which_all_passes_is_conforming() -> None:
    judged = Run().select("init.works").sanity("first").case("init.works").sanity("last").end().judged()
    assert (judged.exit_status, judged.problem) == (0, "")
    assert judged.ending() == ["dasnet: thing: conforming (1 pass)"]


def test_a_failure_is_non_conforming() -> None:
    judged = Run().select("init.works", "init.lives").sane().case("init.works", "fail").case("init.lives").judged()
    assert judged.exit_status == 1
    assert judged.ending() == ["dasnet: thing: non-conforming (1 pass, 1 fail)"]


def test_results_tell_where_they_come_from() -> None:
    results = Run(strict=True).select("init.works").sane().case("init.works").end().judged().results
    assert results is not None
    assert (results.suite.name, results.implementation.name) == ("the-suite", "thing")
    assert (results.seed, results.strict, results.duration_s) == (7, True, 1.5)
    assert results.started == "2023-11-14T22:13:20Z"
    assert results.command == ("dasnet", "run", "thing")
    assert set(results.environment) == {"platform", "python", "machine"}


def test_the_first_of_several_headers_counts() -> None:
    run = Run().select("init.works")
    run.collector.add({**HEADER, "seed": 8})
    results = run.judged().results
    assert results is not None
    assert results.seed == 7


def test_rows_stand_in_the_order_of_the_catalogue() -> None:
    run = Run().select("low.works", "state.cell", "init.works").case("low.works").case("init.works")
    results = run.judged().results
    assert results is not None
    assert [row.id for row in results.requirements] == ["init.works", "state.cell", "low.works"]


def test_the_durations_of_all_processes_that_led_the_run_add_up() -> None:
    run = Run().select("init.works").end().end(worker=True, process=2).end()
    results = run.judged().results
    assert results is not None
    assert results.duration_s == 3.0


def test_a_worker_that_ends_does_not_end_the_run() -> None:
    run = Run().end(worker=True)
    assert not run.collector.ended
    assert run.end().collector.ended


# What never came to judging


def test_a_mistake_of_the_caller_is_told_and_nothing_is_judged() -> None:
    run = Run().select("init.works")
    run.collector.add({"type": "usage", "process": 1, "message": "no such profile"})
    judged = run.judged()
    assert (judged.results, judged.exit_status) == (None, 3)
    assert judged.ending() == ["dasnet: no such profile"]


@pytest.mark.parametrize("broken", [True, False])
def test_an_implementation_that_was_not_reached_is_inconclusive(broken: bool) -> None:
    run = Run(begun=False)
    if broken:
        run.collector.add({"type": "broken", "process": 1, "message": "the driver gave no name"})
    judged = run.judged()
    problem = "the driver gave no name" if broken else "the run ended before it reached the implementation"
    assert (judged.results, judged.exit_status, judged.problem) == (None, 2, problem)


def test_what_broke_a_run_on_its_way_is_told_before_what_followed_from_it() -> None:
    run = Run().select("init.works", "low.works").case("init.works")
    run.collector.broken = "the suite's part: Too many open files"
    judged = run.judged()
    assert judged.results is not None
    assert (judged.exit_status, judged.problem) == (2, "the suite's part: Too many open files")


def test_nothing_selected_is_a_mistake_of_the_caller() -> None:
    judged = Run().select().judged()
    assert (judged.results, judged.exit_status) == (None, 3)
    assert judged.problem.startswith("nothing selected: no requirement matches")


def test_everything_excluded_is_a_mistake_of_the_caller() -> None:
    judged = Run().select("init.works", excluded={"init.works": "why", "low.works": "why"}).judged()
    assert (judged.results, judged.exit_status) == (None, 3)
    assert judged.problem == "nothing selected: every requirement that matches is excluded"


# Cases to requirements


@pytest.mark.parametrize("gravest", ["unsupported", "inconclusive", "fail"])
def test_the_gravest_case_stands_for_the_requirement(gravest: str) -> None:
    lighter = ["pass", "unsupported", "inconclusive", "fail"]
    run = Run().select("init.works", init_works=4)
    for number, verdict in enumerate(reversed(lighter[: lighter.index(gravest) + 1])):
        run.case("init.works", verdict, f"because of {verdict}", f"test_works[{number}]")
    assert told(run, "init.works") == (gravest, f"[0] because of {gravest}")


def test_the_seconds_of_all_cases_add_up() -> None:
    run = Run().select("init.works", init_works=2).case("init.works", case="a").case("init.works", case="b")
    assert run.row("init.works").duration_s == 1.0


def test_the_case_is_named_unless_it_is_the_requirement_itself() -> None:
    run = Run().select("init.works", "init.lives", "state.cell")
    run.case("init.works", "fail", "no", "test[a-[b]]").case("init.lives", "fail", "no", "test")
    run.case("state.cell", "fail", "no", "test_cell[cell]")
    assert [told(run, name)[1] for name in ("init.works", "init.lives", "state.cell")] == ["[a-[b]] no", "no", "no"]


def test_observed_outcomes_are_told_together_once_each() -> None:
    run = Run().select("init.works", init_works=4)
    for number, observed in enumerate(["true", "false", "", "true"]):
        run.case("init.works", case=f"test[{number}]", observed=observed)
    assert run.row("init.works").observed == "false, true"


def test_what_blocked_the_gravest_case_is_told() -> None:
    run = Run().select("init.works").case("init.works", "fail", "no", blocked_by="init.lives")
    assert run.row("init.works").blocked_by == "init.lives"


@pytest.mark.parametrize(("verdict", "kept"), [("pass", KEPT_OF_A_PASS), ("fail", 200)])
def test_a_failure_keeps_its_transcript_whole_and_a_pass_its_beginning(verdict: str, kept: int) -> None:
    run = Run().select("init.works").case("init.works", verdict, transcript=[ENTRY] * 200)
    assert len(run.row("init.works").transcript) == kept


def test_an_excluded_requirement_carries_its_reason() -> None:
    run = Run().select("init.works", "low.works", excluded={"init.works": "issue 12"}).sane().case("low.works")
    row = run.row("init.works")
    assert (row.verdict, row.excluded_reason) == (Verdict.EXCLUDED, "issue 12")
    assert run.judged().exit_status == 0


# Cases that are missing


def test_a_requirement_that_never_ran_is_inconclusive() -> None:
    run = Run().select("init.works", "low.works").sane().case("init.works")
    assert told(run, "low.works") == ("inconclusive", NEVER_RAN)
    assert run.judged().exit_status == 2


def test_a_requirement_does_not_pass_on_a_part_of_its_cases() -> None:
    run = Run().select("init.works", init_works=3).sane()
    run.case("init.works", case="test[a]").case("init.works", case="test[a]")
    assert told(run, "init.works") == ("inconclusive", "2 of its 3 cases did not run")
    assert run.collector.left() == ["init.works"]
    run.case("init.works", case="test[b]").case("init.works", case="test[c]")
    assert told(run, "init.works") == ("pass", "")
    assert run.collector.left() == []


def test_a_requirement_fails_on_a_part_of_its_cases() -> None:
    run = Run().select("init.works", init_works=3).case("init.works", "fail", "no", "test[a]")
    assert told(run, "init.works") == ("fail", "[a] no")
    assert run.collector.left() == []


def test_excluded_requirements_are_not_left() -> None:
    run = Run().select("init.works", "low.works", excluded={"low.works": "why"})
    assert run.collector.left() == ["init.works"]


# Deaths


@pytest.mark.parametrize(("name", "verdict"), [("init.works", "inconclusive"), ("init.lives", "fail")])
def test_a_death_is_laid_to_the_running_check_and_fails_what_is_about_survival(name: str, verdict: str) -> None:
    run = Run().select(name).sane().start(name, "test[x]")
    assert run.collector.died("the process was killed") == [name]
    assert told(run, name) == (verdict, "[x] the process was killed")


@pytest.mark.parametrize(
    ("name", "needing", "blocked"),
    [("init.works", "init.lives", "init.lives"), ("init.works", "init.works", ""), ("init.lives", "init.works", "")],
)
def test_a_death_of_a_worker_is_laid_to_what_its_check_was_set_up_with(name: str, needing: str, blocked: str) -> None:
    run = Run().select(name).sane().start(name, process=2)
    calls = [[0, "", "new 1 1"], [3, needing, "tick 1"]]
    told_at_once = run.collector.add({"type": "died", "process": 1, "of": 2, "how": "it died", "calls": calls})
    assert told_at_once == f"it died in tick 1 during {name}"
    assert run.row(name).blocked_by == blocked
    assert [entry.text for entry in run.row(name).transcript] == ["new 1 1", "tick 1 -> (it died)"]


def test_a_death_leaves_other_requirements_alone() -> None:
    run = Run().select("init.works", "low.works").sane().case("init.works").start("low.works")
    run.collector.died("it died")
    assert told(run, "init.works") == ("pass", "")


def test_a_death_while_a_session_was_ended_is_laid_to_its_check() -> None:
    run = Run().select("init.works", "low.works").sane().case("init.works")
    assert run.collector.died("it died") == ["init.works"]
    assert told(run, "init.works") == ("inconclusive", "it died while the session was ended")
    assert run.collector.left() == ["low.works"]


def test_a_death_during_the_sanity_conversation_is_laid_to_it() -> None:
    run = Run().select("init.works").start("sanity.first", "")
    assert run.collector.died("it died") == ["sanity.first"]
    judged = run.judged()
    assert judged.exit_status == 2
    assert judged.problem == "the first sanity conversation did not pass: it died"


def test_a_death_of_several_workers_is_laid_to_each_of_their_checks() -> None:
    run = Run().select("init.works", "low.works").start("init.works", process=2).start("low.works", process=3)
    assert run.collector.died("it died") == ["init.works", "low.works"]


def test_nobody_dies_twice() -> None:
    run = Run().select("init.works").start("init.works")
    run.collector.died("it died")
    assert run.collector.died("it died again") == []
    assert told(run, "init.works") == ("inconclusive", "it died")


def test_a_process_that_ended_leaves_no_check_behind() -> None:
    run = Run().select("init.works").case("init.works", process=2).end(worker=True, process=2)
    assert run.collector.died("it died") == []
    assert told(run, "init.works") == ("pass", "")


def test_a_check_that_its_process_left_unfinished_is_inconclusive() -> None:
    run = Run().select("init.works", "low.works").start("init.works").case("low.works")
    assert told(run, "init.works") == ("inconclusive", "the check was interrupted before it ended")
    assert told(run, "low.works") == ("pass", "")


def test_a_sanity_conversation_that_was_left_unfinished_is_no_check() -> None:
    run = Run().select("init.works").start("sanity.first", "").case("init.works")
    assert "sanity.first" not in run.collector.cases


# Sanity


@pytest.mark.parametrize("which", ["first", "last"])
@pytest.mark.parametrize("verdict", ["fail", "unsupported", "inconclusive"])
def test_a_sanity_conversation_that_did_not_pass_is_told(which: str, verdict: str) -> None:
    run = Run().select("init.works").case("init.works")
    for name in ("first", "last"):
        run.sanity(name, *((verdict, "it stammered") if name == which else ("pass",)))
    judged = run.judged()
    assert judged.exit_status == 2
    assert judged.problem == f"the {which} sanity conversation did not pass: it stammered"
    assert judged.ending()[0] == f"dasnet: {judged.problem}"


def test_a_sanity_conversation_that_never_took_place_is_inconclusive() -> None:
    judged = Run().select("init.works").case("init.works").sanity("first").judged()
    assert judged.exit_status == 2
    assert judged.problem == "the last sanity conversation did not pass: the conversation did not take place"


def test_of_several_conversations_the_gravest_counts() -> None:
    run = Run().select("init.works").sane().case("init.works")
    for verdict in ("fail", "inconclusive", "unsupported", "pass"):
        run.sanity("first", verdict, f"because of {verdict}")
    results = run.judged().results
    assert results is not None
    assert (results.sanity.first.verdict, results.sanity.first.message) == (
        Verdict.INCONCLUSIVE,
        "because of inconclusive",
    )


# Why it is inconclusive


def test_a_run_without_anything_that_gates_says_so() -> None:
    judged = Run().select("state.cell").sane().case("state.cell").judged()
    assert judged.exit_status == 2
    assert judged.problem == "no requirement that gates was judged; SHOULD gates under --strict, MAY never"


def test_under_strict_a_should_gates() -> None:
    assert Run(strict=True).select("state.cell").sane().case("state.cell").judged().exit_status == 0


@pytest.mark.parametrize("ran", [True, False])
def test_an_inconclusive_requirement_is_told_in_its_row_alone(ran: bool) -> None:
    run = Run().select("init.works", "low.works").sane().case("init.works")
    if ran:
        run.case("low.works", "inconclusive", "the adapter broke")
    judged = run.judged()
    assert (judged.exit_status, judged.problem) == (2, "")


def test_a_profile_that_lacks_something_is_partial_and_not_conforming() -> None:
    run = Run().select("init.works", "low.works").sane().case("init.works").case("low.works", "unsupported", "no low")
    results = run.judged().results
    assert results is not None
    assert {profile.name: profile.status.value for profile in results.profiles} == {
        "core": "conforming",
        "lowlevel": "partial",
    }
    assert run.judged().exit_status == 1


def test_unknown_records_are_passed_over() -> None:
    run = Run().select("init.works").sane().case("init.works")
    run.collector.add({"type": "weather", "process": 1})
    assert run.judged().exit_status == 0
