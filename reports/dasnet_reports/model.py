"""The results of one run as data: the one source of truth that every report is drawn from.

What lives here: frozen records and the rules each record obeys by itself, so that a record which exists can be written
and will be valid against results_schema.json. What the rows mean together is in conclude.py, how they are written in
as_*.py. May touch: nothing; no file, no clock, no other package of ours.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

SCHEMA: Final = 1
"""Version of the results format. A file with another number is refused, never guessed at."""

# Names end up in file names, test names, links and Markdown headings; these shapes need no escaping in any of them.
MAX_NAME: Final = 200
ID_PATTERN: Final = r"^[a-z0-9]+([._-][a-z0-9]+)*$"
WORDS_PATTERN: Final = r"^[A-Za-z0-9]+([ ._-][A-Za-z0-9]+)*$"
HASH_PATTERN: Final = r"^[0-9a-f]{64}$"
SIDE_PATTERN: Final = r"^(host|suite|peer [1-9][0-9]*)$"
STARTED_PATTERN: Final = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|\+00:00)$"


class Verdict(StrEnum):
    """What became of one requirement."""

    PASS = "pass"
    FAIL = "fail"
    UNSUPPORTED = "unsupported"
    """The implementation said that it does not offer what the requirement is about."""
    INCONCLUSIVE = "inconclusive"
    """The adapter or the suite broke, so nothing can be said about the implementation."""
    EXCLUDED = "excluded"
    """Left out by name, with a reason, by whoever ran the suite."""


class Overall(StrEnum):
    """What became of the run as a whole."""

    CONFORMING = "conforming"
    NON_CONFORMING = "non-conforming"
    INCONCLUSIVE = "inconclusive"


class Level(StrEnum):
    """How binding a requirement is."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class ProfileStatus(StrEnum):
    """What the rows of one profile amount to."""

    CONFORMING = "conforming"
    SO_FAR = "conforming so far as judged"
    """Conforming, but something that decides was left for another time (`--quick`)."""
    NON_CONFORMING = "non-conforming"
    PARTIAL = "partial"
    """Nothing failed, but something that the claim covers is unsupported."""
    INCONCLUSIVE = "inconclusive"
    NOT_CLAIMED = "not claimed"
    NOT_RUN = "not run"
    """Claimed, but none of its rows was judged: not selected, or all excluded."""
    NOTHING_GATES = "judged, nothing in it gates"
    """Claimed, and what was judged is of no level that decides: SHOULD without `--strict`, or MAY."""


class EntryKind(StrEnum):
    """What happened in one line of a transcript."""

    CALL = "call"
    ANSWER = "answer"
    EVENT = "event"
    CONNECT = "connect"
    SEND = "send"
    RECEIVE = "receive"
    CLOSE = "close"
    NOTE = "note"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class TranscriptEntry:
    """One thing that happened during a check.

    Arguments: `tick`, how many ticks the suite had asked for by then; `side`, who did it ("host", "suite", "peer 1",
    "peer 2" …); `kind`, an EntryKind or its text; `text`, what was said, as it came.
    Errors: ValueError for a negative tick, an unknown side or an unknown kind.
    """

    tick: int
    side: str
    kind: EntryKind
    text: str = ""

    def __post_init__(self) -> None:
        if self.tick < 0:
            raise ValueError(f"tick is {self.tick}, it counts from 0")
        _require_match(SIDE_PATTERN, "side", self.side, 'one of "host", "suite", "peer 1", "peer 2" …')
        object.__setattr__(self, "kind", EntryKind(self.kind))


