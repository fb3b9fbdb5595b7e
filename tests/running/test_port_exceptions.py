"""An exception of a Python port is told with where it came from, and a call that hangs with every thread's stack."""

from __future__ import annotations

from typing import Final

from conformance_tools import Workshop

#: Its send falls over a name that does not exist, two calls deep.
RAISING: Final = """
class Server(Sound):
    def send(self, data, size=None):
        return self.write_out(data)

    def write_out(self, data):
        return len(data) + self.no_such_field
"""

#: Its send of size 0 waits for a thread that waits for ever.
TWO_THREADS: Final = """
import threading

class Server(Sound):
    def send(self, data, size=None):
        if size:
            return super().send(data, size)
        worker = threading.Thread(target=self.write_for_ever, name="writer", daemon=True)
        worker.start()
        worker.join()

    def write_for_ever(self):
        threading.Event().wait()
"""

ONE: Final = "send.first-size-bytes"
ZERO: Final = "send.size-zero"


def test_a_failure_shows_where_in_the_port_the_exception_came_from(workshop: Workshop) -> None:
    implementation = workshop.module("raising", RAISING)
    row = workshop.dasnet("run", implementation, ONE, "--json").row(ONE)
    outer, inner = row["traceback"]
    assert outer.startswith(f"{workshop.folder / 'raising.py'}:")
    assert outer.endswith("in send: return self.write_out(data)")
    assert inner.endswith("in write_out: return len(data) + self.no_such_field")
    screen = " ".join(workshop.dasnet("run", implementation, ONE).out.split())
    assert "in write_out: return len(data) + self.no_such_field" in screen


def test_the_page_has_it_too(workshop: Workshop) -> None:
    workshop.dasnet("run", workshop.module("raising", RAISING), ONE, "--report-dir", "report")
    assert "in write_out: return len(data) + self.no_such_field" in (workshop.folder / "report/index.html").read_text()


def test_a_check_that_passes_keeps_no_traceback(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", "reference", "restore.from-empty", "--json")
    assert ran.with_verdict("pass") == {"restore.from-empty"}
    assert all("traceback" not in row for row in ran.results()["requirements"])


def test_a_hang_shows_the_stack_of_every_thread(workshop: Workshop) -> None:
    row = workshop.dasnet(
        "run", workshop.module("two_threads", TWO_THREADS), ZERO, "--json", "--call-deadline", "1"
    ).row(ZERO)
    texts = [entry["text"] for entry in row["transcript"]]
    assert any("in send: worker.join()" in text for text in texts)
    place = texts.index("port: thread writer:")
    assert any("in write_for_ever: threading.Event().wait()" in text for text in texts[place:])
