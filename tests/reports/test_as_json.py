"""results.json: valid against its schema, the same after a round trip, and clear about what is wrong with a file."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from results_builders import HOSTILE, Make, Row

from dasnet_reports import Results, ResultsFileError, as_document, dump, load, loads, results_schema
from dasnet_reports.hostile import HAZARD


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(results_schema())
    return Draft202012Validator(results_schema())


def test_a_round_trip_changes_nothing(small: Results, validator: Draft202012Validator) -> None:
    text = dump(small)
    validator.validate(json.loads(text))
    assert loads(text) == small
    assert dump(loads(text)) == text


def test_how_an_implementation_was_reached_is_kept_and_may_be_missing(
    make: Make, validator: Draft202012Validator
) -> None:
    text = dump(make(reached="driver on TCP"))
    validator.validate(json.loads(text))
    assert loads(text).reached == "driver on TCP"
    earlier = json.loads(text)
    del earlier["reached"]
    validator.validate(earlier)
    assert loads(json.dumps(earlier)) == make()


def test_an_empty_run_can_be_written(make: Make, validator: Draft202012Validator) -> None:
    text = dump(make())
    validator.validate(json.loads(text))
    assert loads(text) == make()


def test_hostile_text_is_kept_and_safe_to_look_at(
    hostile_results: Results, hostile_text: str, validator: Draft202012Validator
) -> None:
    text = dump(hostile_results)
    assert not HAZARD.search(text)
    validator.validate(json.loads(text))
    again = loads(text)
    kept = again.requirements[0].message
    if hostile_text == HOSTILE["surrogates"]:
        assert kept == "\\ud800 \\udfff \\ud83d"
    else:
        assert kept == hostile_text
        assert again == hostile_results
    assert dump(again) == text


def test_keys_have_one_order(small: Results, row: Row) -> None:
    document = json.loads(dump(small))
    assert list(document) == list(as_document(small))
    assert next(iter(document)) == "schema"
    assert list(document["environment"]) == ["platform", "python"]
    assert list(document["counts"]) == ["pass", "fail", "unsupported", "inconclusive", "excluded"]
    assert dump(small).startswith('{\n  "schema": 1,\n')
    assert dump(small).endswith("}\n")


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"schema": 2},
        {"verdict": "fine"},
        {"duration_s": -1},
        {"counts": {"pass": 1}},
        {"started": "today"},
    ],
)
def test_the_schema_is_strict(small: Results, validator: Draft202012Validator, change: dict[str, Any]) -> None:
    assert not validator.is_valid({**as_document(small), **change})


@pytest.mark.parametrize(
    "change",
    [
        {"blocked_by": "tick.delivers"},
        {"verdict": "excluded"},
        {"excluded_reason": "because"},
        {"level": "must"},
        {"id": "Not An Id"},
        {"transcript": [{"tick": 0, "side": "peer 0", "kind": "call", "text": ""}]},
    ],
)
def test_the_schema_knows_the_rules_of_a_row(
    small: Results, validator: Draft202012Validator, change: dict[str, Any]
) -> None:
    document = as_document(small)
    document["requirements"] = [{**document["requirements"][0], **change}]
    assert not validator.is_valid(document)
    with pytest.raises(ResultsFileError):
        loads(json.dumps(document))


# What to do to a good document, where the complaint must point, and what it must say.
Edit = Callable[[Any], object]
BROKEN: dict[str, tuple[Edit, str, str]] = {
    "other version": (lambda d: d.update(schema=2), "schema: ", "version 2 of the format"),
    "no version": (lambda d: d.pop("schema"), "top level: ", "no results file"),
    "version as text": (lambda d: d.update(schema="1"), "schema: ", "a text where a whole number belongs"),
    "version as truth": (lambda d: d.update(schema=True), "schema: ", "true or false where"),
    "missing": (lambda d: d.pop("seed"), "top level: ", "'seed' is missing"),
    "unknown": (lambda d: d.update(colour="red"), "top level: ", "'colour' is unknown here"),
    "suite": (lambda d: d["suite"].pop("version"), "suite: ", "'version' is missing"),
    "implementation": (lambda d: d.update(implementation=[]), "implementation: ", "a list where an object belongs"),
    "name": (lambda d: d["implementation"].update(name=None), "implementation.name: ", "null where a text belongs"),
    "reached": (lambda d: d.update(reached=1), "reached: ", "a number where a text belongs"),
    "reached as markup": (lambda d: d.update(reached="<b>"), "top level: ", "reached is '<b>'"),
    "profiles": (lambda d: d.update(profiles={}), "profiles: ", "an object where a list belongs"),
    "status": (lambda d: d["profiles"][1].update(status="ok"), "profiles[1].status: ", "'ok' is none of conforming"),
    "profile name": (lambda d: d["profiles"][0].update(name="A B"), "profiles[0]: ", "name is 'A B'"),
    "verdict": (lambda d: d.update(verdict="fine"), "verdict: ", "'fine' is none of conforming"),
    "counts": (lambda d: d["counts"].pop("pass"), "top level: ", "counts name exactly"),
    "a count": (lambda d: d["counts"].update({"pass": 1.5}), "counts.pass: ", "a number where a whole number"),
    "strict": (lambda d: d.update(strict=1), "strict: ", "where true or false belongs"),
    "duration": (lambda d: d.update(duration_s="1"), "duration_s: ", "a text where a number belongs"),
    "duration as truth": (lambda d: d.update(duration_s=True), "duration_s: ", "where a number belongs"),
    "huge duration": (lambda d: d.update(duration_s=10**400), "duration_s: ", "too large"),
    "command": (lambda d: d.update(command="dasnet run"), "command: ", "a text where a list belongs"),
    "argument": (lambda d: d["command"].append(1), "command[3]: ", "a number where a text belongs"),
    "environment": (lambda d: d["environment"].update(cpus=2), "environment.cpus: ", "where a text belongs"),
    "sanity": (lambda d: d["sanity"].pop("last"), "sanity: ", "'last' is missing"),
    "sanity verdict": (lambda d: d["sanity"]["last"].update(verdict="ok"), "sanity.last.verdict: ", "'ok' is none"),
    "row": (lambda d: d["requirements"].append(1), "requirements[9]: ", "a number where an object belongs"),
    "level": (lambda d: d["requirements"][1].update(level="WILL"), "requirements[1].level: ", "'WILL' is none of MUST"),
    "row rule": (lambda d: d["requirements"][0].update(excluded_reason="x"), "requirements[0]: ", "excluded_reason"),
    "same id": (lambda d: d["requirements"].append(d["requirements"][0]), "top level: ", "appears twice"),
    "entry": (
        lambda d: d["requirements"][2]["transcript"][3].update(tick=-1),
        "requirements[2].transcript[3]: ",
        "tick is -1",
    ),
    "kind": (
        lambda d: d["requirements"][2]["transcript"][0].update(kind="sing"),
        "requirements[2].transcript[0].kind: ",
        "'sing' is none of call",
    ),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_file_is_refused_with_its_place(small: Results, tmp_path: Path, name: str) -> None:
    edit, place, complaint = BROKEN[name]
    document = copy.deepcopy(as_document(small))
    edit(document)
    path = tmp_path / "results.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ResultsFileError) as caught:
        load(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: {place}")
    assert complaint in message
    assert "; " in message, "the next step is missing"
    assert "\n" not in message


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "line 1, column 1: not JSON"),
        (b'{"schema": 1,', "line 1, column 14: not JSON"),
        (b'{"schema": 1} trailing', "not JSON"),
        (b"[]", "top level: a list where an object belongs"),
        (b"null", "null where an object belongs"),
        (b'{"schema": NaN}', "NaN is no JSON number"),
        (b'{"schema": 1, "schema": 1}', "the key 'schema' appears twice"),
        (b"\xff\xfe{}", "line 1 is not UTF-8"),
        (b"[" * 200_000, "recursion"),
        (b"1" * 5_000, "integer"),
        (b"<results/>", "not JSON"),
    ],
)
def test_what_is_no_results_file_is_refused(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "some.json"
    path.write_bytes(content)
    with pytest.raises(ResultsFileError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert complaint in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResultsFileError, match=r"absent\.json: cannot be read .*; check the path"):
        load(tmp_path / "absent.json")


def test_every_cut_of_a_file_is_refused(make: Make, row: Row) -> None:
    text = dump(make([row()]))
    for length in range(0, len(text) - 2, 7):
        with pytest.raises(ResultsFileError):
            loads(text[:length])


def test_a_whole_number_of_seconds_is_a_duration(small: Results) -> None:
    document = as_document(small)
    document["duration_s"] = 2
    assert loads(json.dumps(document)).duration_s == 2.0


def test_what_a_run_need_not_have_is_there_only_where_it_has_it(
    make: Make, row: Row, validator: Draft202012Validator
) -> None:
    bare = as_document(make([row("fail")]))
    assert {"again", "reproductions"}.isdisjoint(bare)
    assert {"traceback", "like"}.isdisjoint(bare["requirements"][0])
    failed = row("fail", traceback=("Traceback", "  port.py, line 7"), like="never_closes")
    whole = make([failed], again=("dasnet", "run", "python:demo"), reproductions="repro")
    document = as_document(whole)
    assert document["requirements"][0]["traceback"] == ["Traceback", "  port.py, line 7"]
    validator.validate(document)
    assert loads(dump(whole)) == whole