@dataclass(frozen=True, slots=True)
class RequirementResult:
    """The row of one requirement.

    Arguments: `id`, the requirement's stable id; `section`, `level` and `profile` as in the catalogue; `verdict`;
    `message`, why it is not a pass; `duration_s`, seconds; `transcript`, entries in the order they happened;
    `blocked_by`, id of the requirement whose behaviour the check needed in its setup and did not get (the verdict is
    fail then, or inconclusive where the implementation died there); `observed`, which of several legal outcomes was
    seen; `excluded_reason`, why it was left out;
    `traceback`, the lines of an exception's or a hanging call's stack, where there was one; `like`, the name of a
    server that is wrong on purpose and fails in the same places, where one does: a likeness and no finding.
    Errors: ValueError for a name of the wrong shape, a negative or endless duration, `blocked_by` of another
    verdict, and an exclusion without a reason or a reason without an exclusion.
    """

    id: str
    section: str
    level: Level
    profile: str
    verdict: Verdict
    message: str = ""
    duration_s: float = 0.0
    transcript: tuple[TranscriptEntry, ...] = ()
    blocked_by: str = ""
    observed: str = ""
    excluded_reason: str = ""
    traceback: tuple[str, ...] = ()
    like: str = ""

    def __post_init__(self) -> None:
        # Plain strings and lists are welcome (they come from files and other processes); what is kept is exact.
        object.__setattr__(self, "level", Level(self.level))
        object.__setattr__(self, "verdict", Verdict(self.verdict))
        object.__setattr__(self, "transcript", tuple(self.transcript))
        object.__setattr__(self, "traceback", tuple(self.traceback))
        _require_match(ID_PATTERN, "id", self.id, "lower-case words joined by one of . _ -")
        _require_match(WORDS_PATTERN, "section", self.section, "words joined by one of . _ - or a space")
        _require_match(ID_PATTERN, "profile", self.profile, "lower-case words joined by one of . _ -")
        _require_duration("duration_s", self.duration_s)
        if self.blocked_by:
            _require_match(ID_PATTERN, "blocked_by", self.blocked_by, "the id of a requirement")
            if self.verdict not in (Verdict.FAIL, Verdict.INCONCLUSIVE):
                told = f"the verdict is fail or inconclusive, not {self.verdict.value}"
                raise ValueError(f"blocked_by is set, so {told}")
        if self.like:
            _require_match(ID_PATTERN, "like", self.like, "the name of a wrong server")
        if (self.verdict is Verdict.EXCLUDED) != bool(self.excluded_reason.strip()):
            raise ValueError("an excluded row, and no other, carries an excluded_reason")


@dataclass(frozen=True, slots=True)
class SanityResult:
    """How a sanity conversation went. One that never took place is inconclusive, so the default cannot hide it."""

    verdict: Verdict = Verdict.INCONCLUSIVE
    message: str = "the conversation did not take place"

    def __post_init__(self) -> None:
        object.__setattr__(self, "verdict", Verdict(self.verdict))


@dataclass(frozen=True, slots=True)
class Sanity:
    """The same short conversation before the first and after the last check, to tell a dead server from a wrong one."""

    first: SanityResult = field(default_factory=SanityResult)
    last: SanityResult = field(default_factory=SanityResult)


@dataclass(frozen=True, slots=True)
class Suite:
    """Which suite judged: its distribution name and version."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Implementation:
    """Who was judged, in its own words; every field is text from the implementation."""

    name: str
    version: str
    language: str


@dataclass(frozen=True, slots=True)
class ProfileResult:
    """One profile's name and status."""

    name: str
    status: ProfileStatus

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", ProfileStatus(self.status))
        _require_match(ID_PATTERN, "name", self.name, "lower-case words joined by one of . _ -")


@dataclass(frozen=True, slots=True)
class BaselineFinding:
    """One difference between a run and its baseline: which kind, of which requirement, and what was found."""

    kind: str
    requirement: str
    message: str


@dataclass(frozen=True, slots=True)
class BaselineOutcome:
    """What came of holding a run against a list of known failures.

    Arguments: `listed`, the ids of the list; `findings`, every difference; none means that the gate is green.
    """

    listed: tuple[str, ...] = ()
    findings: tuple[BaselineFinding, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "listed", tuple(self.listed))
        object.__setattr__(self, "findings", tuple(self.findings))


