"""results.json: writing a Results as JSON, and reading one back with errors a person can act on.

What lives here: the JSON form (described by results_schema.json beside this file) in both directions. The structure is
checked by hand, so that reading needs no validator at run time and an error names the place. May touch: the file it is
asked to read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from . import hostile
from .model import (
    SCHEMA,
    BaselineFinding,
    BaselineOutcome,
    EntryKind,
    Implementation,
    Level,
    Overall,
    ProfileResult,
    ProfileStatus,
    RequirementResult,
    Results,
    Sanity,
    SanityResult,
    Suite,
    TranscriptEntry,
    Verdict,
)

_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)

_WRITE_ANEW = "write it anew with 'dasnet run IMPLEMENTATION --report-dir DIR'"


class ResultsFileError(ValueError):
    """A results file cannot be read. The message names file and place and says what to do next."""


def as_document(results: Results) -> dict[str, Any]:
    """The JSON document of `results`, as dicts and lists in the order they are written."""
    document = {
        "schema": results.schema,
        "suite": {"name": results.suite.name, "version": results.suite.version},
        "implementation": {
            "name": results.implementation.name,
            "version": results.implementation.version,
            "language": results.implementation.language,
        },
        "reached": results.reached,
        "profiles": [{"name": profile.name, "status": profile.status.value} for profile in results.profiles],
        "verdict": results.verdict.value,
        "counts": dict(results.counts),
        "strict": results.strict,
        "seed": results.seed,
        "started": results.started,
        "duration_s": _seconds(results.duration_s),
        "command": list(results.command),
        "environment": dict(sorted(results.environment.items())),
        "sanity": {"first": _sanity_document(results.sanity.first), "last": _sanity_document(results.sanity.last)},
        "selection": results.selection,
        "hashes": dict(sorted(results.hashes.items())),
        "baseline": None if results.baseline is None else _baseline_document(results.baseline),
        "requirements": [_row_document(row) for row in results.requirements],
    }
    # What a run need not have is left out where it is not there.
    if results.broken_off:
        document["broken_off"] = True
    if results.again:
        document["again"] = list(results.again)
    if results.reproductions:
        document["reproductions"] = results.reproductions
    return {**document, "seal": seal(document)}


def seal(document: Mapping[str, Any]) -> str:
    """The SHA-256 over a results document, its own seal left out: an edit of any field changes it.

    It shows that a file is as it was written, not who wrote it.
    """
    sealed = {name: value for name, value in document.items() if name != "seal"}
    text = json.dumps(sealed, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    # As it is written, so that the seal of a document and of the file made from it are one.
    return hashlib.sha256(hostile.HAZARD.sub(_json_escape, text).encode("utf-8")).hexdigest()


def dump(results: Results) -> str:
    """Write `results` as JSON text: stable key order, two spaces of indent, a line feed at the end.

    Texts come back from `load` exactly, with one exception: a lone surrogate has no UTF-8 and is written as its visible
    escape. What a terminal would obey is written as a JSON escape, so that looking at the file is safe.
    """
    return encode(as_document(results))


def encode(document: Mapping[str, Any]) -> str:
    """Write any document of ours as `dump` writes results: two spaces of indent, safe to look at, ended by a line feed.

    Errors: ValueError for a number that JSON does not have, TypeError for a value that it does not have.
    """
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    return hostile.HAZARD.sub(_json_escape, text) + "\n"


def load(path: Path) -> Results:
    """Read the results file at `path`.

    Errors: ResultsFileError when it cannot be read, is not JSON, or is not a results file of this version.
    """
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ResultsFileError(f"{path}: cannot be read ({reason}); check the path, or {_WRITE_ANEW}") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = f"line {line} is not UTF-8"
        raise ResultsFileError(f"{path}: {problem}; a results file is UTF-8 text, {_WRITE_ANEW}") from error
    return loads(text, source=str(path))


def loads(text: str, *, source: str = "results.json") -> Results:
    """Read results from JSON text.

    Arguments: `source`, the file's name for messages.
    Errors: ResultsFileError, as `load`.
    """
    try:
        document = json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        problem = f"not JSON ({error.msg}); perhaps the run was interrupted while writing"
        raise ResultsFileError(f"{source}: {place}: {problem}; {_WRITE_ANEW}") from error
    except (ValueError, RecursionError) as error:
        raise ResultsFileError(f"{source}: {error}; {_WRITE_ANEW}") from error
    return _read_results(_Place(source, "", document))


def results_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of results.json, for whoever validates with a tool of their own."""
    text = resources.files(__package__).joinpath("results_schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _sanity_document(sanity: SanityResult) -> dict[str, str]:
    return {"verdict": sanity.verdict.value, "message": sanity.message}


def _baseline_document(outcome: BaselineOutcome) -> dict[str, Any]:
    findings = [{"kind": f.kind, "requirement": f.requirement, "message": f.message} for f in outcome.findings]
    return {"listed": list(outcome.listed), "findings": findings}


def _row_document(row: RequirementResult) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": row.id,
        "section": row.section,
        "level": row.level.value,
        "profile": row.profile,
        "verdict": row.verdict.value,
        "message": row.message,
        "duration_s": _seconds(row.duration_s),
        "blocked_by": row.blocked_by,
        "observed": row.observed,
        "excluded_reason": row.excluded_reason,
        "transcript": [
            {"tick": entry.tick, "side": entry.side, "kind": entry.kind.value, "text": entry.text}
            for entry in row.transcript
        ],
    }
    if row.traceback:
        document["traceback"] = list(row.traceback)
    if row.like:
        document["like"] = row.like
    return document


