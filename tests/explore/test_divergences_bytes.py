"""Short scripts on wrong servers: what the model finds in each, which requirement it names, and in which words.

Here: bytes, in both directions, and the ends of connections.
Every script is also played on the sound server, where it must come to its end.
"""

from __future__ import annotations

import pytest
from divergence_scenes import (
    CLOSE,
    HALF,
    OPEN,
    PEER_1,
    PEER_2,
    READ,
    RELOAD,
    RESET,
    RESTORE,
    SAVE,
    SEND,
    SETTLE,
    STALL,
    TAKEN,
    TEN,
    TICK,
    Case,
    check,
    named,
    reacts,
)

from conftest import Play

pytestmark = pytest.mark.usefixtures("wrong_servers")

DATA: list[Case] = [
    ("counts_wide_characters", TAKEN + TEN + SETTLE, "data.size-matches", "10 bytes with the size 5"),
    ("nothing_is_an_empty_delivery", TAKEN, "data.never-empty", "data on object 1 with no bytes"),
    (
        "delivers_before_telling",
        OPEN + PEER_1 + TEN + SETTLE,
        "data.none-before-connect",
        "data on object 1, which has no client",
    ),
    (
        "delivers_before_telling",
        TAKEN + CLOSE + SETTLE + PEER_2 + "peer 2: send 10 bytes\n" + SETTLE,
        "data.none-after-disconnect",
        "data on object 1, which has no client",
    ),
    (
        "reads_from_everyone",
        TAKEN + PEER_2 + "peer 2: send 10 bytes\n" + SETTLE,
        "tick.second-client-data-withheld",
        "data on object 1 from peer 2, which waits",
    ),
    (
        "takes_new_client_for_the_old",
        TAKEN + SAVE + CLOSE + PEER_2 + "peer 2: send 10 bytes\n" + RESTORE + SETTLE,
        "data.belongs-to-its-client",
        "data on object 2 from peer 2, while peer 1 is its client",
    ),
    (
        "strips_the_eighth_bit",
        TAKEN + TEN + SETTLE,
        "data.interleaved-with-ticks",
        "10 bytes from peer 1 at byte 0 of the 10 that it sent are not what was sent",
    ),
    (
        "strips_the_eighth_bit",
        TAKEN + TEN + HALF + SETTLE,
        "data.half-close",
        "10 bytes from peer 1 at byte 0 of the 10 that it sent are not what was sent",
    ),
    # A peer that left and came again is another client: its number alone would not say which.
    (
        "strips_the_eighth_bit",
        TAKEN + CLOSE + SETTLE + PEER_1 + TEN + SETTLE,
        "tick.second-client-early-data",
        "10 bytes from peer 1 (connection 2) at byte 0 of the 10 that it sent are not what was sent",
    ),
    (
        "nested_tick_delivers_again",
        OPEN + reacts("data", "tick") + PEER_1 + TEN + SETTLE,
        "data.interleaved-with-ticks",
        "10 bytes from peer 1 at byte 10 of the 10 that it sent are those from byte 0 on: again",
    ),
    (
        "lone_byte_taken_for_probe",
        f"{TAKEN}peer 1: send 1 bytes\n{TICK}{TEN}{SETTLE}",
        "data.interleaved-with-ticks",
        "10 bytes from peer 1 at byte 0 of the 11 that it sent are those from byte 1 on: some were left out",
    ),
]


@pytest.mark.parametrize("case", named(DATA))
def test_data_that_was_not_sent_so_is_found(play: Play, case: Case) -> None:
    check(play, case)


