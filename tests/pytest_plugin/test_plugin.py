"""The suite as a plain pytest run: its options, its exit status, its reports; and its silence where nobody asked."""

from __future__ import annotations

import json
import sys
import tempfile

import pytest

from conformance_tools import Ran, Workshop, pytest_of_the_suite

#: The package that most of these collect, for it takes a quarter of the time of all of them; and all of them.
CORE_ALONE = "dasnet_conformance.suite.core"
WHOLE = "dasnet_conformance.suite"

#: Has a wrong answer where the expression below looks.
WRONG = "class Server(Sound):\n    def is_open(self):\n        return True\n"

ORDINARY = """\
import pytest


def test_nothing_of_ours_is_at_work(request):
    assert not request.config.pluginmanager.has_plugin("dasnet-session")
    with pytest.raises(pytest.FixtureLookupError):
        request.getfixturevalue("host")
"""


def judge(workshop: Workshop, implementation: str, *arguments: str, suite: str = CORE_ALONE) -> Ran:
    ran = workshop.run(pytest_of_the_suite("--dasnet-implementation", implementation, *arguments, suite=suite))
    assert not leftovers(workshop)
    return ran


@pytest.fixture(autouse=True)
def own_temporary_folder(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = workshop.folder / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)


def leftovers(workshop: Workshop) -> list[str]:
    """What runs of the suite left in the temporary folder."""
    return [path.name for path in (workshop.folder / "temporary").glob("dasnet-*")]


def results(workshop: Workshop) -> dict[str, str]:
    document = json.loads((workshop.folder / "reports" / "results.json").read_text("utf-8"))
    return {row["id"]: row["verdict"] for row in document["requirements"]}


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_conforming_run_ends_with_0_and_writes_the_reports(workshop: Workshop, workers: tuple[str, ...]) -> None:
    options = ("-k", "init.port", "--dasnet-report-dir", "reports", "--dasnet-seed", "4", *workers)
    ran = judge(workshop, "reference", *options)
    assert ran.status == 0, ran.out + ran.err
    assert "dasnet: judging reference" in ran.out
    assert "dasnet: dasnet_reference: conforming (" in ran.out
    assert set(results(workshop).values()) == {"pass"}
    assert {"results.json", "junit.xml", "summary.md"} <= {
        path.name for path in (workshop.folder / "reports").iterdir()
    }


def test_a_failing_run_ends_with_1_and_explains_itself(workshop: Workshop) -> None:
    ran = judge(
        workshop, workshop.module("wrong", WRONG), "-k", "adapter.opens-nothing", "--dasnet-report-dir", "reports"
    )
    assert ran.status == 1
    assert results(workshop) == {"adapter.opens-nothing": "fail"}
    lines = [line.strip() for line in ran.out.splitlines()]
    assert "fail: adapter.opens-nothing (MUST, core)" in lines
    assert (
        "requirement: Making the adapter succeeds on a new object and opens nothing: it is not listening before init."
        in lines
    )
    assert "transcript (tick, side, what):" in lines
    assert "0  host     adapter object 1 -> no value" in lines
    assert "dasnet: wrong: non-conforming (1 fail)" in lines


def test_a_failure_in_the_setup_names_what_it_is_laid_to(workshop: Workshop) -> None:
    deaf = workshop.module("deaf", "class Server(Sound):\n    def init(self, port):\n        return None\n")
    ran = judge(workshop, deaf, "-k", "query.changes-nothing and handle-made or data.zeros")
    assert ran.status == 1
    assert "in its setup: see init.free-port" in ran.out


def test_profile_strictness_and_exclusions_select(workshop: Workshop) -> None:
    options = (
        "--dasnet-exclude",
        "make-server.opens-nothing=issue 12",
        "--dasnet-profile",
        "lowlevel",
        "--dasnet-strict",
    )
    expression = "opens-nothing or server-tick.null-handle"
    ran = judge(workshop, "reference", "-k", expression, "--dasnet-report-dir", "reports", *options, suite=WHOLE)
    assert ran.status == 0  # a SHOULD alone is left, and gates
    assert results(workshop) == {"make-server.opens-nothing": "excluded", "server-tick.null-handle": "pass"}


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_a_hang_ends_the_run_with_2_and_says_where(workshop: Workshop, workers: tuple[str, ...]) -> None:
    hanging = workshop.module(
        "hanging", "import threading\n\nclass Server(Sound):\n    def tick(self):\n        threading.Event().wait()\n"
    )
    ran = judge(workshop, hanging, "-k", "init.free-port", "--dasnet-deadline", "0.5", *workers)
    assert ran.status == 2
    assert "Interrupted: dasnet: the first sanity conversation did not get through" in ran.out
    assert "not finished within 0.5 seconds; the last call: tick object 1 -> (did not return)" in ran.out
    assert "INTERNALERROR" not in ran.out