# Microseconds are more than a clock knows; more digits only make two files differ.
def _seconds(duration: float) -> float:
    return round(float(duration), 6)


def _json_escape(match: re.Match[str]) -> str:
    point = ord(match[0])
    if 0xD800 <= point <= 0xDFFF:
        return f"\\\\u{point:04x}"
    if point < 0x10000:
        return f"\\u{point:04x}"
    high, low = divmod(point - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


# json keeps the last of two equal keys silently; a file that says two things is not to be believed.
def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} appears twice in one object")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


class _Place:
    """A value of the document together with where it stands, so that every complaint names its place."""

    def __init__(self, source: str, path: str, value: Any) -> None:
        self.source = source
        self.path = path
        self.value = value

    def error(self, problem: str, next_step: str = _WRITE_ANEW) -> ResultsFileError:
        return ResultsFileError(f"{self.source}: {self.path or 'top level'}: {problem}; {next_step}")

    def of_type(self, kind: type[_T], name: str) -> _T:
        # bool is an int to Python and is none to JSON.
        if not isinstance(self.value, kind) or (isinstance(self.value, bool) and kind is not bool):
            raise self.error(f"{_type_name(self.value)} where {name} belongs")
        return self.value

    def text(self) -> str:
        return self.of_type(str, "a text")

    def integer(self) -> int:
        return self.of_type(int, "a whole number")

    def truth(self) -> bool:
        return self.of_type(bool, "true or false")

    def seconds(self) -> float:
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return self.build(lambda: float(self.value))
        return self.of_type(float, "a number")

    def choice(self, kind: type[_E]) -> _E:
        value = self.text()
        if value not in [member.value for member in kind]:
            raise self.error(f"{value!r} is none of {', '.join(member.value for member in kind)}")
        return kind(value)

    def items(self) -> list[_Place]:
        values = self.of_type(list, "a list")
        return [_Place(self.source, f"{self.path}[{index}]", value) for index, value in enumerate(values)]

    def members(self) -> dict[str, _Place]:
        values = self.of_type(dict, "an object")
        prefix = f"{self.path}." if self.path else ""
        return {name: _Place(self.source, f"{prefix}{name}", value) for name, value in values.items()}

    def record(self, *names: str, optional: Collection[str] = ()) -> dict[str, _Place]:
        members = self.members()
        for name in names:
            if name not in members:
                raise self.error(f"{name!r} is missing")
        for name in members:
            if name not in names and name not in optional:
                raise self.error(f"{name!r} is unknown here")
        return members

    def build(self, make: Callable[[], _T]) -> _T:
        """Make a record of the model; what the model refuses is refused here, with its place."""
        try:
            return make()
        except ResultsFileError:
            raise
        except (ValueError, OverflowError) as error:
            raise self.error(str(error)) from error


