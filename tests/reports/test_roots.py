"""Rows by root: what shares a cause is one, causes come first, and a basic fault before everything."""

from __future__ import annotations

from results_builders import build_row

from dasnet_reports import Kind, RequirementResult, roots


def fail(name: str, message: str = "", **more: str) -> RequirementResult:
    return build_row("fail", id=name, message=message or f"{name} is wrong in a way of its own", **more)


def ids(rows: tuple[RequirementResult, ...]) -> list[str]:
    return [row.id for row in rows]


def test_what_is_blocked_hangs_on_the_first_of_the_chain() -> None:
    rows = [fail("c.three", blocked_by="b.two"), fail("b.two", blocked_by="a.one"), fail("a.one"), fail("d.four")]
    first, second = roots(rows)
    assert (first.kind, first.name, ids(first.rows), ids(first.behind)) == (
        Kind.SETUP,
        "a.one",
        ["a.one"],
        ["c.three", "b.two"],
    )
    assert first.hangs_on_it == "blocks 2 requirements"
    assert (second.kind, second.name, second.hangs_on_it) == (Kind.ALONE, "d.four", "")


def test_a_circle_of_blocks_comes_to_an_end() -> None:
    rows = [fail("a.one", blocked_by="b.two"), fail("b.two", blocked_by="a.one")]
    assert sum(root.size for root in roots(rows)) == 2


def test_what_blocks_need_not_have_been_judged() -> None:
    (root,) = roots([fail("b.two", blocked_by="a.one"), fail("c.three", blocked_by="a.one")])
    assert root.title == "the setups of 2 checks fail at what a.one asks for"
    assert (ids(root.rows), ids(root.behind)) == ([], ["b.two", "c.three"])


def test_a_requirement_that_passes_is_not_said_to_fail_for_the_setup_of_one_check() -> None:
    (root,) = roots([fail("b.two", blocked_by="a.one")])
    assert root.title == "the setup of 1 check fails at what a.one asks for"


def test_what_failed_by_itself_is_read_before_a_setup_whose_requirement_passed() -> None:
    found = roots(
        [fail("b.two", blocked_by="a.one"), fail("c.three", "got true"), fail("d.four", blocked_by="c.three")]
    )
    assert [root.title for root in found] == ["c.three", "the setup of 1 check fails at what a.one asks for"]


def test_a_call_that_hangs_is_one_root_wherever_it_was_made() -> None:
    hang = "send did not return within 10 s; the driver is alive"
    rows = [
        fail("send.a", hang),
        fail("data.b", f"[large] {hang}", blocked_by="send.a"),
        fail("tick.c", "while ending the session: " + hang),
        fail("query.d", blocked_by="send.a"),
    ]
    (root,) = roots(rows)
    assert (root.kind, root.title, root.hangs_on_it) == (Kind.CALL, "send does not return", "blocks 4 requirements")
    assert (ids(root.rows), ids(root.behind)) == (["send.a", "tick.c"], ["data.b", "query.d"])


def test_a_call_that_ends_the_process_is_one_root_whatever_became_of_the_checks() -> None:
    died = "the process was killed by SIGABRT in send object 1, 4 bytes"
    rows = [
        build_row("inconclusive", id="save.a", message=f"[large] {died}", blocked_by="send.c"),
        build_row("inconclusive", id="data.b", message="send did not return: the driver was killed by SIGABRT; look"),
        fail("send.c", f"[small] {died}"),
        build_row("inconclusive", id="tick.d", message="the process was killed by SIGABRT in tick object 1"),
    ]
    first, second = roots(rows)
    assert (first.kind, first.title, first.verdict.value) == (Kind.DEATH, "send ends the process", "fail")
    assert (ids(first.rows), ids(first.behind)) == (["send.c", "data.b"], ["save.a"])
    assert second.name == "tick.d"


def test_what_breaks_off_in_a_setup_is_not_said_to_fail_there() -> None:
    rows = [build_row("inconclusive", id=f"a.{word}", message=word, blocked_by="b.two") for word in ("one", "two")]
    (root,) = roots(rows)
    assert root.title == "the setups of 2 checks break off at what b.two asks for"


def test_one_message_is_one_root_whatever_its_case_and_numbers() -> None:
    rows = [fail("a.one", "[large] port 4001: refused"), fail("b.two", "port 4002: refused"), fail("c.three")]
    first, second = roots(rows)
    assert (first.kind, first.name, first.size) == (Kind.MESSAGE, "port 4001: refused", 2)
    assert second.name == "c.three"


def test_rows_of_another_verdict_are_another_root() -> None:
    rows = [fail("a.one", "no such part"), build_row("unsupported", id="b.two", message="no such part")]
    assert [root.verdict.value for root in roots(rows)] == ["fail", "unsupported"]


def test_a_basic_fault_comes_first_and_much_hangs_on_it() -> None:
    behind = [fail(f"z.number-{number}", blocked_by="y.cause") for number in range(5)]
    found = roots([fail("a.one"), *behind, fail("y.cause")])
    assert [(root.name, root.is_basic) for root in found] == [("y.cause", True), ("a.one", False)]
    assert found[0].hangs_on_it == "blocks 5 requirements"


def test_an_order_of_the_callers_holds_beside_that() -> None:
    rows = [fail("a.one"), fail("b.two")]
    assert [root.name for root in roots(rows, first={"a.one": 1})] == ["b.two", "a.one"]


def test_without_a_message_nothing_is_shared() -> None:
    rows = [build_row("fail", id="a.one"), build_row("fail", id="b.two")]
    assert [root.kind for root in roots(rows)] == [Kind.ALONE, Kind.ALONE]
