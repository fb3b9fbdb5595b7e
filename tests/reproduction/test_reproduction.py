"""A reproduction shows the failure again, without the suite: of drivers in C and in Python, and not of sound ones."""

from __future__ import annotations

import shlex
import socket
import sys
from pathlib import Path

import pytest
from repro_tools import compiled, judge, play, spec, standalone

from dasnet_conformance.reproduction.assembly import program

SHOWS = "the failure shows"
SHOWS_NOT = "the failure did not show"


@pytest.mark.parametrize(
    ("fault", "requirement", "came"),
    [
        ("connected-for-ever", "query.is-connected-follows-client", "true"),
        ("loses-large", "data.sizes", "0 bytes"),
        ("tells-twice", "callbacks.one-disconnect-per-client", ""),
    ],
)
def test_a_failure_shows_again_and_not_with_a_sound_driver(
    tmp_path: Path, fault: str, requirement: str, came: str
) -> None:
    # One size of many is enough; each costs the patience of a wait in vain.
    only = f"{requirement} and 1023" if requirement == "data.sizes" else requirement
    judge(spec(standalone(fault)), only, tmp_path / "reports")
    folder = tmp_path / "reports" / "repro" / requirement
    assert sorted(each.name for each in folder.iterdir()) == ["README.md", "reproduce.py", "script.txt"]
    again = play(folder, standalone(fault), tmp_path / "away")
    assert again.returncode == 1, again.stdout + again.stderr
    assert SHOWS in again.stdout.splitlines()[-1]
    told = dict(line.split(None, 1) for line in again.stdout.splitlines()[-8:] if len(line.split(None, 1)) == 2)
    assert told["requirement"] == requirement
    assert came in told["came"]
    sound = play(folder, standalone(), tmp_path / "away")
    assert sound.returncode == 0, sound.stdout + sound.stderr
    assert SHOWS_NOT in sound.stdout


def test_an_implementation_in_another_language(tmp_path: Path) -> None:
    never = ("NET_NULL_HANDLE : h->base.connection.fd >= 0;", "NET_NULL_HANDLE : h->listener >= 0;")
    faulty = compiled(tmp_path / "faulty", never)
    sound = compiled(tmp_path / "sound")
    assert judge(spec(faulty), "query.is-connected-follows-client", tmp_path / "reports").returncode == 1
    folder = tmp_path / "reports" / "repro" / "query.is-connected-follows-client"
    again = play(folder, faulty, tmp_path / "away")
    assert (again.returncode, SHOWS in again.stdout) == (1, True), again.stdout
    without = play(folder, sound, tmp_path / "away")
    assert (without.returncode, SHOWS_NOT in without.stdout) == (0, True), without.stdout


def test_a_driver_that_dies_does_so_again(tmp_path: Path) -> None:
    judge(spec(standalone("dies-at-size")), "send.size-beyond-buffer", tmp_path / "reports")
    folder = tmp_path / "reports" / "repro" / "send.size-beyond-buffer"
    again = play(folder, standalone("dies-at-size"), tmp_path / "away")
    assert again.returncode == 1, again.stdout
    assert "the driver ended, as recorded: the failure shows" in again.stdout
    assert play(folder, standalone(), tmp_path / "away").returncode == 0


