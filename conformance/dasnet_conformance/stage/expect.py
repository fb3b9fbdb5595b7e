"""What a check may say: the expectations, and the exceptions that become verdicts.

A check never uses a bare assert: each expectation here names what was expected and what came, for the report. This
module may import the contract and the catalogue's data classes, and does no input or output.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from dasnet_adapters.contract import AdapterBroken, Outcome, Refusal, Unsupported, Value

from . import differing


class Mismatch(Exception):
    """The implementation did what the requirement rules out: verdict fail.

    `blocked_by` is the requirement whose behaviour the check needed to get to its own question and did not get.
    """

    def __init__(self, what: str, expected: str, got: str, *, blocked_by: str = "") -> None:
        super().__init__(f"{what}: expected {expected}, got {got}")
        self.what = what
        self.expected = expected
        self.got = got
        self.blocked_by = blocked_by


class Moot(Exception):
    """The question of the check does not arise with this implementation, which is at fault elsewhere or not at all.

    Verdict pass, with the reason as what was observed. For what another requirement judges, for a command that a driver
    may do without, for what the system does not let a host do, and for nothing else.
    """


class PartUnsupported(Exception):
    """The implementation says that it has no such part: verdict unsupported."""


def spell(outcome: Outcome) -> str:
    """An outcome in words, for messages: "true", "refused (value-error: size is negative)", ..."""
    if isinstance(outcome, Value):
        return "no value" if outcome.value is None else _spell_value(outcome.value)
    if isinstance(outcome, Refusal):
        return f"refused ({outcome.kind}: {outcome.message or 'no message'})"
    return f"unsupported ({outcome.reason})" if outcome.reason else "unsupported"


def name_of(outcome: Outcome) -> str:
    """The name by which the catalogue lists an outcome: true, false, refused, unsupported, none, or a number."""
    if isinstance(outcome, Refusal):
        return "refused"
    if isinstance(outcome, Unsupported):
        return "unsupported"
    return "none" if outcome.value is None else _spell_value(outcome.value)


def _spell_value(value: bool | int) -> str:
    return str(value).lower()


# Truth as the transcript spells it, an outcome in words, and anything else as it is.
def _plainly(value: Any) -> str:
    if isinstance(value, Value | Refusal | Unsupported):
        return spell(value)
    return _spell_value(value) if isinstance(value, bool) else str(value)


def returns(outcome: Outcome, wanted: bool | int | None, what: str) -> None:
    """Expect the call to have returned exactly this value. `what` names the call and its circumstances."""
    if not isinstance(outcome, Value) or outcome.value != wanted:
        raise Mismatch(what, spell(Value(wanted)), spell(outcome))


def one_of(outcome: Outcome, allowed: Iterable[str], what: str) -> str:
    """Expect one of several legal outcomes, by the names of `name_of`; returns which it was."""
    names = tuple(allowed)
    name = name_of(outcome)
    if name not in names:
        raise Mismatch(what, " or ".join(names), spell(outcome))
    return name


def equal(got: Any, wanted: Any, what: str) -> None:
    """Expect two plain values to be equal; for bytes use `same_bytes`, which says where they differ."""
    if got != wanted:
        raise Mismatch(what, _plainly(wanted), _plainly(got))


def same_bytes(got: bytes | bytearray, wanted: bytes | bytearray, what: str) -> None:
    """Expect exactly these bytes; the message names the first place that differs and shows the bytes around it."""
    if got == wanted:
        return
    raise Mismatch(what, *differing.describe(got, wanted))


#: About how many bytes `same_tail` compares at once, where what it expects is repeated.
_BLOCK = 1 << 16


def same_tail(got: bytes | bytearray, start: int, wanted: bytes | bytearray, what: str, *, repeat: int = 1) -> None:
    """Expect exactly these bytes, so many times over, from a place on; as `same_bytes`, but nothing is copied for it.

    Of mebibytes the copies would take longer than what is compared.
    """
    at_once = max(min(_BLOCK // max(len(wanted), 1), repeat), 1)
    block, (blocks, rest) = wanted * at_once, divmod(repeat, at_once)
    if (
        len(got) - start == len(wanted) * repeat
        and all(got.startswith(block, start + number * len(block)) for number in range(blocks))
        and got.endswith(wanted * rest)
    ):
        return
    same_bytes(got[start:], wanted * repeat, what)


def that(holds: bool, what: str, *, expected: str, got: str) -> None:
    """Expect a condition that the other expectations cannot say; both sides are told in words."""
    if not holds:
        raise Mismatch(what, expected, got)


# The requirements of the setups that are under way, the innermost last.
_needed: list[str] = []


def needed_now() -> str:
    """The requirement that the setup at hand is about, empty outside of any: for whoever notes a call beforehand."""
    return _needed[-1] if _needed else ""


@contextmanager
def needing(requirement: str, *, hanging: str = "") -> Iterator[None]:
    """Mark a stretch as setup: a mismatch in it is laid to that requirement, which the check cannot do without.

    So is a call that does not come back, or to `hanging` where that is another one.
    """
    _needed.append(requirement)
    try:
        yield
    except (Mismatch, AdapterBroken) as trouble:
        if not trouble.blocked_by:
            trouble.blocked_by = hanging if hanging and isinstance(trouble, AdapterBroken) else requirement
        raise
    finally:
        _needed.pop()
