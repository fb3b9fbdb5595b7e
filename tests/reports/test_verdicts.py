"""verdicts.json and the publication made of it: the same for runs in which the same came out, and told when not."""

from __future__ import annotations

import configparser
import dataclasses
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from results_builders import build_results, build_row

from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_reports import BaselineFinding, BaselineOutcome, Implementation, Results, TranscriptEntry
from dasnet_reports.verdicts import render_verdicts, without_runtime_version

ROOT = Path(__file__).parents[2]
PASSES = build_row(id="init.free-port")
SEEN = build_row(level="MAY", id="init.port-zero", observed="false")
FAILS = build_row("fail", id="send.size-zero", section="send", message="port 26758: got refused")
BLOCKED = build_row("fail", id="send.order", section="send", blocked_by="send.size-zero")
EXCLUDED = build_row("excluded", id="data.order", section="data", excluded_reason="issue 12")


def judged(*, reached: str = "driver", listed: tuple[str, ...] | None = None, **more: Any) -> Results:
    baseline = None if listed is None else BaselineOutcome(listed)
    return build_results([PASSES, SEEN, FAILS, BLOCKED, EXCLUDED], reached=reached, baseline=baseline, **more)


def elsewhere(results: Results) -> Results:
    """The same outcome on another day, another machine, another port, and slower."""
    rows = [
        dataclasses.replace(
            row,
            duration_s=row.duration_s + 1.5,
            message=row.message.replace("26758", "31002"),
            transcript=(TranscriptEntry(3, "host", "call", "init 1 31002 -> true"),),
        )
        for row in results.requirements
    ]
    return dataclasses.replace(
        results,
        requirements=tuple(rows),
        started="2026-01-31T23:59:59Z",
        duration_s=99.0,
        environment={"platform": "another", "python": "3.14.0"},
        command=("dasnet", "run", "/elsewhere/dasnet.toml"),
        hashes={"implementation file": "0" * 64},
    )


def document(results: Results, **reasons: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(render_verdicts(results, reasons))
    return read


@pytest.fixture(scope="module")
def publisher() -> ModuleType:
    """reports/publish.py, which is no package; by its path, so that the installed packages stay the ones in use."""
    spec = importlib.util.spec_from_file_location("publish", ROOT / "reports" / "publish.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_each_requirement_has_a_line_in_the_order_of_the_rows() -> None:
    told = document(judged())
    assert list(told["verdicts"].items()) == [
        ("init.free-port", "pass"),
        ("init.port-zero", "pass"),
        ("send.size-zero", "fail"),
        ("send.order", "fail"),
        ("data.order", "excluded"),
    ]
    assert '\n    "send.size-zero": "fail",\n' in render_verdicts(judged(), {})
    assert (told["verdict"], told["reached"], told["baseline"]) == ("non-conforming", "driver", None)


def test_what_is_no_plain_pass_is_told_beside_it() -> None:
    told = document(judged())
    assert told["observed"] == {"init.port-zero": "false"}
    assert told["excluded"] == {"data.order": "issue 12"}
    assert told["blocked_by"] == {"send.order": "send.size-zero"}


def test_an_outcome_that_is_the_machines_is_left_out(publisher: ModuleType) -> None:
    assert json.loads(render_verdicts(judged(), {}, ["init.port-zero"]))["observed"] == {}
    for name in publisher.OF_THE_MACHINE:
        assert load_catalogue().requirements[name].allowed, f"{name} has one outcome only"


def test_known_failures_have_the_reasons_of_the_baseline() -> None:
    told = json.loads(render_verdicts(judged(listed=("send.size-zero", "send.order")), {"send.size-zero": "refused"}))
    assert told["baseline"] == {"as_listed": True, "known_failures": {"send.size-zero": "refused", "send.order": ""}}
    differs = BaselineOutcome(("send.size-zero",), (BaselineFinding("not listed", "send.order", "port 7"),))
    told = document(dataclasses.replace(judged(), baseline=differs))
    assert told["baseline"] == {"as_listed": False, "known_failures": {"send.size-zero": ""}}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Python 3.11", "Python"),
        ("Java 17.0.15", "Java"),
        ("JavaScript (Node.js v20.20.2)", "JavaScript (Node.js)"),
        ("Rust 1.78.0-nightly", "Rust"),
        ("Go go1.22", "Go"),
        ("go1.22", "go"),
        ("C11", "C11"),
        ("C++17", "C++17"),
        ("daslang", "daslang"),
    ],
)
def test_a_language_is_called_without_the_release_of_its_runtime(said: str, kept: str) -> None:
    results = build_results(implementation=Implementation("demo", "1.2.3", said))
    assert without_runtime_version(results).implementation == Implementation("demo", "1.2.3", kept)


def test_the_same_outcome_gives_the_same_bytes(publisher: ModuleType, tmp_path: Path) -> None:
    runs = {
        "reference": build_results(
            [PASSES], reached="in-process", implementation=Implementation("r", "1", "Python 3.11")
        ),
        "c": judged(listed=("send.size-zero", "send.order")),
    }
    again = {name: elsewhere(run) for name, run in runs.items()}
    again["reference"] = dataclasses.replace(again["reference"], implementation=Implementation("r", "1", "Python 3.14"))
    publisher.write(runs, {"c": {"send.size-zero": "got refused"}}, tmp_path)
    before = contents(tmp_path)
    publisher.write(again, {"c": {"send.size-zero": "got refused"}}, tmp_path)
    assert contents(tmp_path) == before
    assert set(before) == {
        "matrix.md",
        *(f"{name}/{kept}" for name in runs for kept in ("verdicts.json", "badge.svg", "badge.json")),
    }


