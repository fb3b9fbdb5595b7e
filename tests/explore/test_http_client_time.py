"""Short scripts about HTTP clients and time: limits in ticks, answers that come early, and bodies that nobody reads.

Every script is also played on the sound client and on the reference, where it must come to its end.
"""

from __future__ import annotations

import pytest
from divergence_scenes import Case, check, named
from http_client_scenes import (
    CLOSE,
    INIT,
    OPEN,
    PAUSE,
    QUERY,
    RELOAD,
    REST,
    RESTORE,
    RESTORE_2,
    RESUME,
    SAVE,
    SETTLE,
    SILENT,
    TICK,
    UNREAD,
    UPLOAD,
    WORKING,
    asks,
    cancels,
    ends,
    limits,
    part,
    reacts,
    replies,
    ticks,
)

from conftest import Play

pytestmark = pytest.mark.usefixtures("wrong_servers")

NEXT = SETTLE + asks() + SETTLE + replies() + SETTLE
PREPARED = replies(200, "a length", 1000, how="prepare")

STALLS: list[Case] = [
    (
        "stall_is_ignored",
        limits(60) + OPEN + asks() + ticks(100),
        "http-client-limits.stall",
        "a failure of exchange 1",
    ),
    ("stall_at_half", limits(60) + OPEN + asks() + ticks(40), "http-client-limits.stall", "asked 40 ticks before"),
    (
        "stall_before_the_first_byte_only",
        limits(60) + OPEN + asks() + ticks(5) + PREPARED + part(10) + ticks(150),
        "http-client-limits.stall",
        "a failure of exchange 1",
    ),
    (
        "waiting_is_stalling",
        limits(100) + OPEN + asks() + asks() + ticks(10) + (PREPARED + part(10) + ticks(40)) * 3,
        "http-client-limits.stall-not-by-drops",
        "a failure of exchange 2",
    ),
    (
        "stall_counts_all_ticks",
        limits(100) + OPEN + asks() + ticks(10) + (PREPARED + part(10) + ticks(40)) * 3,
        "http-client-limits.stall-not-by-drops",
        "asked 1",
    ),
    (
        "stalls_since_the_last_received",
        limits(60) + OPEN + asks() + SETTLE + replies() + SETTLE + ticks(100) + asks(),
        "http-client-limits.stall-not-idle",
        "asked 1 ticks before",
    ),
    (
        "connecting_never_stalls",
        limits(60) + SILENT + asks() + ticks(200),
        "http-client-limits.stall-everywhere",
        "a failure of exchange 1",
    ),
    (
        "sending_never_stalls",
        limits(60) + UNREAD + ticks(1_700) + SETTLE,
        "http-client-limits.stall-everywhere",
        "a failure of exchange 1",
    ),
    (
        "sent_bytes_are_no_move",
        limits(100) + UNREAD + ticks(40) + RESUME + SETTLE + ticks(40) + SETTLE,
        "http-client-limits.stall-not-while-sending",
        "a failure of exchange 1",
    ),
    (
        "reload_forgets_to_stall",
        limits(60) + OPEN + asks() + ticks(5) + RELOAD + ticks(100),
        "http-client-reload.limits",
        "a failure of exchange 1",
    ),
]

DEADLINES: list[Case] = [
    ("deadline_is_ignored", limits(0, 80) + OPEN + asks() + ticks(100), "http-client-limits.deadline", "a failure of"),
    ("deadline_is_early", limits(0, 80) + OPEN + asks() + ticks(50), "http-client-limits.deadline", "asked 40 ticks"),
    (
        "deadline_from_the_last_byte",
        limits(0, 80) + OPEN + asks() + SETTLE + PREPARED + (ticks(40) + part(10)) * 2,
        "http-client-limits.deadline",
        "a failure of exchange 1",
    ),
    (
        "deadline_is_ignored",
        limits(0, 80) + OPEN + asks() + ticks(130) + replies(),
        "http-client-limits.deadline",
        "a response 200",
    ),
    (
        "interim_begins_the_deadline_anew",
        limits(0, 80) + OPEN + asks() + ticks(10) + WORKING + ticks(40) + WORKING + ticks(40),
        "http-client-limits.deadline",
        "a failure of exchange 1",
    ),
    (
        "waiting_is_never_late",
        limits(0, 80) + OPEN + asks() + asks() + ticks(100),
        "http-client-limits.deadline",
        "a failure of exchange 2",
    ),
    (
        "connecting_is_never_late",
        limits(0, 60) + SILENT + asks() + ticks(100),
        "http-client-limits.deadline-everywhere",
        "a failure of exchange 1",
    ),
    (
        "sending_is_never_late",
        limits(0, 60) + UNREAD + ticks(100) + SETTLE,
        "http-client-limits.deadline-everywhere",
        "a failure of exchange 1",
    ),
    (
        "reload_forgets_limits",
        limits(0, 80) + OPEN + asks() + ticks(40) + RELOAD + ticks(60),
        "http-client-reload.deadline-goes-on",
        "a failure of exchange 1",
    ),
]