@dataclass(frozen=True, slots=True)
class Results:
    """Everything a run found.

    `verdict`, `profiles` and `counts` come from conclude.py; a Results keeps what it is given, so that a file whose
    conclusion was edited can still be read and then doubted. Rows keep their order: hand them over in catalogue order,
    not in the order in which parallel workers finished.
    Arguments: `environment`, free keys and texts (platform, Python …); `seed`, what the suite's own choices came from;
    `started`, ISO 8601 in UTC ("2024-05-01T10:00:00Z"); `duration_s`, seconds; `strict`, whether SHOULD decides too;
    `reached`, how commands reached the implementation ("in-process", "driver" …), empty where that was not told;
    `command`, the command line as given, one entry per argument; `selection`, what left requirements of the claimed
    profiles out, as it was given, empty for a whole run; `broken_off`, whether the run was ended before its time, so
    that the report is partial, and `selection` says after how much; `hashes`, SHA-256 of what the run depended on, by
    name;
    `baseline`, what came of the list of known failures, None without one; `again`, the command line that judges one
    requirement the same way once its id is added, empty where that is not known; `reproductions`, the folder beside
    the reports in which each failure has one of its id, empty without.
    Errors: ValueError for a schema other than SCHEMA, two rows of the same requirement, two profiles of one name,
    a bad time or duration, a `reached` of another shape, counts that do not name exactly the five verdicts.
    """

    suite: Suite
    implementation: Implementation
    profiles: tuple[ProfileResult, ...]
    verdict: Overall
    counts: Mapping[str, int]
    requirements: tuple[RequirementResult, ...]
    environment: Mapping[str, str]
    seed: int
    started: str
    duration_s: float
    strict: bool
    sanity: Sanity
    reached: str = ""
    command: tuple[str, ...] = ()
    selection: str = ""
    broken_off: bool = False
    hashes: Mapping[str, str] = field(default_factory=dict)
    baseline: BaselineOutcome | None = None
    again: tuple[str, ...] = ()
    reproductions: str = ""
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        if self.schema != SCHEMA:
            raise ValueError(f"schema is {self.schema}, this version knows {SCHEMA}")
        object.__setattr__(self, "verdict", Overall(self.verdict))
        object.__setattr__(self, "profiles", tuple(self.profiles))
        object.__setattr__(self, "requirements", tuple(self.requirements))
        object.__setattr__(self, "command", tuple(self.command))
        object.__setattr__(self, "again", tuple(self.again))
        object.__setattr__(self, "environment", dict(self.environment))
        object.__setattr__(self, "hashes", dict(self.hashes))
        for name, value in self.hashes.items():
            _require_match(HASH_PATTERN, f"the hash of {name}", value, "64 hexadecimal digits")
        if self.reproductions:
            _require_match(ID_PATTERN, "reproductions", self.reproductions, "the name of a folder")
        if self.reached:
            _require_match(WORDS_PATTERN, "reached", self.reached, "words joined by one of . _ - or a space")
        # Fixed order of keys, so that two runs with the same numbers write the same bytes.
        if set(self.counts) != set(Verdict) or min(self.counts.values()) < 0:
            raise ValueError(f"counts name exactly {', '.join(Verdict)}, each 0 or more")
        object.__setattr__(self, "counts", {verdict.value: self.counts[verdict] for verdict in Verdict})
        _require_unique("requirement", [row.id for row in self.requirements])
        _require_unique("profile", [profile.name for profile in self.profiles])
        _require_match(STARTED_PATTERN, "started", self.started, "ISO 8601 in UTC, as in 2024-05-01T10:00:00Z")
        # The pattern knows the shape and the zone, the calendar knows which days there are.
        datetime.fromisoformat(self.started)
        _require_duration("duration_s", self.duration_s)


# The same few names come tens of thousands of times. What raises is not remembered.
@lru_cache(maxsize=4_096)
def _require_match(pattern: str, name: str, value: str, wanted: str) -> None:
    # fullmatch: "$" alone would let a trailing newline through.
    if len(value) > MAX_NAME or not re.fullmatch(pattern, value):
        raise ValueError(f"{name} is {value[:MAX_NAME]!r}, not {wanted}, in at most {MAX_NAME} characters")


def _require_duration(name: str, seconds: float) -> None:
    if not math.isfinite(seconds) or seconds < 0:
        raise ValueError(f"{name} is {seconds}, not a number of seconds from 0 up")


def _require_unique(what: str, names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{what} {name!r} appears twice")
        seen.add(name)
