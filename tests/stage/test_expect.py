"""Expectations: what passes, what becomes a mismatch, and how it is told. No sockets."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Outcome, Refusal, Unsupported, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.expect import Mismatch


@pytest.mark.parametrize(
    ("outcome", "spelled", "name"),
    [
        (Value(), "no value", "none"),
        (Value(True), "true", "true"),
        (Value(False), "false", "false"),
        (Value(17), "17", "17"),
        (Refusal("value-error", "size is negative"), "refused (value-error: size is negative)", "refused"),
        (Refusal("value-error"), "refused (value-error: no message)", "refused"),
        (Unsupported("no save here"), "unsupported (no save here)", "unsupported"),
        (Unsupported(), "unsupported", "unsupported"),
    ],
)
def test_an_outcome_has_a_spelling_and_a_name(outcome: Outcome, spelled: str, name: str) -> None:
    assert (expect.spell(outcome), expect.name_of(outcome)) == (spelled, name)


@pytest.mark.parametrize("value", [True, False, None])
def test_returns_accepts_the_wanted_value(value: bool | None) -> None:
    expect.returns(Value(value), value, "the call")


@pytest.mark.parametrize(
    ("outcome", "got"),
    [
        (Value(False), "false"),
        (Value(), "no value"),
        (Refusal("broken", "why"), "refused (broken: why)"),
        (Unsupported(), "unsupported"),
    ],
)
def test_returns_tells_call_expected_and_got(outcome: Outcome, got: str) -> None:
    with pytest.raises(Mismatch) as caught:
        expect.returns(outcome, True, "init on a free port")
    assert str(caught.value) == f"init on a free port: expected true, got {got}"
    assert (caught.value.what, caught.value.expected, caught.value.got) == ("init on a free port", "true", got)


@pytest.mark.parametrize(("outcome", "name"), [(Value(False), "false"), (Refusal("any"), "refused")])
def test_one_of_returns_the_legal_outcome_that_came(outcome: Outcome, name: str) -> None:
    assert expect.one_of(outcome, {"false": "why", "refused": "why"}, "the call") == name


def test_one_of_names_every_legal_outcome_when_another_came() -> None:
    with pytest.raises(Mismatch, match=r"^the call: expected false or refused, got true$"):
        expect.one_of(Value(True), ("false", "refused"), "the call")


def test_equal_accepts_equal_values() -> None:
    expect.equal(["connect"], ["connect"], "callbacks")


def test_equal_tells_both_values() -> None:
    with pytest.raises(Mismatch, match=r"^callbacks: expected \['connect'\], got \[\]$"):
        expect.equal([], ["connect"], "callbacks")


def test_equal_spells_truth_as_the_calls_do() -> None:
    with pytest.raises(Mismatch, match=r"^is_open: expected true, got false$"):
        expect.equal(False, True, "is_open")
    with pytest.raises(Mismatch, match=r"^is_open: expected true, got refused \(no-handle: no message\)$"):
        expect.equal(Refusal("no-handle", ""), Value(True), "is_open")


def test_same_bytes_accepts_bytes_and_bytearray() -> None:
    expect.same_bytes(bytearray(b"abc"), b"abc", "what came")


@pytest.mark.parametrize(
    ("got", "told"),
    [
        (
            b"",
            'expected 6 bytes (from byte 0: 61 62 63 64 65 66, "abcdef"), '
            "got 0 bytes, the first difference at byte 0 (nothing)",
        ),
        (b"abc", 'got 3 bytes, the first difference at byte 3 (61 62 63, "abc", and no more)'),
        (b"abcdefg", 'got 7 bytes, the first difference at byte 6 (63 64 65 66 67, "cdefg")'),
        (b"abXdef", 'got 6 bytes, the first difference at byte 2 (61 62 58 64 65 66, "abXdef")'),
    ],
)
def test_same_bytes_names_the_first_place_that_differs(got: bytes, told: str) -> None:
    with pytest.raises(Mismatch) as caught:
        expect.same_bytes(got, b"abcdef", "what came")
    assert str(caught.value).endswith(told)


def test_same_bytes_of_nothing_is_told_without_a_place() -> None:
    with pytest.raises(Mismatch, match=r"^sent: expected 0 bytes, got 2 bytes, the first difference at byte 0 \(68 69"):
        expect.same_bytes(b"hi", b"", "sent")


def test_same_bytes_shows_what_surrounds_a_late_difference() -> None:
    wanted = bytes(100)
    with pytest.raises(Mismatch) as caught:
        expect.same_bytes(wanted[:60] + b"\xff" + wanted[61:], wanted, "what came")
    assert caught.value.expected == f"100 bytes (from byte 56: {'00 ' * 15}00)"
    assert caught.value.got == f"100 bytes, the first difference at byte 60 (00 00 00 00 ff {'00 ' * 10}00)"


def test_that_accepts_a_condition_that_holds() -> None:
    expect.that(True, "errors", expected="one", got="one")


def test_that_tells_a_condition_that_does_not_hold_in_words() -> None:
    with pytest.raises(Mismatch, match=r"^errors: expected one, got none$"):
        expect.that(False, "errors", expected="one", got="none")


def test_a_mismatch_in_setup_is_laid_to_the_requirement_needed() -> None:
    with pytest.raises(Mismatch) as caught, expect.needing("init.free-port"):
        expect.equal(1, 2, "anything")
    assert caught.value.blocked_by == "init.free-port"


def test_the_innermost_setup_is_the_one_that_blocks() -> None:
    with pytest.raises(Mismatch) as caught, expect.needing("outer.one"), expect.needing("inner.one"):
        expect.equal(1, 2, "anything")
    assert caught.value.blocked_by == "inner.one"


def test_the_innermost_setup_is_told_while_it_lasts() -> None:
    with expect.needing("outer.one"):
        with expect.needing("inner.one"):
            assert expect.needed_now() == "inner.one"
        assert expect.needed_now() == "outer.one"
    with pytest.raises(Mismatch), expect.needing("broken.one"):
        raise Mismatch("a", "b", "c")
    assert expect.needed_now() == ""


def test_a_mismatch_outside_setup_is_blocked_by_nothing() -> None:
    with expect.needing("init.free-port"):
        expect.equal(1, 1, "anything")
    with pytest.raises(Mismatch) as caught:
        expect.equal(1, 2, "anything")
    assert caught.value.blocked_by == ""


def test_setup_lets_other_errors_pass_as_they_are() -> None:
    with pytest.raises(KeyError), expect.needing("init.free-port"):
        raise KeyError("mine")
