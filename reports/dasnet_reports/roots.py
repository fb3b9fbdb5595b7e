"""What rows that did not pass have in common: a call that hangs or kills, a setup that fails, a message that repeats.

What lives here: pure functions over rows. A reader who repairs one root repairs all that hangs on it, so reports tell
causes first and name what is behind each in one line. May touch: nothing but its arguments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .model import RequirementResult, Results, Verdict

MANY: Final = 5
"""So many requirements behind one root, and it is a basic fault, to be named before everything else."""

# "[large] send did not return within 10 s; the driver is alive, ..."
_HANGING: Final = re.compile(r"(?:\[[^\]]*\] )?(?:while ending the session: )?([a-z][a-z_]*) did not return within ")
# "[large] the process was killed by SIGABRT in send object 1, 4 bytes ..." of one in the suite's own process, and
# "send did not return: the driver was killed by SIGABRT; ..." of one behind a driver.
_DYING: Final = re.compile(
    r"(?:\[[^\]]*\] )?the process (?:was killed by|ended by itself with) .* in ([a-z][a-z_]*)\b|"
    r"(?:\[[^\]]*\] )?(?:while ending the session: )?([a-z][a-z_]*) did not return: "
)
# The case in front of a message, and the numbers in it: ports and process ids are others in each check.
_CASE: Final = re.compile(r"^\[[^\]]*\] ")
_NUMBER: Final = re.compile(r"\d+")

_GRAVITY: Final = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.UNSUPPORTED)


class Kind(Enum):
    """What the rows of a root share."""

    CALL = "the same call hangs"
    DEATH = "the same call ends the process"
    SETUP = "the same requirement fails in the setup"
    MESSAGE = "the same message"
    ALONE = "nothing: a row by itself"


_CALLS: Final = (Kind.CALL, Kind.DEATH)


@dataclass(frozen=True, slots=True)
class Root:
    """One cause, as far as rows can tell, and what hangs on it.

    Arguments: `name`, the call, the requirement, the message or the id of the one row, as `kind` says; `rows`, those
    that failed at their own question, the cause itself first; `behind`, those that did not get to theirs.
    """

    kind: Kind
    name: str
    verdict: Verdict
    rows: tuple[RequirementResult, ...]
    behind: tuple[RequirementResult, ...]

    @property
    def size(self) -> int:
        """How many requirements did not pass for it."""
        return len(self.rows) + len(self.behind)

    @property
    def is_basic(self) -> bool:
        """Whether it is a basic fault: much hangs on it, and nothing of that can be judged before it is repaired."""
        return len(self.behind) >= MANY or (self.kind in _CALLS and self.size >= MANY)

    @property
    def title(self) -> str:
        """The cause in a few words; the text may be an implementation's."""
        if self.kind is Kind.CALL:
            return f"{self.name} does not return"
        if self.kind is Kind.DEATH:
            return f"{self.name} ends the process"
        if self.kind is Kind.SETUP and not self.rows:
            # The requirement may hold wherever else it is asked for, in its own check before all.
            how = ("fail", "fails") if self.verdict is Verdict.FAIL else ("break off", "breaks off")
            if self.size == 1:
                return f"the setup of 1 check {how[1]} at what {self.name} asks for"
            return f"the setups of {self.size:,} checks {how[0]} at what {self.name} asks for"
        return self.name

    @property
    def hangs_on_it(self) -> str:
        """What hangs on it, in words; empty for a row by itself."""
        if self.kind in _CALLS or (self.kind is Kind.SETUP and self.behind):
            number = len(self.behind) if self.kind is Kind.SETUP else self.size
            return f"blocks {number:,} requirement{'' if number == 1 else 's'}"
        return f"{self.size:,} requirements" if self.size > 1 else ""


