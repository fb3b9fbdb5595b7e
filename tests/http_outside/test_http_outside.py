"""`http-port` on servers that answer first and pass over the body then: who ends the connection over it rejects it.

Loopback sockets, and a process for the server.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from conformance_tools import Workshop

SERVER: Final = Path(__file__).parent / "passing_over.py"
OF_THE_BODY: Final = (
    "http-port.framing-chunk-size-invalid",
    "http-port.framing-chunk-size-huge",
    "http-port.framing-chunk-data-end",
    "http-port.framing-length-huge",
)


@contextmanager
def _serving(manner: str) -> Iterator[str]:
    command = [sys.executable, str(SERVER), *manner.split()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield f"http-port:127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.terminate()


def test_who_answers_and_ends_the_connection_over_a_body_has_rejected_it(workshop: Workshop) -> None:
    with _serving("ends") as server:
        ran = workshop.judge(server, " or ".join(OF_THE_BODY))
    assert ran.with_verdict("pass") == set(OF_THE_BODY), ran.out


@pytest.mark.parametrize("manner", ["goes on", "always ends"])
def test_who_goes_on_behind_such_a_body_or_ends_every_connection_has_shown_nothing(
    manner: str, workshop: Workshop
) -> None:
    with _serving(manner) as server:
        ran = workshop.judge(server, OF_THE_BODY[0])
    assert ran.with_verdict("fail") == {OF_THE_BODY[0]}, ran.out


def test_a_line_that_is_none_may_be_answered_with_another_address(workshop: Workshop) -> None:
    with _serving("redirects") as server:
        ran = workshop.judge(server, "http-port.request-line-invalid", "--strict")
    assert ran.status == 0, ran.out