def test_the_line_of_the_readme_works_and_another_run_clears_up(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    judge("python:dasnet_conformance.proof.faults:open_from_the_start", "adapter.opens-nothing", reports)
    folder = reports / "repro" / "adapter.opens-nothing"
    lines = (folder / "README.md").read_text("utf-8").splitlines()
    line = next(line for line in lines if line.startswith("    python3 reproduce.py "))
    words = shlex.split(line)[2:]
    assert words[-3:] == ["-m", "dasnet_adapters.python_driver", "dasnet_conformance.proof.faults:open_from_the_start"]
    assert play(folder, words, tmp_path / "away").returncode == 1
    judge("reference", "adapter.opens-nothing", reports)
    assert not (reports / "repro").exists()


def test_a_port_that_is_taken_today_is_exchanged(tmp_path: Path) -> None:
    fault = standalone("connected-for-ever")
    requirement = "query.is-connected-follows-client"
    judge(spec(fault), requirement, tmp_path / "reports")
    folder = tmp_path / "reports" / "repro" / requirement
    script = (folder / "script.txt").read_text("utf-8")
    recorded = next(line.split()[-1] for line in script.splitlines() if " init 1 " in line)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (folder / "script.txt").write_text(script.replace(recorded, str(port)), "utf-8")
        again = play(folder, fault, tmp_path / "away")
    assert f"port {port} may be taken: trying the next" in again.stdout
    assert again.returncode == 1, again.stdout


def test_a_failure_that_died_with_its_process_says_so(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    judge("python:dasnet_conformance.proof.faults:tick_without_handle_dies", "construct.tick-harmless", reports)
    folder = reports / "repro" / "construct.tick-harmless"
    readme = (folder / "README.md").read_text("utf-8")
    assert "cannot be played again" in readme
    assert "    dasnet run IMPLEMENTATION construct.tick-harmless\n" in readme
    ended = play(folder, standalone(), tmp_path / "away")
    assert ended.returncode == 2
    assert "died with the implementation" in ended.stderr


def test_every_folder_has_the_same_program(tmp_path: Path) -> None:
    fault = "python:dasnet_conformance.proof.faults:open_from_the_start"
    judge(fault, "adapter.opens-nothing or state.handle-made.is-open", tmp_path / "reports")
    texts = [each.read_bytes() for each in (tmp_path / "reports" / "repro").glob("*/reproduce.py")]
    assert len(texts) > 1
    assert set(texts) == {program().encode("utf-8")}


def test_a_passing_run_leaves_no_folder(tmp_path: Path) -> None:
    assert judge("reference", "adapter", tmp_path / "reports").returncode == 0
    assert not (tmp_path / "reports" / "repro").exists()


@pytest.mark.parametrize(
    ("arguments", "status"),
    [([], 3), (["--tcp", "127.0.0.1:1", "driver"], 3), (["--unknown", "x", "driver"], 3), (["/no/such/driver"], 2)],
)
def test_exit_status_of_mistakes(tmp_path: Path, arguments: list[str], status: int) -> None:
    folder = tmp_path / "repro"
    folder.mkdir()
    (folder / "reproduce.py").write_text(program(), "utf-8")
    (folder / "script.txt").write_text("     0  host    > 1 hello 1\n", "utf-8")
    ended = play(folder, arguments, tmp_path / "away")
    assert ended.returncode == status, ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_script_without_steps_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "repro"
    folder.mkdir()
    (folder / "reproduce.py").write_text(program(), "utf-8")
    (folder / "script.txt").write_text("# incomplete: it was too large\n", "utf-8")
    ended = play(folder, standalone(), tmp_path / "away")
    assert ended.returncode == 2
    assert "it was too large" in ended.stderr


@pytest.mark.parametrize(
    ("fault", "requirement"),
    [
        ("client_fails_to_send_silently", "client-send.without-connection-reports"),
        ("takes_refusal_for_connection", "connect.refused"),
        ("takes_silence_for_connection", "connect.silence-ends"),
        ("client_tells_reset_twice", "client-data.reset"),
        ("refused_is_refused_for_good", "http-client-connection.refused"),
    ],
)
def test_a_failure_of_a_client_shows_again_as_its_servers_are_played(
    tmp_path: Path, fault: str, requirement: str
) -> None:
    judge(f"python:dasnet_conformance.proof.faults:{fault}", requirement, tmp_path / "reports")
    folder = tmp_path / "reports" / "repro" / requirement
    driver = [sys.executable, "-m", "dasnet_adapters.python_driver", "dasnet_conformance.proof.faults:"]
    again = play(folder, [*driver[:-1], driver[-1] + fault], tmp_path / "away")
    assert (again.returncode, SHOWS in again.stdout) == (1, True), again.stdout + again.stderr
    sound = play(folder, [*driver[:-1], driver[-1] + "sound_server"], tmp_path / "away")
    assert (sound.returncode, SHOWS_NOT in sound.stdout) == (0, True), sound.stdout + sound.stderr