def test_a_death_of_a_worker_is_laid_to_its_check(workshop: Workshop) -> None:
    mortal = workshop.module(
        "mortal",
        "import os\n\nclass Server(Sound):\n    def init(self, port):\n        if port == -1:\n"
        "            os._exit(1)\n        return super().init(port)\n",
    )
    options = ("-k", "init.port-negative or init.port-beyond", "-n", "1", "--dasnet-report-dir", "reports")
    assert judge(workshop, mortal, *options).status == 2
    assert results(workshop) == {"init.port-negative": "inconclusive", "init.port-beyond-range": "pass"}


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (
            ["--dasnet-implementation", "python:does_not_exist"],
            3,
            "Exit: dasnet: module does_not_exist cannot be ",
        ),
        (["--dasnet-implementation", "nonsense"], 3, "Exit: dasnet: no implementation is named 'nonsense'"),
        (
            ["--dasnet-implementation", "reference", "--dasnet-exclude", "nonsense=why"],
            4,
            "ERROR: dasnet: --exclude: no requirement, section or clause is called nonsense",
        ),
        (
            ["--dasnet-implementation", "reference", "--dasnet-exclude", "init.free-port"],
            4,
            "ERROR: dasnet: --exclude init.free-port: give a reason",
        ),
        (["--dasnet-implementation", "reference", "-k", "init("], 4, "ERROR: Wrong expression passed to '-k'"),
        (["-k", "init.free-port"], 4, "ERROR: dasnet: say what to judge, as in --dasnet-implementation reference"),
    ],
    ids=lambda value: " ".join(value[-2:]) if isinstance(value, list) else "",
)
def test_a_mistake_of_the_caller_is_one_line(workshop: Workshop, arguments: list[str], status: int, told: str) -> None:
    ran = workshop.run(pytest_of_the_suite("-q", *arguments))
    assert ran.status == status
    assert told in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert "nothing selected" not in ran.out
    assert not leftovers(workshop)


def test_nothing_selected_ends_with_3(workshop: Workshop) -> None:
    ran = judge(workshop, "reference", "-k", "nothing-matches")
    assert ran.status == 3
    assert "dasnet: nothing selected: no requirement matches" in ran.out


def test_collecting_alone_judges_nothing(workshop: Workshop) -> None:
    ran = judge(workshop, "reference", "--collect-only", "-q", "-k", "init.free-port", "--dasnet-report-dir", "reports")
    assert ran.status == 0
    assert "dasnet:" not in ran.out
    assert not (workshop.folder / "reports").exists()


def test_checks_run_in_the_order_of_the_catalogue(workshop: Workshop) -> None:
    ran = judge(workshop, "reference", "--collect-only", "-q", "-k", "destroy.twice or init.port-zero or data.zeros")
    names = [line.rpartition("::")[2].partition("[")[0] for line in ran.out.splitlines() if "::" in line]
    assert list(dict.fromkeys(names)) == ["test_port_zero", "test_zeros", "test_twice"]


def test_a_check_that_lets_seconds_pass_comes_first(workshop: Workshop) -> None:
    ran = judge(workshop, "reference", "--collect-only", "-q", "-k", "init.port-zero or endurance.idle-seconds")
    names = [line.rpartition("::")[2].partition("[")[0] for line in ran.out.splitlines() if "::" in line]
    assert names == ["test_idle_seconds", "test_port_zero"]


def test_a_run_that_does_not_ask_for_it_sees_nothing_of_it(workshop: Workshop) -> None:
    (workshop.folder / "test_ordinary.py").write_text(ORDINARY, "utf-8")
    ran = workshop.run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--strict-markers", "-W", "error"])
    assert ran.status == 0, ran.out
    assert "dasnet:" not in ran.out
    assert not leftovers(workshop)


@pytest.mark.parametrize(("outcome", "status"), [("True", 0), ("False", 1)])
def test_tests_beside_the_checks_run_as_ever_and_their_failures_count(
    workshop: Workshop, outcome: str, status: int
) -> None:
    (workshop.folder / "test_beside.py").write_text(
        f"def test_port_negative_beside():\n    assert {outcome}\n", "utf-8"
    )
    ran = judge(workshop, "reference", "test_beside.py", "-k", "negative_beside or make-server.plain", suite=WHOLE)
    assert ran.status == status, ran.out
    assert "dasnet: dasnet_reference: conforming (1 pass)" in ran.out


def test_a_check_of_an_unknown_requirement_is_told_and_nothing_is_judged(workshop: Workshop) -> None:
    source = "import pytest\n\n@pytest.mark.dasnet_requirement('no.such')\ndef test_it(host):\n    pass\n"
    (workshop.folder / "test_mine.py").write_text(source, "utf-8")
    ran = judge(workshop, "reference", "test_mine.py", "-q")
    assert ran.status == 4
    told = "ERROR: dasnet: the catalogue is inconsistent: a check names the unknown requirement no.such"
    assert ran.err.strip() == told


def test_a_report_folder_that_cannot_be_written_is_told(workshop: Workshop) -> None:
    (workshop.folder / "taken").write_text("a file", "utf-8")
    ran = judge(workshop, "reference", "-k", "make-server.plain", "--dasnet-report-dir", "taken", suite=WHOLE)
    assert ran.status == 3
    assert "dasnet: the reports cannot be written to taken: " in ran.out
    assert "INTERNALERROR" not in ran.out


def test_the_marker_is_declared(workshop: Workshop) -> None:
    ran = workshop.run([sys.executable, "-m", "pytest", "--markers"])
    assert "@pytest.mark.dasnet_requirement(id): the requirement that this check judges" in ran.out


def test_every_option_is_prefixed(workshop: Workshop) -> None:
    ran = workshop.run([sys.executable, "-m", "pytest", "--help"])
    section = ran.out.partition("dasnet conformance suite:")[2].partition("\n\n")[0]
    options = [word for line in section.splitlines() for word in line.split()[:1] if word.startswith("--")]
    assert len(options) >= 9
    assert [option for option in options if not option.startswith("--dasnet-")] == []
