"""Right HTTP servers and clients that choose otherwise are played by `dasnet explore` too, which has to find nothing.

A few conversations each, for a test; what is wrong with the model shows in more of them, on any of the variants.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dasnet_conformance.explore.explorer import Explorer, Options
from dasnet_conformance.explore.playing.players import ProcessPlayer

#: Variants whose choice shows in conversations: in what is read, called back, answered, and in when a connection ends.
VARIANTS = (
    "always_invites",
    "answers_in_chunks",
    "chunks_become_length",
    "ends_where_callback_raises",
    "goes_on_behind_rejections",
    "joins_fields",
    "large_answers_end_the_connection",
    "lengths_differ",
    "small_steps",
    "takes_one_request",
    "the_third_answer_closes",
    "answers_leave_at_once",
    "answers_leave_in_the_next_tick",
    "hints_before_each_answer",
    "says_that_it_works",
    "tells_in_the_next_tick",
)


#: The same of clients: in what is asked, on which connection, when, and what is handed over.
CLIENT_VARIANTS = (
    "asks_in_advance",
    "asks_once_on_each",
    "connects_at_once",
    "expects_continue",
    "fields_are_joined",
    "host_is_the_clients",
    "large_bodies_in_chunks",
    "numbers_with_gaps",
    "reads_little",
    "reads_strictly",
    "refuses_odd_requests",
    "refuses_own_fields",
)


@pytest.mark.parametrize(
    ("name", "profile"), [*((name, "http") for name in VARIANTS), *((name, "http-client") for name in CLIENT_VARIANTS)]
)
def test_nothing_is_found_in_what_is_right(name: str, profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]))
    player = ProcessPlayer(f"python:latitude:{name}")
    try:
        options = Options(examples=20, steps=40, profiles=(profile,))
        finding = Explorer(player, options, lambda _: None).run().finding
    finally:
        player.close()
    assert finding is None, finding
