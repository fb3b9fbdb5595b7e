"""`dasnet doctor`: what it says of drivers in order and of modules; the broken drivers have a folder of their own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conformance_tools import Workshop, assert_one_line
from dasnet_adapters.contract import AdapterBroken
from dasnet_adapters.hints import HINTS
from dasnet_conformance.cli import doctor_command
from dasnet_conformance.doctor.examination import Doctor, examine_briefly
from dasnet_conformance.doctor.findings import BROKEN, NOTE, OK, Finding, symptom_of
from dasnet_conformance.running.target import Settings, Target

REFERENCE = f"driver:{sys.executable} -m dasnet_adapters.python_driver dasnet_reference"
OF_EVERYONE = [
    "hello",
    "unknown command",
    "commands",
    "lowlevel",
    "client",
    "client-lowlevel",
    "http",
    "http-client",
    "callbacks",
    "requests",
    "outcomes",
    "large amounts",
    "quiet",
]
OF_A_MODULE = [OF_EVERYONE[0], "module", *OF_EVERYONE[1:]]
OF_DRIVERS = ["bye", "end of input", "SIGTERM"]


def examine(spec: str, settings: Settings | None = None) -> tuple[bool, list[Finding]]:
    findings: list[Finding] = []
    in_order = Doctor(Target(spec, settings), findings.append).examine()
    return in_order, findings


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_driver_in_order_passes_every_step() -> None:
    in_order, findings = examine(REFERENCE)
    assert in_order
    assert [finding.step for finding in findings] == [*OF_EVERYONE[:2], "reset", *OF_EVERYONE[2:], *OF_DRIVERS]
    assert {finding.state for finding in findings} == {OK}


#: The reference behind a driver that gives one answer by itself, to whatever begins with these words.
STUBBORN = """
import sys
from dasnet_adapters.python_driver import PythonDriver

def lines():
    for line in sys.stdin.buffer:
        number, *words = line.decode().split()
        if " ".join(words).startswith({begins!r}):
            sys.stdout.write(f"{{number}} {answer}\\n")
            sys.stdout.flush()
        else:
            yield line