def roots(rows: Sequence[RequirementResult], *, first: Mapping[str, int] | None = None) -> list[Root]:
    """Group rows by root, for the order in which to read them: basic faults, then what failed, by what hangs on it.

    Arguments: `rows`, those to be told of, none of which passed or was excluded; `first`, id -> rank, for rows that
    come before others of equal weight for a reason of the caller's.
    """
    by_id = {row.id: row for row in rows}
    blocking = {_origin(row, by_id) for row in rows if row.blocked_by}
    groups: dict[tuple[Kind, str, Verdict], list[RequirementResult]] = {}
    for row in rows:
        groups.setdefault(_key(row, by_id, blocking), []).append(row)
    found = [root for key, members in groups.items() for root in _roots_of(key, members)]
    rank = first or {}
    return sorted(found, key=lambda root: _order(root, rank))


def sanity_fault(results: Results) -> str:
    """What the first sanity conversation failed with, as it came; empty when it passed."""
    first = results.sanity.first
    return "" if first.verdict is Verdict.PASS else first.message


def _key(
    row: RequirementResult, by_id: Mapping[str, RequirementResult], blocking: set[str]
) -> tuple[Kind, str, Verdict]:
    call = _call_of(row)
    if call:
        return *call, _verdict_of(call[0], row)
    if row.blocked_by:
        origin = _origin(row, by_id)
        call = _call_of(by_id[origin]) if origin in by_id else None
        found = call or (Kind.SETUP, origin)
        return *found, _verdict_of(found[0], row)
    if row.id in blocking:
        return Kind.SETUP, row.id, row.verdict
    return Kind.MESSAGE, _NUMBER.sub("#", _CASE.sub("", row.message)), row.verdict


# A death fails what is about surviving and leaves everything else open: that is one cause all the same.
def _verdict_of(kind: Kind, row: RequirementResult) -> Verdict:
    return Verdict.INCONCLUSIVE if kind is Kind.DEATH else row.verdict


# The call in which a check ended, and how, if it was one.
def _call_of(row: RequirementResult) -> tuple[Kind, str] | None:
    hanging, dying = _HANGING.match(row.message), _DYING.match(row.message)
    if hanging:
        return Kind.CALL, hanging[1]
    return (Kind.DEATH, dying[1] or dying[2]) if dying else None


# The requirement that a chain of blocked ones goes back to.
def _origin(row: RequirementResult, by_id: Mapping[str, RequirementResult]) -> str:
    seen = {row.id}
    name = row.blocked_by
    while name in by_id and by_id[name].blocked_by and name not in seen:
        seen.add(name)
        name = by_id[name].blocked_by
    return name


def _roots_of(key: tuple[Kind, str, Verdict], members: list[RequirementResult]) -> list[Root]:
    kind, name, verdict = key
    if kind is Kind.MESSAGE and (len(members) == 1 or not name):
        return [Root(Kind.ALONE, row.id, verdict, (row,), ()) for row in members]
    if kind is Kind.MESSAGE:
        return [Root(kind, _CASE.sub("", members[0].message), verdict, tuple(members), ())]
    if kind is Kind.DEATH:
        members = sorted(members, key=lambda row: _GRAVITY.index(row.verdict))
        verdict = members[0].verdict
    own = tuple(row for row in members if not row.blocked_by)
    behind = tuple(row for row in members if row.blocked_by)
    # Behind such a call there may be one row alone, and a row that blocks nothing is one by itself.
    if len(members) == 1 and own:
        return [Root(Kind.ALONE, own[0].id, verdict, own, ())]
    return [Root(kind, name, verdict, own, behind)]


def _order(root: Root, rank: Mapping[str, int]) -> tuple[bool, int, int, int]:
    members = [*root.rows, *root.behind]
    best = min(rank.get(row.id, 0) for row in members)
    # A requirement whose own check passed is no more than where a few setups ended: what failed by itself comes first.
    weight = -root.size if root.is_basic else -len(root.behind) if root.rows else 1
    return not root.is_basic, best, _GRAVITY.index(root.verdict), weight