def test_another_outcome_changes_its_own_lines_only(publisher: ModuleType, tmp_path: Path) -> None:
    rows = [build_row(id=f"init.number-{number}") for number in range(100)]
    changed = [build_row("fail", id=row.id) if row.id == "init.number-50" else row for row in rows]
    differing = {}
    publisher.write({"c": build_results(rows), "node": build_results(rows)}, {}, tmp_path)
    before = contents(tmp_path)
    publisher.write({"c": build_results(changed), "node": build_results(rows)}, {}, tmp_path)
    for name, content in contents(tmp_path).items():
        lines = [set(text.decode().splitlines()) for text in (before[name], content)]
        differing[name] = sorted(line.strip() for line in lines[1] - lines[0])
    changes = {'"verdict": "non-conforming",', '"core": "non-conforming",', '"pass": 99,', '"fail": 1,'}
    assert set(differing["c/verdicts.json"]) == {*changes, '"init.number-50": "fail",'}
    assert len(differing["matrix.md"]) == 2
    assert not any(lines for name, lines in differing.items() if name.startswith("node/"))


def test_what_an_earlier_publication_kept_goes(publisher: ModuleType, tmp_path: Path) -> None:
    for name in ("README.md", "kill-matrix.md", "c/junit.xml", "gone/verdicts.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("as it was")
    publisher.write({"c": build_results([PASSES])}, {}, tmp_path)
    assert set(contents(tmp_path)) == {
        *("README.md", "kill-matrix.md", "matrix.md", "c/verdicts.json", "c/badge.svg", "c/badge.json")
    }


def test_a_publication_is_of_all_implementations_and_of_one_suite(publisher: ModuleType) -> None:
    whole = {name: build_results([PASSES], hashes={"suite": "0" * 64}) for name in publisher.IMPLEMENTATIONS}
    assert publisher.obstacle(whole) == ""
    assert publisher.obstacle({**whole, "c": judged(hashes={"suite": "0" * 64})}) == ""
    without = {name: run for name, run in whole.items() if name != "c"}
    assert publisher.obstacle(without).startswith("c not judged")
    assert publisher.obstacle({**whole, "c": build_results()}).startswith("c inconclusive")
    other = build_results([PASSES], hashes={"suite": "1" * 64})
    assert "different states of the suite" in publisher.obstacle({**whole, "c": other})


def test_every_implementation_stands_in_one_list(publisher: ModuleType) -> None:
    beside = {path.parent.name for path in (ROOT / "adapters").glob("*/dasnet.toml")}
    assert set(publisher.IMPLEMENTATIONS) == {"reference", *beside}
    assert set(publisher.IMPLEMENTATIONS.values()) == {
        "reference",
        *(f"adapters/{name}/dasnet.toml" for name in beside),
    }
    # tox can compute no environments, so that their names stand there too.
    settings = configparser.RawConfigParser()
    settings.read(ROOT / "tox.ini")
    assert beside <= set(settings["tox"]["env_list"].replace(",", " ").split())
    named = [set(section[len("testenv:") :].strip("{}").split(",")) for section in settings.sections()]
    assert beside <= set().union(*named)


def test_what_is_published_is_small_and_of_implementations_that_are_there(publisher: ModuleType) -> None:
    published = ROOT / "reports" / "published"
    assert {path.name for path in published.iterdir() if path.is_dir()} <= set(publisher.IMPLEMENTATIONS)
    kept = contents(published)
    assert {Path(name).name for name in kept} == {
        *("README.md", "matrix.md", "kill-matrix.md", "verdicts.json", "badge.svg", "badge.json")
    }
    assert sum(map(len, kept.values())) < 1_500_000


def test_reasons_come_from_the_baseline_that_an_implementation_names(
    publisher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "adapters" / "c"
    folder.mkdir(parents=True)
    (folder / "dasnet.toml").write_text('command = "driver"\nbaseline = "known.toml"\n')
    entry = '[[known-failure]]\nrequirement = "send.size-zero"\nreason = "got refused"\nissue = "12"\nowner = "us"\n'
    (folder / "known.toml").write_text(entry)
    monkeypatch.setattr(publisher, "ROOT", tmp_path)
    assert publisher.reasons_of("c") == {"send.size-zero": "got refused"}
    (folder / "dasnet.toml").write_text('command = "driver"\n')
    assert publisher.reasons_of("c") == {}
    assert publisher.reasons_of("reference") == {}


@pytest.mark.parametrize(("in_ci", "word", "status"), [("", "skipped", 0), ("true", "missing", 1)])
def test_without_a_toolchain_nothing_is_published(
    publisher: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    in_ci: str,
    word: str,
    status: int,
) -> None:
    earlier = tmp_path / "out" / "matrix" / "c" / "results.json"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("of another day")
    monkeypatch.setattr(publisher, "ROOT", tmp_path)
    monkeypatch.setitem(publisher.TOOLCHAINS, "c", (("no-such-compiler",), "a compiler"))
    monkeypatch.setenv("CI", in_ci)
    assert publisher.main(["c"]) == status
    said = capsys.readouterr().out
    assert f"c: {word}: no no-such-compiler; install a compiler\n" in said
    assert "is left as it is" in said
    assert not earlier.exists()
    assert not (tmp_path / "reports").exists()


def test_a_name_that_does_not_exist_is_a_mistake_in_the_call(
    publisher: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publisher.main(["d"]) == 3
    assert "no implementation d; there are reference, " in capsys.readouterr().err