PythonDriver("dasnet_reference", sys.stdout.buffer).serve(lines())
"""


def test_a_driver_that_makes_no_server_with_limits_is_in_order(tmp_path: Path) -> None:
    script = tmp_path / "driver.py"
    script.write_text(STUBBORN.format(begins="http_new ", answer="unsupported"), "utf-8")
    in_order, findings = examine(f"driver:{sys.executable} {script}")
    assert in_order, findings
    assert {finding.state for finding in findings} == {OK}, findings


def test_a_module_passes_the_steps_that_are_about_it() -> None:
    in_order, findings = examine("reference")
    assert in_order
    assert [(finding.step, finding.state) for finding in findings] == [(step, OK) for step in OF_A_MODULE]


def test_what_a_module_lacks_is_named(workshop: Workshop) -> None:
    name = workshop.module(
        "short_port", "class Server(Sound):\n    close = None\n\ndef server_restore(handle, obj): pass\n"
    )
    told = next(
        line for line in workshop.dasnet("doctor", name).out.splitlines() if line.startswith("note    module: ")
    )
    assert "there is no Server.close" in told
    assert "server_restore cannot be called with 3 arguments" in told
    assert "docs/reference-guide.md" in told


def test_no_deadline_is_one_of_the_ways() -> None:
    assert examine(REFERENCE, Settings(no_deadline=True))[0]


def test_a_module_that_cannot_be_imported_is_broken() -> None:
    in_order, findings = examine("python:no_such_module_anywhere")
    assert not in_order
    assert [(finding.step, finding.state) for finding in findings] == [("hello", BROKEN)]


def test_what_the_port_does_wrong_is_a_note_and_no_more(workshop: Workshop) -> None:
    name = workshop.module("silent_port", "class Server(Sound):\n    def tick(self): pass\n")
    ran = workshop.dasnet("doctor", name)
    assert ran.status == 0
    assert "note    callbacks: " in ran.out
    assert "`dasnet run`" in ran.out
    assert ran.out.splitlines()[-1].startswith("The module is in order, with ")


def test_a_part_that_is_missing_is_a_note(workshop: Workshop) -> None:
    name = workshop.module("partial_port", "del server_send\n")
    ran = workshop.dasnet("doctor", name)
    assert ran.status == 0
    assert "note    lowlevel: unsupported: server_send" in ran.out


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            "refused typeerror no%20such%20class",
            "note    commands: 'new' of class 0 is refused (typeerror: no such class); a ",
        ),
        ("unsupported", "ok      commands: "),
    ],
)
def test_a_plain_object_that_cannot_be_made_hides_nothing(workshop: Workshop, answer: str, told: str) -> None:
    script = workshop.folder / "driver.py"
    script.write_text(STUBBORN.format(begins="new 4 0", answer=answer), "utf-8")
    ran = workshop.dasnet("doctor", f"driver:{sys.executable} {script}")
    assert ran.status == 0
    assert told in ran.out
    assert "nothing can be judged" not in ran.out


def test_a_broken_driver_is_told_with_cause_step_and_exchange(workshop: Workshop) -> None:
    script = workshop.folder / "driver.sh"
    greeting = 'read -r line; echo "1 value 1 half 0.1 sh core"'
    script.write_text(f"{greeting}; read -r line; echo oops >&2; echo oops; sleep 9")
    ran = workshop.dasnet("doctor", f"driver:sh {script}")
    assert ran.status == 1
    lines = ran.out.splitlines()
    assert lines[0] == "ok      hello: half 0.1 (sh), profiles core"
    assert lines[1].startswith("broken  unknown command: 'oops' is no answer")
    hint = HINTS["stray-print"]
    assert lines[2:5] == [
        f"        likely: {hint.cause} (stray-print)",
        f"        next: {hint.step}",
        "        what was said last:",
    ]
    assert "          > 2 juggle 1 2 3" in lines
    assert "          < oops" in lines
    assert "          ! oops" in lines
    assert lines[-1].startswith("The driver is broken: ")


def test_a_build_that_fails_is_the_only_finding(workshop: Workshop) -> None:
    (workshop.folder / "dasnet.toml").write_text('command = "x"\nbuild = ["sh", "-c", "echo no compiler; exit 1"]')
    ran = workshop.dasnet("doctor", str(workshop.folder))
    assert ran.status == 1
    assert ran.out.startswith("broken  build: the implementation could not be built")
    assert "          no compiler" in ran.out.splitlines()
    assert len([line for line in ran.out.splitlines() if not line.startswith(" ")]) == 2


def test_two_names_for_one_implementation_are_told(tmp_path: Path) -> None:
    words = ["{python}", "-m", "dasnet_adapters.python_driver", "dasnet_reference"]
    (tmp_path / "dasnet.toml").write_text(f'name = "other"\ncommand = {words}')
    _, findings = examine(str(tmp_path))
    assert "dasnet.toml calls it other" in findings[0].text


@pytest.mark.parametrize("spec", ["refrence", "driver:", "missing.toml"])
def test_a_mistake_in_the_call_is_one_line(workshop: Workshop, spec: str) -> None:
    ran = workshop.dasnet("doctor", spec)
    assert (ran.status, ran.out) == (3, "")
    assert_one_line(ran.err)


def test_the_short_form_leaves_modules_alone_and_takes_a_driver_in_order() -> None:
    for spec in ("reference", REFERENCE):
        adapter = Target(spec).adapter()
        adapter.describe()
        examine_briefly(adapter)
        adapter.close()
        assert getattr(adapter, "closing_failures", []) == []


def test_a_symptom_is_known_by_its_hint() -> None:
    for name, hint in HINTS.items():
        assert symptom_of(AdapterBroken("", culprit="driver", hint=hint.text)) == name
    assert symptom_of(AdapterBroken("", culprit="driver", hint="something else")) == ""


def test_a_finding_is_harmless_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    doctor_command._show(Finding("hello", NOTE, "\x1b[31mred\nline"))
    assert capsys.readouterr().out.replace("\n", "").isprintable()
