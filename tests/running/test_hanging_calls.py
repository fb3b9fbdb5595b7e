"""A call of the port that does not come back fails where it hangs, is laid to the port, and tells a Python stack."""

from __future__ import annotations

import sys
from typing import Final

import pytest

from conformance_tools import Workshop

#: Hangs in send of size 0, and nowhere else.
HANGING: Final = """
import threading

class Server(Sound):
    def send(self, data, size=None):
        if size == 0:
            self.wait_for_ever()
        return super().send(data, size)

    def wait_for_ever(self):
        threading.Event().wait()
"""
ZERO: Final = "send.size-zero"


@pytest.fixture(params=["in process", "behind a driver"])
def implementation(request: pytest.FixtureRequest, workshop: Workshop) -> str:
    spec = workshop.module("hanging", HANGING)
    if request.param == "in process":
        return spec
    return f"driver:{sys.executable} -m dasnet_adapters.python_driver hanging"


def test_it_fails_where_it_hangs_with_the_line_and_the_rest_is_judged(implementation: str, workshop: Workshop) -> None:
    ran = workshop.judge(implementation, "send.size or send.first", "--call-deadline", "2")
    assert ran.with_verdict("fail") == {ZERO}
    assert len(ran.with_verdict("pass")) > 3
    row = ran.row(ZERO)
    assert row["message"].startswith("send did not return within 2 s; ")
    said = "\n".join(entry["text"] for entry in row["transcript"])
    assert "hanging.py" in said
    assert "in wait_for_ever" in said


def test_a_hang_while_a_check_is_set_up_is_laid_to_what_it_was_set_up_with(workshop: Workshop) -> None:
    source = HANGING.replace("def send(self, data, size=None)", "def save(self, size)").replace("size == 0", "True")
    ran = workshop.judge(
        workshop.module("hanging", source), "restore.listening or save.moves-handle", "--call-deadline", "2"
    )
    assert ran.with_verdict("fail") == {"restore.listening", "save.moves-handle"}
    assert ran.row("save.moves-handle")["blocked_by"] == ""
    assert ran.row("restore.listening")["blocked_by"] != ""


@pytest.mark.parametrize("way", ["in process", "behind a driver"])
def test_a_death_while_a_check_is_set_up_is_laid_to_what_it_was_set_up_with(way: str, workshop: Workshop) -> None:
    source = "import os\n\nclass Server(Sound):\n    def save(self, *_):\n        os.abort()\n"
    spec = workshop.module("dying", source)
    if way == "behind a driver":
        spec = f"driver:{sys.executable} -m dasnet_adapters.python_driver dying"
    ran = workshop.judge(spec, "restore.listening or save.moves-handle")
    assert ran.with_verdict("inconclusive") == {"restore.listening", "save.moves-handle"}
    assert ran.row("save.moves-handle")["blocked_by"] == ""
    assert ran.row("restore.listening")["blocked_by"] == "save.moves-handle"


def test_a_driver_that_answered_nothing_yet_is_not_taken_for_a_port_that_hangs(workshop: Workshop) -> None:
    (workshop.folder / "mute.py").write_text("import sys\nfor line in sys.stdin:\n    pass\n", "utf-8")
    ran = workshop.dasnet("run", f"driver:{sys.executable} mute.py", "--call-deadline", "1")
    assert ran.status == 2
    assert "no answer to '1 hello 1' within 1 s" in ran.err


#: Behind a driver: destroying a server with a client ends the process, or never returns.
ENDINGS: Final = {"a crash": "os.abort()", "a hang": "threading.Event().wait()"}


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_happens_while_a_session_is_reset_is_charged_to_its_requirement(ending: str, workshop: Workshop) -> None:
    source = (
        "import os, threading\n\nclass Server(Sound):\n    def close(self):\n"
        f"        if self.has_session() and self.is_connected(): {ENDINGS[ending]}\n        super().close()\n"
    )
    workshop.module("stuck", source)
    ran = workshop.judge(
        f"driver:{sys.executable} -m dasnet_adapters.python_driver stuck",
        "tick.delivers-data or construct.succeeds",
        "--call-deadline",
        "2",
    )
    row = ran.row("tick.delivers-data")
    assert row["verdict"] == {"a crash": "inconclusive", "a hang": "fail"}[ending]
    assert "destroying what the check left (reset) did not return" in row["message"]
    assert "warning" not in ran.err


def test_a_destroy_that_never_returns_is_such_a_call_in_process(workshop: Workshop) -> None:
    source = (
        "import threading\n\nclass Server(Sound):\n    def close(self):\n"
        "        if self.has_session() and self.is_connected(): threading.Event().wait()\n        super().close()\n"
    )
    row = workshop.judge(workshop.module("stuck", source), "tick.delivers-data", "--call-deadline", "1").row(
        "tick.delivers-data"
    )
    assert row["verdict"] == "fail"
    assert "destroying what the check left did not return within 1 s" in row["message"]
