"""Short scripts on wrong servers: what the model finds in each, which requirement it names, and in which words.

Here: what is due and does not happen, ports, objects; and what is merely unusual.
Every script is also played on the sound server, where it must come to its end.
"""

from __future__ import annotations

import pytest
from divergence_scenes import (
    CLOSE,
    DESTROY,
    HALF,
    LOW_SETTLE,
    NEW_2,
    OPEN,
    OPEN_2,
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

DUE: list[Case] = [
    (
        "takes_clients_rarely",
        OPEN + PEER_1,
        "tick.takes-pending-client",
        "peer 1 waits and is not taken: no connect callback on object 1 within 32 ticks",
    ),
    ("takes_clients_rarely", OPEN + PEER_1 + LOW_SETTLE, "server-tick.takes-client", "peer 1 waits and is not taken"),
    (
        "restored_port_is_deaf",
        OPEN + SAVE + PEER_1 + RESTORE,
        "restore.arrival-while-orphaned",
        "no connect callback on object 2",
    ),
    (
        "broken_pipe_ends_service",
        TAKEN + RESET + SEND + SEND + SETTLE + PEER_2,
        "tick.second-client-taken-after",
        "peer 2 waits and is not taken",
    ),
    (
        "half_close_leaves_it_connected",
        TAKEN + PEER_2 + HALF,
        "tick.second-client-taken-after",
        "peer 2 waits and is not taken",
    ),
    (
        "ignores_visits_that_are_over",
        OPEN + PEER_1 + TEN + CLOSE,
        "data.connect-send-close",
        "peer 1 waits and is not taken",
    ),
    (
        "exception_locks_tick",
        OPEN + reacts("connect", "raise") + PEER_1 + SETTLE + CLOSE + PEER_2,
        "callbacks.raise-keeps-serving",
        "peer 2 is not served after a callback raised within 32 ticks",
    ),
    (
        "exception_locks_tick",
        TAKEN + reacts("disconnect", "raise") + CLOSE + SETTLE + PEER_2,
        "callbacks.raise-keeps-serving",
        "peer 2 waits and is not taken",
    ),
    (
        "tells_again_after_raise",
        OPEN + reacts("connect", "raise") + PEER_1 + TICK + reacts("connect", "nothing") + TEN,
        "exceptions.every-client-told-once",
        "peer 1 is told of again after a callback raised",
    ),
    (
        "tells_again_after_raise",
        TAKEN + reacts("disconnect", "raise") + CLOSE + TICK + reacts("disconnect", "nothing") + PEER_2,
        "exceptions.disconnect-leaves-nobody",
        "disconnect on object 1, which has no client",
    ),
    (
        "failed_data_loses_the_rest",
        TAKEN + reacts("data", "raise") + "peer 1: send 70000 bytes\n" + SETTLE,
        "exceptions.data-waiting",
        "bytes of peer 1 are not delivered after a callback raised",
    ),
    (
        "failed_data_is_delivered_again",
        TAKEN + reacts("data", "raise") + TEN + TICK + reacts("data", "nothing") + SETTLE,
        "exceptions.data-waiting",
        "are those from byte 0 on: again",
    ),
    (
        "failed_data_clears_queue",
        TAKEN + reacts("data", "raise") + STALL + TEN + SETTLE + READ,
        "exceptions.queued-bytes",
        "have not arrived after a callback raised",
    ),
    (
        "half_close_drops_queue",
        TAKEN + STALL + HALF + SETTLE + READ,
        "endings.accepted-before-half-close",
        "sent to peer 1, which had shut down writing, have not arrived",
    ),
    (
        "reloads_in_a_byte",
        TAKEN + "host: reload object 1 300 times\n",
        "restore.connected",
        "peer 1 sees end of file after a reload",
    ),
    (
        "silent_client_ages",
        TAKEN + "host: tick object 1 1500 times\n",
        "query.is-connected-follows-client",
        "disconnect on object 1, and peer 1 is still there",
    ),
    (
        "reads_into_one_buffer",
        TAKEN + TEN + SETTLE + TEN + SETTLE,
        "buffers.delivered-stays",
        "what object 1 was given has changed since",
    ),
    (
        "sends_from_the_buffer_later",
        TAKEN + "host: object 1 sends 10 of 10 bytes and uses the buffer again\n" + SETTLE,
        "buffers.sent-then-overwritten",
        "at byte 0 of what peer 1 received",
    ),
    (
        "departure_shows_only_in_sending",
        TAKEN + CLOSE,
        "tick.notices-departure",
        "peer 1 left, and no disconnect callback tells so within 32 ticks",
    ),
    (
        "departure_shows_only_in_sending",
        TAKEN + CLOSE + LOW_SETTLE,
        "server-tick.departure",
        "peer 1 left, and no disconnect callback tells so",
    ),
    (
        "departure_shows_only_in_sending",
        TAKEN + HALF + SETTLE + CLOSE,
        "data.half-close-then-close",
        "peer 1 left, and no disconnect callback tells so",
    ),
    ("reset_is_no_departure", TAKEN + RESET, "data.abortive-close", "peer 1 left, and no disconnect callback"),
    (
        "misses_departure_in_reload",
        TAKEN + SAVE + CLOSE + RESTORE,
        "restore.departure-while-orphaned",
        "peer 1 left, and no disconnect callback tells so",
    ),
    (
        "waits_for_whole_lines",
        TAKEN + TEN,
        "tick.delivers-data",
        "10 of 10 bytes of peer 1 are not delivered within 32 ticks",
    ),
    ("waits_for_whole_lines", TAKEN + TEN + LOW_SETTLE, "server-tick.delivers", "10 of 10 bytes of peer 1"),
    (
        "early_bytes_are_thrown_away",
        TAKEN + CLOSE + PEER_2 + "peer 2: send 10 bytes\n",
        "tick.second-client-early-data",
        "10 of 10 bytes of peer 2 are not delivered",
    ),
    (
        "keeps_one_packet_while_orphaned",
        f"{TAKEN}{SAVE}peer 1: send 5000 bytes\n{RESTORE}",
        "restore.bytes-while-orphaned",
        "3976 of 5000 bytes of peer 1 are not delivered",
    ),
    (
        "rest_of_packet_is_lost",
        f"{TAKEN}{reacts('data', 'save to 1')}peer 1: send 1000 bytes\n{SETTLE}{RESTORE}",
        "save.same-packet-not-lost",
        "984 of 1000 bytes of peer 1 are not delivered",
    ),
    (
        "cuts_size_to_16_bits",
        f"{TAKEN}host: object 1 sends 70000 of 70000 bytes\n",
        "send.arrives",
        "65536 of 70000 bytes sent to peer 1 have not arrived within 32 ticks",
    ),
    (
        "queue_is_lost_at_save",
        TAKEN + STALL + RELOAD + READ,
        "save.queued-bytes-survive",
        "of 20000000 bytes sent to peer 1 have not arrived",
    ),
    (
        "destroy_forgets_client",
        TAKEN + DESTROY,
        "destroy.closes-client",
        "peer 1 sees no end of its connection within 32 ticks",
    ),
    (
        "destroy_keeps_those_waiting",
        OPEN + PEER_1 + DESTROY,
        "destroy.waiting-client",
        "peer 1 sees no end of its connection",
    ),
]


@pytest.mark.parametrize("case", named(DUE))
def test_what_never_happens_though_it_is_due_is_found(play: Play, case: Case) -> None:
    check(play, case)


PORTS: list[Case] = [
    (
        "closing_one_closes_all",
        f"{OPEN}{OPEN_2}host: destroy object 2\n{PEER_1}",
        "init.connectable-before-tick",
        "peer 1 connects to the port of object 1: ",
    ),
    ("save_closes_port", OPEN + SAVE + PEER_1, "save.listener-stays", "peer 1 connects to the port of object 1: "),
    (
        "closes_port_while_serving",
        TAKEN + PEER_2,
        "tick.second-client-not-lost",
        "peer 2 connects to the port of object 1: ",
    ),
    ("closes_port_at_restore", OPEN + RELOAD + PEER_1, "restore.listening", "peer 1 connects to the port of object 1"),
    (
        "quitter_closes_listener",
        OPEN + PEER_1 + CLOSE + TICK + PEER_2,
        "query.is-open-after-many-clients",
        "peer 2 connects to the port of object 1: ",
    ),
    ("destroy_forgets_port", OPEN + DESTROY, "destroy.frees-port", "still takes connections, and no server should"),
    (
        "listens_on_both_ports",
        f"{OPEN}host: init object 1 on port free",
        "init.already-open",
        "still takes connections, and no server should be there",
    ),
]


@pytest.mark.parametrize("case", named(PORTS))
def test_a_port_that_is_closed_too_early_or_too_late_is_found(play: Play, case: Case) -> None:
    check(play, case)


NO_LONGER_HELD: list[Case] = [
    (
        "full_orphan_loses_server",
        f"{OPEN}{SAVE}{OPEN_2}host: save object 2 to orphan 1\n",
        "save.into-full-orphan",
        "still takes connections, and no server should be there",
    ),
    (
        "replaced_server_keeps_port",
        f"{OPEN}{SAVE}{OPEN_2}host: restore object 2 from orphan 1\n",
        "restore.into-occupied",
        "still takes connections, and no server should be there",
    ),
    (
        "second_adapter_forgets_listener",
        f"{OPEN}host: make the adapter of object 1\n",
        "adapter.twice-leaks-no-listener",
        "still takes connections, and no server should be there",
    ),
]


@pytest.mark.parametrize("case", named(NO_LONGER_HELD))
def test_a_server_that_was_replaced_and_goes_on_is_found(play: Play, case: Case) -> None:
    check(play, case)


IDLE: list[Case] = [
    ("logs_every_tick", OPEN, "tick.idle-fires-nothing", "error or log in each of 33 ticks in a row"),
    ("nobody_is_an_error", OPEN, "tick.idle-fires-nothing", "error or log in each of 33 ticks in a row"),
    ("tick_fails", OPEN, "tick.idle-returns", "tick of object 1: refused (runtime-error: nobody there)"),
    (
        "null_server_tick_is_silent",
        "host: construct object 1 of class A\nhost: server_tick object 1 1 times",
        "server-tick.null-handle",
        "server_tick of a null handle: no error",
    ),
    (
        "save_leaves_orphan_empty",
        OPEN + SAVE,
        "save.moves-handle",
        "whether orphan 1 holds a handle: false",
    ),
]


@pytest.mark.parametrize("case", named(IDLE))
def test_a_tick_or_save_that_does_not_do_what_it_says_is_found(play: Play, case: Case) -> None:
    check(play, case)


OBJECTS: list[Case] = [
    (
        "one_object_at_a_time",
        "host: construct object 1 of class A\n" + NEW_2,
        "construct.succeeds",
        "constructing an object of class 2: expected no value, got refused",
    ),
    (
        "refuses_queries_in_ticks",
        TAKEN + reacts("data", "query") + TEN + SETTLE,
        "callbacks.open-inside",
        "a query of an object with a handle is refused",
    ),
]


@pytest.mark.parametrize("case", named(OBJECTS))
def test_an_object_that_turns_down_what_it_has_to_do_is_found(play: Play, case: Case) -> None:
    check(play, case)


#: What a conforming server may do that the sound one does not.
UNUSUAL = {
    "drops_client_at_raise": OPEN + reacts("connect", "raise") + PEER_1 + TICK + reacts("connect", "nothing") + PEER_2,
    "fails_after_raise": OPEN + reacts("connect", "raise") + PEER_1 + TICK + reacts("connect", "nothing") + TEN,
    "farewell_after_destroy": TAKEN + reacts("data", "destroy") + TEN,
    "small_queue, to a peer that reads again": TAKEN + STALL + READ,
    "small_queue, to a peer that breaks off": TAKEN + STALL + RESET + SETTLE + PEER_2,
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_is_merely_unusual_is_let_pass(play: Play, name: str) -> None:
    assert play(f"python:odd_servers:{name.partition(',')[0]}", UNUSUAL[name]) is None