def _type_name(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _read_results(top: _Place) -> Results:
    # First the version: of a file from another one, every other complaint would be noise.
    version = top.members().get("schema")
    if version is None:
        raise top.error("'schema' is missing, so this is no results file", "give the results.json of a run")
    if version.integer() != SCHEMA:
        problem = f"version {version.value} of the format, and this is a reader of version {SCHEMA}"
        raise version.error(problem, "read it with the release that wrote it, or run the suite again")
    at = top.record(
        *("schema", "suite", "implementation", "profiles", "verdict", "counts", "strict", "seed", "started"),
        *("duration_s", "command", "environment", "sanity", "selection", "hashes", "baseline", "requirements", "seal"),
        # Results that were written before there was such a thing are as good as any.
        optional=("reached", "broken_off", "again", "reproductions"),
    )
    # Whether it still fits is for `verify-report` to say: a file that was edited can be read, and then doubted.
    at["seal"].text()
    suite = at["suite"].record("name", "version")
    implementation = at["implementation"].record("name", "version", "language")
    sanity = at["sanity"].record("first", "last")
    return top.build(
        lambda: Results(
            suite=Suite(suite["name"].text(), suite["version"].text()),
            implementation=Implementation(
                implementation["name"].text(), implementation["version"].text(), implementation["language"].text()
            ),
            reached=at["reached"].text() if "reached" in at else "",
            profiles=tuple(_read_profile(place) for place in at["profiles"].items()),
            verdict=at["verdict"].choice(Overall),
            counts={name: place.integer() for name, place in at["counts"].members().items()},
            strict=at["strict"].truth(),
            seed=at["seed"].integer(),
            started=at["started"].text(),
            duration_s=at["duration_s"].seconds(),
            command=tuple(place.text() for place in at["command"].items()),
            environment={name: place.text() for name, place in at["environment"].members().items()},
            sanity=Sanity(_read_sanity(sanity["first"]), _read_sanity(sanity["last"])),
            selection=at["selection"].text(),
            hashes={name: place.text() for name, place in at["hashes"].members().items()},
            baseline=None if at["baseline"].value is None else _read_baseline(at["baseline"]),
            broken_off=at["broken_off"].truth() if "broken_off" in at else False,
            again=tuple(place.text() for place in at["again"].items()) if "again" in at else (),
            reproductions=at["reproductions"].text() if "reproductions" in at else "",
            requirements=tuple(_read_row(place) for place in at["requirements"].items()),
        )
    )


def _read_profile(place: _Place) -> ProfileResult:
    at = place.record("name", "status")
    name, status = at["name"].text(), at["status"].choice(ProfileStatus)
    return place.build(lambda: ProfileResult(name, status))


def _read_baseline(place: _Place) -> BaselineOutcome:
    at = place.record("listed", "findings")
    findings = []
    for finding in at["findings"].items():
        of = finding.record("kind", "requirement", "message")
        findings.append(BaselineFinding(of["kind"].text(), of["requirement"].text(), of["message"].text()))
    return BaselineOutcome(tuple(name.text() for name in at["listed"].items()), tuple(findings))


def _read_sanity(place: _Place) -> SanityResult:
    at = place.record("verdict", "message")
    return SanityResult(at["verdict"].choice(Verdict), at["message"].text())


def _read_row(place: _Place) -> RequirementResult:
    at = place.record(
        *("id", "section", "level", "profile", "verdict", "message", "duration_s", "blocked_by", "observed"),
        *("excluded_reason", "transcript"),
        optional=("traceback", "like"),
    )
    return place.build(
        lambda: RequirementResult(
            id=at["id"].text(),
            section=at["section"].text(),
            level=at["level"].choice(Level),
            profile=at["profile"].text(),
            verdict=at["verdict"].choice(Verdict),
            message=at["message"].text(),
            duration_s=at["duration_s"].seconds(),
            blocked_by=at["blocked_by"].text(),
            observed=at["observed"].text(),
            excluded_reason=at["excluded_reason"].text(),
            transcript=tuple(_read_entry(entry) for entry in at["transcript"].items()),
            traceback=tuple(line.text() for line in at["traceback"].items()) if "traceback" in at else (),
            like=at["like"].text() if "like" in at else "",
        )
    )


def _read_entry(place: _Place) -> TranscriptEntry:
    at = place.record("tick", "side", "kind", "text")
    tick, side, kind, text = at["tick"].integer(), at["side"].text(), at["kind"].choice(EntryKind), at["text"].text()
    return place.build(lambda: TranscriptEntry(tick, side, kind, text))
