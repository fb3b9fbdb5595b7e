"""Runs of implementation files, and the options that say how an implementation is reached. Real runs on loopback."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from conformance_tools import Workshop, assert_one_line, pytest_of_the_suite
from dasnet_adapters import UsageError
from dasnet_adapters.contract import CORE, LOWLEVEL
from dasnet_conformance.running.target import Settings, Target
from dasnet_conformance.stage.bounds import CHECK_DEADLINE, SANITY_DEADLINE

REFERENCE = 'command = ["{python}", "-m", "dasnet_adapters.python_driver", "dasnet_reference"]\n'
COUNTING = 'build = ["sh", "-c", "echo building; echo x >> built"]\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "dasnet.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("named", ["the file", "its directory", "nothing"])
def test_a_file_is_all_that_a_run_needs(workshop: Workshop, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    path = write(workshop.folder, REFERENCE + COUNTING)
    monkeypatch.chdir(workshop.folder)
    words = {"the file": [str(path)], "its directory": ["."], "nothing": []}[named]
    ran = workshop.dasnet("run", *words, "init.free-port", "-n", "2")
    assert ran.status == 0, ran.out + ran.err
    assert (workshop.folder / "built").read_text() == "x\n", "the build runs once, in whatever many processes"
    assert "building" not in ran.out + ran.err


def test_nothing_named_and_no_file_here_is_a_mistake(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workshop.folder)
    for command in ("run", "doctor"):
        ran = workshop.dasnet(command)
        assert ran.status == 3
        assert_one_line(ran.err)
        assert "dasnet.toml" in ran.err


def test_a_build_that_fails_ends_the_run_with_its_last_lines(workshop: Workshop) -> None:
    path = write(workshop.folder, REFERENCE + 'build = ["sh", "-c", "echo no compiler >&2; exit 7"]\n')
    ran = workshop.dasnet("run", str(path))
    assert (ran.status, ran.out) == (2, "")
    first, second = ran.err.splitlines()
    assert first.startswith("dasnet: the implementation could not be built: ")
    assert "status 7" in first
    assert second == "  no compiler"


def test_a_host_of_the_file_that_has_no_address_is_a_mistake(workshop: Workshop) -> None:
    path = write(workshop.folder, REFERENCE + 'peer-host = "no.such.host.invalid"\n')
    ran = workshop.dasnet("run", str(path), "init.free-port")
    assert (ran.status, ran.out) == (3, "")
    assert_one_line(ran.err)
    assert "peers find no address of 'no.such.host.invalid': " in ran.err


def test_exclusions_and_profiles_of_the_file_count(workshop: Workshop) -> None:
    text = REFERENCE + 'profiles = ["core"]\nexclude = { "init.free-port" = "not today" }\n'
    path = write(workshop.folder, text)
    ran = workshop.dasnet("run", str(path), "--json", "-k", "free-port or init.port-negative")
    assert ran.status == 0, ran.err
    assert ran.verdicts() == {"init.free-port": "excluded", "init.port-negative": "pass"}
    assert ran.row("init.free-port")["excluded_reason"] == "not today"
    profiles = {each["name"]: each["status"] for each in ran.results()["profiles"]}
    assert profiles[LOWLEVEL] == "not claimed"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('exclude = { "init.fre-port" = "typing error" }', "init.fre-port"),
        ('profiles = ["core", "http-port"]', "http-port"),
        ('comand = "x"', "comand"),
        ("deadline = 0", "deadline"),
    ],
)
def test_a_mistake_in_the_file_is_one_line(workshop: Workshop, text: str, named: str) -> None:
    path = write(workshop.folder, f"{REFERENCE}{text}\n")
    ran = workshop.dasnet("run", str(path), "init.free-port")
    assert (ran.status, ran.out) == (3, "")
    assert_one_line(ran.err)
    assert named in ran.err
    assert "dasnet.toml" in ran.err


def test_the_environment_and_the_deadlines_of_the_file_reach_the_checks(workshop: Workshop) -> None:
    driver = workshop.folder / "driver.sh"
    driver.write_text(
        'read -r line; echo "1 value 1 $DRIVER_NAME 0.1 sh core"; read -r line; echo "2 unsupported"\nsleep 100'
    )
    text = f'command = ["sh", "{driver}"]\ndeadline = 0.3\nenv = {{ DRIVER_NAME = "slow" }}\n'
    ran = workshop.dasnet("run", str(write(workshop.folder, text)))
    assert ran.status == 2
    assert "no answer to '3 reset' within 0.3 s" in ran.err
    assert "  < 1 value 1 slow 0.1 sh core" in ran.err.splitlines()


def test_the_command_line_goes_before_the_file(workshop: Workshop) -> None:
    driver = workshop.folder / "driver.sh"
    driver.write_text("sleep 100")
    path = write(workshop.folder, f'command = ["sh", "{driver}"]\ndeadline = 90\n')
    ran = workshop.dasnet("run", str(path), "--call-deadline", "0.2")
    assert ran.status == 2
    assert "within 0.2 s" in ran.err


def test_a_plain_pytest_run_takes_a_file_too(workshop: Workshop) -> None:
    path = write(workshop.folder, REFERENCE + COUNTING)
    options = ("--dasnet-implementation", str(path), "--dasnet-call-deadline", "30", "-k", "init.free-port")
    ran = workshop.run(pytest_of_the_suite(*options))
    assert ran.status == 0, ran.out + ran.err
    assert (workshop.folder / "built").read_text() == "x\n"
    path.write_text("nonsense = 1")
    ran = workshop.run(pytest_of_the_suite(*options))
    assert ran.status == 4
    assert "unknown key 'nonsense'" in ran.err


def test_no_deadline_is_not_for_two(workshop: Workshop) -> None:
    for option in ("--call-deadline", "--deadline"):
        ran = workshop.dasnet("run", "reference", "--no-deadline", option, "3")
        assert ran.status == 3
        assert_one_line(ran.err)


def test_a_driver_that_does_not_stop_is_told_and_changes_no_verdict(workshop: Workshop) -> None:
    driver = workshop.folder / "driver.py"
    driver.write_text(
        "import os, subprocess, sys\n"
        f"os.environ['PYTHONPATH'] = {os.pathsep.join(filter(None, sys.path))!r}\n"
        "subprocess.run([sys.executable, '-m', 'dasnet_adapters.python_driver', 'dasnet_reference'])\n"
        "sys.exit(9)\n"
    )
    path = write(workshop.folder, f'command = ["{{python}}", "{driver}"]\n')
    ran = workshop.dasnet("run", str(path), "init.free-port")
    assert ran.status == 0, ran.out
    assert "warning: the driver exited with status 9 after answering bye" in ran.out
    assert f"`dasnet doctor {path}`" in ran.out
    ran = workshop.dasnet("run", str(path), "init.free-port", "--json")
    assert ran.status == 0
    assert "warning: the driver exited with status 9" in ran.err


def test_what_a_driver_said_last_stands_in_the_results(workshop: Workshop) -> None:
    driver = workshop.folder / "driver.py"
    driver.write_text(
        "import sys\n"
        f"sys.path[:] = {sys.path!r}\n"
        "from dasnet_adapters.python_driver import PythonDriver\n"
        "def lines():\n"
        "    for line in sys.stdin.buffer:\n"
        "        if b' holds ' in line:\n"
        "            sys.exit('the port gave up')\n"
        "        yield line\n"
        "PythonDriver('dasnet_reference', sys.stdout.buffer).serve(lines())\n"
    )
    path = write(workshop.folder, f'command = ["{{python}}", "{driver}"]\n')
    ran = workshop.dasnet("run", str(path), "--json", "save.moves-handle")
    assert ran.status == 2
    texts = [entry["text"] for entry in ran.row("save.moves-handle")["transcript"]]
    assert "driver: ! the port gave up" in texts
    assert any(text.startswith("driver: > ") and " holds " in text for text in texts)
    json.dumps(texts)


# The settings, merged


def test_settings_are_merged_in_one_place(tmp_path: Path) -> None:
    path = write(tmp_path, REFERENCE + 'check-deadline = 5\npeer-host = "10.0.0.9"\n')
    target = Target(str(path))
    assert (target.check_deadline, target.sanity_deadline) == (5, 5)
    assert target.adapter().peer_host == "10.0.0.9"
    given = Target(str(path), Settings(check_deadline=7, peer_host="10.0.0.1"))
    assert given.check_deadline == 7
    assert given.adapter().peer_host == "10.0.0.1"
    assert Target(str(path), Settings(no_deadline=True)).check_deadline == 0
    assert Target(str(path), Settings(no_deadline=True)).sanity_deadline == 0
    plain = Target("reference")
    assert (plain.check_deadline, plain.sanity_deadline) == (CHECK_DEADLINE, SANITY_DEADLINE)


def test_a_sanity_conversation_outlasts_a_command() -> None:
    assert Target("driver:x", Settings(call_deadline=20)).sanity_deadline == 30
    assert Target("driver:x", Settings(call_deadline=100)).sanity_deadline == CHECK_DEADLINE


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_deadlines_are_above_zero(seconds: float) -> None:
    for settings in (Settings(call_deadline=seconds), Settings(check_deadline=seconds)):
        with pytest.raises(UsageError, match="deadline"):
            Target("reference", settings)


def test_a_file_restricts_what_is_claimed_and_claims_nothing_itself(tmp_path: Path) -> None:
    assert Target("reference").claims((CORE, LOWLEVEL)) == (CORE, LOWLEVEL)
    target = Target(str(write(tmp_path, f'{REFERENCE}profiles = ["lowlevel"]')))
    assert target.claims((CORE, LOWLEVEL)) == (LOWLEVEL,)
    with pytest.raises(UsageError, match="lowlevel"):
        target.claims((CORE,))


@pytest.mark.parametrize(
    ("spec", "driver"),
    [("reference", False), ("python:a", False), ("driver:a", True), ("tcp:a:1", True)],
)
def test_a_driver_is_told_from_a_module(tmp_path: Path, spec: str, driver: bool) -> None:
    assert Target(spec).is_driver is driver
    if not spec.startswith(("reference", "driver")):
        assert Target(str(write(tmp_path, f'implementation = "{spec}"'))).is_driver is driver