ARRIVED: list[Case] = [
    (
        "sends_to_everyone",
        TAKEN + PEER_2 + TICK + SEND + SETTLE,
        "tick.second-client-gets-nothing",
        "peer 2 was not taken, and received b'<1>",
    ),
    (
        "writes_to_those_who_wait",
        OPEN + PEER_1 + SETTLE,
        "send.refused-is-not-kept",
        "peer 1 was not taken, and received b'welcome'",
    ),
    (
        "writes_to_those_who_wait_next",
        TAKEN + CLOSE + SETTLE + PEER_2 + SETTLE,
        "send.not-to-the-next-client",
        "peer 2 was not taken, and received b'welcome'",
    ),
    (
        "queue_outlives_client",
        TAKEN + STALL + RESET + SETTLE + PEER_2 + SETTLE,
        "send.not-to-the-next-client",
        "at byte 0 of what peer 2 received: expected nothing (no more was sent), got b",
    ),
    (
        "sends_whole_buffer",
        f"{TAKEN}host: object 1 sends 1 of 10 bytes\n{SETTLE}",
        "send.first-size-bytes",
        "at byte 1 of what peer 1 received: expected nothing (no more was sent), got b'1>",
    ),
    (
        "size_zero_means_all",
        f"{TAKEN}host: object 1 sends 0 of 10 bytes\n{SETTLE}",
        "send.size-zero",
        "at byte 0 of what peer 1 received: expected nothing (no more was sent), got b'<1>",
    ),
    (
        "sends_last_size_bytes",
        f"{TAKEN}host: object 1 sends 1 of 10 bytes\n{SETTLE}",
        "send.many-calls",
        "at byte 0 of what peer 1 received: expected b'<', got b",
    ),
    (
        "queue_is_sent_again",
        TAKEN + STALL + RELOAD + READ + SETTLE,
        "save.queued-bytes-survive",
        "of what peer 1 received: expected b",
    ),
]


@pytest.mark.parametrize("case", named(ARRIVED))
def test_bytes_at_a_peer_that_were_not_sent_to_it_are_found(play: Play, case: Case) -> None:
    check(play, case)


ENDED: list[Case] = [
    (
        "save_drops_client",
        TAKEN + SAVE,
        "save.client-stays",
        "peer 1 sees end of file while the handle was in an orphan, though nobody closed its server",
    ),
    (
        "turns_second_client_away",
        TAKEN + PEER_2 + SETTLE,
        "tick.second-client-not-lost",
        "peer 2 sees end of file while it waited",
    ),
    (
        "restore_forgets_client",
        TAKEN + RELOAD,
        "restore.connected",
        "peer 1 sees end of file after a reload",
    ),
    (
        "size_zero_ends_connection",
        f"{TAKEN}host: object 1 sends 0 of 10 bytes\n",
        "query.is-connected-follows-client",
        "peer 1 sees end of file while it was the client",
    ),
]


@pytest.mark.parametrize("case", named(ENDED))
def test_a_connection_that_ends_for_no_reason_is_found(play: Play, case: Case) -> None:
    check(play, case)


WITHIN_A_RELOAD: list[Case] = [
    (
        "departed_in_reload_said_nothing",
        TAKEN + SAVE + TEN + CLOSE + RESTORE + SETTLE,
        "restore.departed-with-data",
        "10 of 10 bytes of peer 1 undelivered",
    ),
    (
        "loses_last_chunk",
        TAKEN + RELOAD + TEN + CLOSE + SETTLE,
        "data.send-and-close",
        "10 of 10 bytes of peer 1 undelivered",
    ),
    (
        "save_discards_unread",
        TAKEN + TEN + RELOAD + SETTLE,
        "restore.unread-before-save",
        "10 of 10 bytes of peer 1 are not delivered",
    ),
    (
        "restore_discards_unread",
        TAKEN + SAVE + TEN + RESTORE + SETTLE,
        "restore.bytes-while-orphaned",
        "10 of 10 bytes of peer 1 are not delivered",
    ),
]


@pytest.mark.parametrize("case", named(WITHIN_A_RELOAD))
def test_what_a_reload_loses_is_named_by_when_it_came(play: Play, case: Case) -> None:
    check(play, case)
