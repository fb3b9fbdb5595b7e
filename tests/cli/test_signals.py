"""A command that a signal ends: status, children, temporary folder, and the report of what was judged by then."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from conformance_tools import Workshop, dasnet, with_signals
from dasnet_conformance.cli import main
from dasnet_conformance.cli.signals import Signalled, ending_by_signals, holding_back
from dasnet_reports import write_reports

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="signals and named pipes")

#: Waits for ever in init of a bad port, holding a pipe open by which a test learns when, and when it ends.
WAITING: Final = """
import threading

class Server(Sound):
    def init(self, port):
        if port < 0:
            self.pipe = open({!r}, "w")
            threading.Event().wait()
        return super().init(port)
"""

#: One that passes first, and the one that waits.
TWO: Final = ("init.free-port", "init.port-negative")


@contextmanager
def hanging_run(
    workshop: Workshop, *options: str, driver: bool = False, signals: Callable[[], None] = with_signals
) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A run that hangs in its second check, with the pipe that is open as long as any of its processes lives."""
    pipe = workshop.folder / "pipe"
    os.mkfifo(pipe)
    spec = workshop.module("waiting", WAITING.format(str(pipe)))
    if driver:
        spec = f"driver:{sys.executable} -m dasnet_adapters.python_driver waiting"
    temporary = workshop.folder / "temporary"
    temporary.mkdir()
    with subprocess.Popen(
        [*dasnet(), "run", spec, *TWO, "--no-deadline", *options],
        cwd=workshop.folder,
        env=workshop.environment(TMPDIR=str(temporary)),
        preexec_fn=signals,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            yield child, pipe
        finally:
            child.kill()  # one that a test gave up must not be waited for


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
@pytest.mark.parametrize("driver", [False, True], ids=["module", "driver"])
def test_a_signal_ends_a_run_with_all_that_it_started(workshop: Workshop, name: str, driver: bool) -> None:
    number = getattr(signal, name)
    with hanging_run(workshop, "--report-dir", "report", driver=driver) as (child, pipe), pipe.open("rb") as witness:
        child.send_signal(number)
        assert child.stderr is not None
        said = child.stderr.read()
        assert child.wait() == 128 + number
        assert witness.read() == b""
    why = "interrupted" if name == "SIGINT" else f"ended by {name}"
    partial = f"the run was {why} after 1 of 2 requirements"
    assert said.splitlines() == [
        f"dasnet: the report in report is partial: {partial}",
        f"dasnet: {why}; no verdict",
    ]
    assert list((workshop.folder / "temporary").iterdir()) == []
    document = json.loads((workshop.folder / "report" / "results.json").read_text("utf-8"))
    assert (document["verdict"], document["selection"]) == ("inconclusive", partial)
    rows = {row["id"]: (row["verdict"], row["message"]) for row in document["requirements"]}
    assert rows == {TWO[0]: ("pass", ""), TWO[1]: ("inconclusive", f"not judged: the run was {why}")}
    page = (workshop.folder / "report" / "index.html").read_text("utf-8")
    assert partial in page
    assert "<h2>Partial report</h2>" in page
    assert "### Partial report" in (workshop.folder / "report" / "summary.md").read_text("utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="the system tells children of their parent's death")
@pytest.mark.parametrize("driver", [False, True], ids=["module", "driver"])
def test_children_end_with_a_run_that_is_killed_outright(workshop: Workshop, driver: bool) -> None:
    with hanging_run(workshop, driver=driver) as (child, pipe), pipe.open("rb") as witness:
        child.kill()
        assert child.wait() == -signal.SIGKILL
        assert witness.read() == b""


def test_a_signal_that_is_ignored_stays_ignored(workshop: Workshop) -> None:
    def but_hangups() -> None:
        with_signals()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with hanging_run(workshop, signals=but_hangups) as (child, pipe), pipe.open("rb"):
        child.send_signal(signal.SIGHUP)
        child.send_signal(signal.SIGTERM)
        assert child.wait() == 128 + signal.SIGTERM


def test_an_interruption_that_is_ignored_is_ignored_where_checks_run(workshop: Workshop) -> None:
    def in_the_background_of_a_script() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    told = workshop.folder / "told"
    asking = f"import pathlib, signal\n\npathlib.Path({str(told)!r}).write_text(signal.getsignal(signal.SIGINT).name)\n"
    subprocess.run(
        [*dasnet(), "run", workshop.module("asking", asking), TWO[0], "-q"],
        cwd=workshop.folder,
        env=workshop.environment(),
        preexec_fn=in_the_background_of_a_script,
        check=True,
    )
    assert told.read_text() == "SIG_IGN"


def test_stability_under_load_ends_quietly(workshop: Workshop) -> None:
    pipe = workshop.folder / "pipe"
    os.mkfifo(pipe)
    spec = workshop.module("waiting", WAITING.format(str(pipe)))
    with (
        subprocess.Popen(
            [*dasnet(), "stability", spec, *TWO, "--load"],
            cwd=workshop.folder,
            env=workshop.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=with_signals,
        ) as child,
        pipe.open("rb") as witness,
    ):
        os.killpg(child.pid, signal.SIGINT)  # as a terminal does it: to everyone
        out, err = child.communicate(timeout=60)
        assert witness.read() == b""
    assert (child.returncode, out, err) == (130, "", "dasnet: interrupted; no verdict\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device")
@pytest.mark.parametrize(
    "arguments",
    [["list"], ["--version"], ["help"], ["run", "reference", TWO[0]], ["run", "reference", TWO[0], "--json"]],
)
def test_an_output_that_is_full_is_one_line(workshop: Workshop, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*dasnet(), *arguments],
            cwd=workshop.folder,
            env=workshop.environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 2
    assert ended.stderr == "dasnet: the output cannot be written: No space left on device; no verdict\n"


@pytest.mark.skipif(os.name != "posix", reason="there is no /bin/sh to close an output with")
@pytest.mark.parametrize("arguments", ["list", "--help", f"run reference {TWO[0]} --json"])
def test_an_output_that_is_closed_is_one_line(workshop: Workshop, arguments: str) -> None:
    ended = workshop.run(["/bin/sh", "-c", f'exec "$0" {arguments} >&-', *dasnet()])
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == "dasnet: the output cannot be written: it is closed; no verdict\n"


@pytest.mark.skipif(os.name != "posix", reason="there is no /bin/sh to close an output with")
def test_a_run_without_a_place_for_errors_comes_to_its_verdict(workshop: Workshop) -> None:
    ended = workshop.run(["/bin/sh", "-c", f'exec "$0" run reference {TWO[0]} -q 2>&-', *dasnet()])
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("dasnet_reference: conforming (1 pass)")


@pytest.fixture
def from_a_terminal() -> Iterator[None]:
    """Signals as they are for what was started from a terminal, whoever runs the tests."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("from_a_terminal")
@pytest.mark.parametrize(("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Signalled)])
def test_the_first_signal_waits_for_what_must_not_be_half_done(number: int, raised: type[BaseException]) -> None:
    done = []

    def once() -> None:
        with holding_back():
            os.kill(os.getpid(), number)
            done.append("first")
        done.append("never")

    def twice() -> None:
        with holding_back():
            os.kill(os.getpid(), number)
            os.kill(os.getpid(), number)
            done.append("never")

    for work in (once, twice):
        with pytest.raises(raised), ending_by_signals():
            work()
    assert done == ["first"]


@pytest.mark.usefixtures("from_a_terminal")
def test_an_interruption_while_reports_are_written_leaves_them_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*arguments: Any) -> list[Path]:
        os.kill(os.getpid(), signal.SIGINT)
        return write_reports(*arguments)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("dasnet_conformance.cli.run_command.write_reports", interrupted)
    assert main(["run", "reference", TWO[0], "--report-dir", "report"]) == 130
    assert capsys.readouterr().err.splitlines() == [
        "dasnet: the report in report is whole: everything had been judged",
        "dasnet: interrupted; no verdict",
    ]
    assert main(["verify-report", "report"]) == 0


def test_a_verdict_whose_report_has_no_room_is_told_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: Any) -> list[Path]:
        raise OSError(28, "No space left on device")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("dasnet_conformance.cli.run_command.write_reports", full)
    assert main(["run", "reference", TWO[0], "--report-dir", "report", "-q"]) == 3
    told = capsys.readouterr()
    assert told.err == "dasnet: the reports cannot be written to report: No space left on device\n"
    assert told.out.startswith("dasnet_reference: conforming (1 pass)")
