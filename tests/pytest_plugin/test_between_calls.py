"""A callback while the host makes no call is a finding of its own, in whatever check it comes."""

from __future__ import annotations

from typing import Final

from conformance_tools import Workshop

#: Calls back on a thread, and after a save alone: none but the checks about saving see it.
TELLS_LATER: Final = """
import threading

class Server(Sound):
    def save(self, shared_orphan):
        super().save(shared_orphan)
        thread = threading.Thread(target=self.on_error, args=("saved", 1))
        thread.start()
        thread.join()
"""
SILENCE: Final = "tick.nothing-between-calls"


def test_it_fails_a_requirement_of_its_own_and_leaves_the_check_as_it_was(workshop: Workshop) -> None:
    ran = workshop.judge(workshop.module("later", TELLS_LATER), f"{SILENCE} or save.fires-nothing or save.holds-handle")
    assert ran.status == 1
    assert ran.with_verdict("fail") >= {SILENCE}
    row = ran.row(SILENCE)
    assert "in the check of save." in row["message"]
    assert "error 1: saved" in row["message"]
    assert any("OUTSIDE ANY CALL" in entry["text"] for entry in row["transcript"])


def test_a_run_without_that_requirement_says_so(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", workshop.module("later", TELLS_LATER), "save.moves-handle")
    assert f"callbacks fired while the host made no call ({SILENCE})" in ran.err + ran.out


def test_a_line_for_the_log_may_come_at_any_time(workshop: Workshop) -> None:
    source = TELLS_LATER.replace('self.on_error, args=("saved", 1)', 'self.on_log, args=("saved",)')
    ran = workshop.judge(workshop.module("later", source), f"{SILENCE} or save.moves-handle")
    assert ran.status == 0, ran.err
