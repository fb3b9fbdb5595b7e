"""`dasnet doctor` ends with a summary, whatever a module does to its process and whoever interrupts it."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from conformance_tools import Workshop, dasnet, with_signals
from dasnet_conformance.doctor.findings import BROKEN, Finding
from dasnet_conformance.doctor.step_runner import StepRunner

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")


@pytest.mark.parametrize(
    ("ending", "told"), [("os.abort()", "killed by SIGABRT"), ("os._exit(5)", "exit status 5")], ids=["abort", "exit"]
)
def test_a_module_that_ends_its_process_is_a_finding(workshop: Workshop, ending: str, told: str) -> None:
    name = workshop.module("ending", f"import os\n\nclass Server(Sound):\n    def send(self, *given): {ending}\n")
    ran = workshop.dasnet("doctor", name)
    assert ran.status == 1
    lines = ran.out.splitlines()
    assert f"broken  commands: the module ended the process in this step: {told}" in lines
    assert lines[-1] == "The module is broken: 1 finding."


def test_a_driver_that_is_killed_may_be_a_port_that_crashed(workshop: Workshop) -> None:
    source = "import os\n\nclass Server(Sound):\n    def send(self, *given): os.abort()\n"
    workshop.module("ending", source)
    ran = workshop.dasnet("doctor", f"driver:{sys.executable} -m dasnet_adapters.python_driver ending")
    assert ran.status == 1
    assert "a crash in the port" in ran.out
    assert ran.out.splitlines()[-1].startswith("The driver, or the port in it, is broken: ")


def test_a_module_that_ends_the_process_at_import_is_a_finding(workshop: Workshop) -> None:
    ran = workshop.dasnet("doctor", workshop.module("ending", "import os\nos._exit(5)\n"))
    assert ran.out.splitlines()[0] == "broken  hello: the module ended the process in this step: exit status 5"


def test_a_step_that_breaks_is_a_finding_and_the_next_goes_on() -> None:
    findings: list[Finding] = []
    begun: list[str] = []
    runner = StepRunner(findings.append, begun.append, bounded=True)
    runner.run("one", lambda: str(1 // 0))
    runner.run("two", lambda: "fine")
    runner.close()
    assert begun == ["one", "two"]
    assert (findings[0].state, findings[1].text) == (BROKEN, "fine")
    assert "the step itself broke (ZeroDivisionError" in findings[0].text


@pytest.mark.parametrize("kind", ["module", "driver"])
def test_an_interruption_is_told_with_what_was_found(workshop: Workshop, kind: str) -> None:
    source = "import threading\n\nclass Server(Sound):\n    def tick(self):\n        threading.Event().wait()\n"
    name = workshop.module("waiting", source)
    spec = name if kind == "module" else f"driver:{sys.executable} -m dasnet_adapters.python_driver waiting"
    command = [*dasnet(), "doctor", spec, "--no-deadline"]
    with subprocess.Popen(
        command,
        cwd=workshop.folder,
        env=workshop.environment(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=with_signals,
    ) as child:
        assert child.stdout is not None
        # The step before the one that waits has been told, so that this one has begun or is about to.
        last = "module" if kind == "module" else "reset"
        while not child.stdout.readline().startswith(f"ok      {last}"):
            pass
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    assert out.splitlines()[-1].startswith("Interrupted in the step '")
    assert out.splitlines()[-1].endswith("Nothing is said of the rest.")
    assert "Traceback" not in err
