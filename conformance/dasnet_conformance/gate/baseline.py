"""The baseline: the known failures of one implementation, pinned with their reasons, and the gate that they make.

A baseline is a TOML file kept with the port. The run is then judged against it: what fails must be listed, and what is
listed must fail, for the stated reason, in a run that asked. Any difference, also a pleasant one, is a finding, so that
the list never says more or less than the truth. This module reads and writes that file and compares; it prints nothing.

    [[known-failure]]
    requirement = "send.size-zero"
    reason = "got refused"            # a part of the failure's message
    issue = "https://tracker.example/12"
    owner = "network team"
    expires = 2027-03-31              # optional: from that day on the failure counts again
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from dasnet_adapters.text_files import NotText, read_toml
from dasnet_reports import RequirementResult, Results, Verdict, claimed_profiles, counts_against

#: Verdicts of a row that a baseline can list: the implementation's own shortcomings, not a broken run.
LISTABLE: Final = frozenset({Verdict.FAIL, Verdict.UNSUPPORTED})

_KEYS: Final = {"requirement": str, "reason": str, "issue": str, "owner": str, "expires": datetime.date}
_NEEDED: Final = ("requirement", "reason", "issue", "owner")


class BaselineError(Exception):
    """The baseline file cannot be used: the caller's mistake, told with the place and the next step."""


class Kind(StrEnum):
    """The ways in which a run can differ from its baseline."""

    NOT_LISTED = "not listed"
    PASSES = "passes"
    REASON_CHANGED = "reason changed"
    EXPIRED = "expired"
    NOT_RUN = "not run"
    UNKNOWN = "unknown requirement"


#: What to do about each kind of finding.
NEXT_STEP: Final[Mapping[Kind, str]] = {
    Kind.NOT_LISTED: "repair it, or list it with a reason: dasnet baseline update --accept",
    Kind.PASSES: "take it off the list: dasnet baseline update",
    Kind.REASON_CHANGED: "look again: it fails for another reason than the one that was accepted",
    Kind.EXPIRED: "repair it, or agree on another date",
    Kind.NOT_RUN: "run it: a listed failure that is not run could be anything",
    Kind.UNKNOWN: "take it off the list, or correct the id: dasnet list names the requirements",
}


@dataclass(frozen=True)
class KnownFailure:
    """One listed failure. `reason` is a part of the message that the failure must have; `expires` may be None."""

    requirement: str
    reason: str
    issue: str
    owner: str
    expires: datetime.date | None = None


@dataclass(frozen=True)
class Finding:
    """One difference between a run and its baseline."""

    kind: Kind
    requirement: str
    message: str

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.requirement}: {self.message}; {NEXT_STEP[self.kind]}"


def read_baseline(path: Path) -> list[KnownFailure]:
    """Read a baseline file. Raises `BaselineError` naming the entry and what is wrong with it."""
    try:
        data = read_toml(path)
    except OSError as error:
        raise BaselineError(f"{path}: cannot be read: {error.strerror}") from error
    except NotText as error:
        raise BaselineError(f"{path}: {error}") from error
    unknown = set(data) - {"known-failure"}
    if unknown:
        raise BaselineError(f"{path}: unknown key {min(unknown)}; a baseline holds [[known-failure]] tables only")
    entries = data.get("known-failure", [])
    if not isinstance(entries, list):
        raise BaselineError(f"{path}: write [[known-failure]] with two brackets, once for each failure")
    listed = [_entry(path, number, entry) for number, entry in enumerate(entries, 1)]
    seen: set[str] = set()
    for failure in listed:
        if failure.requirement in seen:
            raise BaselineError(f"{path}: {failure.requirement} is listed twice; one entry is enough")
        seen.add(failure.requirement)
    return listed


def _entry(path: Path, number: int, entry: dict[str, Any]) -> KnownFailure:
    where = f"{path}: known failure number {number}"
    for key, value in entry.items():
        if key not in _KEYS:
            raise BaselineError(f"{where}: unknown key {key}; the keys are {', '.join(_KEYS)}")
        if not isinstance(value, _KEYS[key]) or isinstance(value, datetime.datetime):
            raise BaselineError(f"{where}: {key} must be a {'date such as 2027-03-31' if key == 'expires' else 'text'}")
    for key in _NEEDED:
        if not str(entry.get(key, "")).strip():
            raise BaselineError(f"{where}: {key} is missing or empty; each failure says what, why, where and whose")
    return KnownFailure(**entry)


def compare(
    results: Results, listed: Iterable[KnownFailure], known: Iterable[str], today: datetime.date
) -> list[Finding]:
    """The differences between a run and its baseline, in the order of the run; none means that the gate is green.

    `known` holds the ids of all requirements of the catalogue; `today` decides what has expired.
    """
    entries = {failure.requirement: failure for failure in listed}
    rows = {row.id: row for row in results.requirements}
    claimed = claimed_profiles(results)
    findings = [
        Finding(Kind.NOT_LISTED, row.id, row.message)
        for row in results.requirements
        if row.verdict in LISTABLE
        and row.id not in entries
        and counts_against(row, claimed=claimed, strict=results.strict)
    ]
    ids = set(known)
    for name, failure in entries.items():
        finding = _of_entry(failure, rows.get(name), name in ids, today)
        if finding is not None:
            findings.append(finding)
    return findings


def _of_entry(
    failure: KnownFailure, row: RequirementResult | None, exists: bool, today: datetime.date
) -> Finding | None:
    name = failure.requirement
    if not exists:
        return Finding(Kind.UNKNOWN, name, "no requirement has this id")
    if row is None or row.verdict in (Verdict.EXCLUDED, Verdict.INCONCLUSIVE):
        why = "it was not selected" if row is None else f"its verdict is {row.verdict.value}"
        return Finding(Kind.NOT_RUN, name, why)
    if row.verdict is Verdict.PASS:
        return Finding(Kind.PASSES, name, "it is listed as a known failure and passes")
    if failure.reason not in row.message:
        return Finding(Kind.REASON_CHANGED, name, f"listed with {failure.reason!r}, failed with {row.message!r}")
    if failure.expires is not None and today >= failure.expires:
        return Finding(Kind.EXPIRED, name, f"it was accepted until {failure.expires.isoformat()}")
    return None


def spell(listed: Iterable[KnownFailure]) -> str:
    """The text of a baseline file."""
    parts = ["# Known failures. The gate fails on any difference, also when one of these passes.\n"]
    for failure in listed:
        lines = ["[[known-failure]]"]
        for key in _NEEDED:
            lines.append(f"{key} = {_quoted(getattr(failure, key))}")
        if failure.expires is not None:
            lines.append(f"expires = {failure.expires.isoformat()}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _quoted(text: str) -> str:
    # A basic string of TOML: backslash, quote and control characters are the ones to escape.
    shown = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in shown) + '"'