EARLY: list[Case] = [
    (
        "reads_when_all_is_sent",
        UNREAD + replies(413, manner="close") + SETTLE,
        "http-client-connection.early-answer",
        "which was answered",
    ),
    (
        "early_answer_stops_the_body",
        UNREAD + replies() + SETTLE + RESUME + SETTLE,
        "http-client-connection.early-body-whole",
        "the rest of POST",
    ),
    (
        "unsent_is_lost",
        UNREAD + ticks(40) + RESUME,
        "http-client-connection.server-slow-to-read",
        "the rest of POST",
    ),
    (
        "saving_inside_loses_outcomes",
        OPEN + asks() + asks() + reacts("save", "failure") + CLOSE + TICK + RESTORE_2,
        "http-client-reload.failure-to-tell",
        "a failure of exchange 2",
    ),
    (
        "saving_inside_tells_the_old",
        OPEN + asks() + asks() + reacts("save", "failure") + CLOSE + TICK,
        "http-client-reload.inside-callback",
        "whose handle was saved inside a callback",
    ),
]


@pytest.mark.parametrize("case", named([*STALLS, *DEADLINES, *EARLY]))
def test_it_is_found_and_named(play: Play, case: Case) -> None:
    check(play, case)


FINE = {
    "a stall, and then the next one": limits(60) + OPEN + asks() + ticks(100) + NEXT,
    "a deadline, and then the next one": limits(0, 60) + OPEN + asks() + asks() + ticks(100) + NEXT,
    "limits that are never reached": limits(100, 1_000) + OPEN + asks() + SETTLE + replies() + NEXT,
    "an answer at the last moment": limits(0, 60) + OPEN + asks() + ticks(58) + replies() + NEXT,
    "an answer by drops": limits(60) + OPEN + asks() + SETTLE + PREPARED + (part(10) + ticks(40)) * 4 + REST + NEXT,
    "nobody answers a connection": limits(60) + SILENT + asks() + asks() + ticks(200) + CLOSE + INIT + NEXT,
    "nobody answers a connection, without limits": SILENT + asks() + ticks(200) + CLOSE + INIT + NEXT,
    "an unread body stalls": limits(60) + UNREAD + ticks(1_700) + SETTLE + RESUME + NEXT,
    "an unread body and a deadline": limits(0, 60) + UNREAD + ticks(100) + RESUME + NEXT,
    "a body that is read late": UNREAD + ticks(200) + RESUME + SETTLE + replies() + NEXT,
    "a body that is read late over a reload": UNREAD + RELOAD + ticks(20) + RESUME + SETTLE + replies() + NEXT,
    "what is unread is cancelled": UNREAD + cancels() + NEXT,
    "what is unread is closed": UNREAD + CLOSE + INIT + NEXT,
    "what is unread is left": "".join(UNREAD + ends(how) + NEXT for how in ("half-close", "close", "reset")),
    "an early answer": UNREAD + replies() + SETTLE + RESUME + NEXT,
    "an early answer over a reload": UNREAD + SAVE + replies() + RESTORE + SETTLE + RESUME,
    "an early answer that says close": UNREAD + replies(413, manner="close") + NEXT,
    "an early answer until the end, then close": UNREAD
    + replies(200, "until close")
    + SETTLE
    + CLOSE
    + SETTLE
    + RESUME,
    "an early answer until the end": UNREAD + replies(200, "until close") + NEXT,
    "an early answer, and a request behind what is not read": UNREAD + replies() + SETTLE + asks() + SETTLE + RESUME,
    "an early answer and a reset": UNREAD + replies() + ends("reset") + NEXT,
    "an early answer in pieces": UNREAD + PREPARED + part(50) + TICK + REST + NEXT,
    "working, and working": OPEN + asks() + SETTLE + WORKING * 3 + TICK + WORKING + replies() + NEXT,
    "limits of another object": limits(60, 60) + OPEN + limits() + asks() + SETTLE + SAVE + RESTORE + SETTLE + QUERY,
    "a pause before anything is asked": OPEN + PAUSE + asks() + SETTLE + replies() + SETTLE + UPLOAD + SETTLE,
    "everything inside a failure": "".join(
        OPEN.replace("client 1", f"client {label}")
        + asks(label=label) * 2
        + f"host: HTTP client {label} reacts to a failure by {action}\nhost: close HTTP client {label}\n"
        + SETTLE
        for label, action in enumerate(("raise", "tick", "destroy"), 1)
    ),
    "a save inside a failure": OPEN + asks() + asks() + reacts("save", "failure") + CLOSE + TICK + RESTORE_2 + SETTLE,
    "closed inside a failure, behind which there is a response": OPEN
    + reacts("close", "failure")
    + asks()
    + asks()
    + TICK
    + replies()
    + cancels("the last request that waits")
    + SETTLE,
    "a limit that is none": limits(5, 1) + OPEN + NEXT,
}


@pytest.mark.parametrize("name", FINE)
@pytest.mark.parametrize("implementation", ["reference", "python:dasnet_conformance.proof.faults.sound"])
def test_what_is_right_is_let_pass(play: Play, implementation: str, name: str) -> None:
    assert play(implementation, FINE[name]) is None
