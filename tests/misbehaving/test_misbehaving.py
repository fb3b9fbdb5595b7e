"""Every driver of `table.toml` gets the verdict and the hint that stand there, stalls nothing and leaves nothing."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
import uuid
from pathlib import Path

import pytest
from misbehaving_tools import MARKER, Case, all_gone, load_table

from conformance_tools import choosing
from dasnet_adapters.hints import HINTS
from dasnet_conformance.cli import main
from dasnet_conformance.cli.doctor_command import PORT_OR_DRIVER

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes left behind in /proc"),
    # The only bound of time: none of them may hold up the suite.
    pytest.mark.timeout(60),
]

TABLE = load_table()
STATUS = {"conforming": 0, "non-conforming": 1, "inconclusive": 2, "usage": 3}

each = pytest.mark.parametrize("case", TABLE, ids=lambda case: case.what)


@pytest.fixture
def marker(monkeypatch: pytest.MonkeyPatch) -> str:
    """In the environment of whatever is started, and of its children."""
    text = uuid.uuid4().hex
    monkeypatch.setenv(MARKER, text)
    monkeypatch.setenv("NO_COLOR", "1")
    return text


def options(case: Case, folder: Path) -> list[str]:
    return [str(case.install(folder)), "--call-deadline", str(case.deadline)]


def dasnet(*arguments: str) -> tuple[int, str]:
    """Run the command here, which is half the cost of a process; returns its status and all that it printed."""
    output = io.StringIO()
    statuses: list[int] = []
    # On a thread, so that the timer signal stays that of the test's own timeout.
    command = threading.Thread(target=lambda: statuses.append(main(arguments)), daemon=True)
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        command.start()
        command.join()
    return statuses[0], output.getvalue()


def judge(case: Case, folder: Path) -> tuple[int, str]:
    return dasnet("run", *options(case, folder), *choosing(case.only))


@each
def test_the_run_ends_with_the_verdict_and_the_hint(case: Case, tmp_path: Path, marker: str) -> None:
    status, output = judge(case, tmp_path)
    assert status == STATUS[case.run], output
    assert status != 0
    assert "the suite broke" not in output
    if case.run_hint:
        assert HINTS[case.run_hint].cause in output
    if case.part == "port":
        assert " did not return" in output
    elif case.run_hint and case.run != "usage":
        assert f"`dasnet doctor {tmp_path}/dasnet.toml`" in output
    assert "Traceback" not in output
    assert output.replace("\n", "").isprintable(), "nothing of a driver reaches the terminal as it is"
    assert all_gone(marker)


@each
def test_the_doctor_names_what_is_wrong(case: Case, tmp_path: Path, marker: str) -> None:
    status, output = dasnet("doctor", *options(case, tmp_path))
    assert status == (1 if case.doctor == "broken" else 0), output
    named = {name for name in HINTS if f" ({name})\n" in output}
    assert case.doctor_hint in named or (not case.doctor_hint and not named), output
    whose = "The driver, or the port in it, is" if status and named & PORT_OR_DRIVER else "The driver is"
    assert output.splitlines()[-1].startswith(f"{whose} {'broken: ' if status else 'in order'}"), output
    assert output.replace("\n", "").isprintable()
    assert all_gone(marker)


def test_the_table_has_every_kind_of_driver() -> None:
    assert len(TABLE) >= 45
    assert sum(case.group == "client" for case in TABLE) >= 15
    assert sum(case.group == "http" for case in TABLE) >= 15
    assert sum(case.group == "http-client" for case in TABLE) >= 9
    assert len({case.what for case in TABLE}) == len(TABLE)
    assert {case.language for case in TABLE} == {"python", "sh", "perl"}
    assert all(case.run != "conforming" for case in TABLE)
    assert all(case.port == "stub" or case.doctor == "broken" for case in TABLE)


@pytest.mark.parametrize("case", [case for case in TABLE if case.doctor == "ok"], ids=lambda case: case.what)
def test_odd_manners_alone_make_no_verdict(case: Case, tmp_path: Path, marker: str) -> None:
    """What only looks odd, before a sound port: judged as any other driver is."""
    if case.doctor_hint == "outside-call" or "refused" in case.script:
        pytest.skip("that is the port's doing, not a matter of manners")
    sound = Case(**{**vars(case), "port": "sound"})
    status, output = judge(sound, tmp_path)
    assert status == 0, output
    assert all_gone(marker)


def test_the_environment_reaches_the_driver() -> None:
    assert MARKER not in os.environ
