"""Short scripts on wrong servers: what the model finds in each, which requirement it names, and in which words.

Every script is also played on the sound server, where it must come to its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Play

from dasnet_conformance.faults.registry import SOUND, load_faults
from dasnet_conformance.faults.tools import LOST

OPEN = "host: open object 1 of class A\n"
OPEN_2 = "host: open object 2 of class B\n"
NEW_2 = "host: construct object 2 of class B\n"
PEER_1 = "peer 1: connect to object 1\n"
PEER_2 = "peer 2: connect to object 1\n"
SETTLE = "host: settle\n"
LOW_SETTLE = "host: settle by server_tick\n"
TAKEN = OPEN + PEER_1 + SETTLE
TICK = "host: tick object 1 1 times\n"
TICK_2 = "host: tick object 2 1 times\n"
SAVE = "host: save object 1 to orphan 1\n"
RESTORE = f"{NEW_2}host: restore object 2 from orphan 1\n"
RELOAD = f"{SAVE}host: restore object 1 from orphan 1\n"
REBIND = f"{NEW_2}host: server_restore the handle of object 1 to object 2\n"
DESTROY = "host: destroy object 1\n"
TEN = "peer 1: send 10 bytes\n"
CLOSE = "peer 1: close\n"
RESET = "peer 1: reset\n"
HALF = "peer 1: half-close\n"
SEND = "host: object 1 sends 5 of 5 bytes\n"
#: More than the systems on both sides of a loopback connection hold for a peer that does not read.
STALL = "peer 1: stop reading\n" + "host: object 1 sends 500000 of 500000 bytes\n" * 40
READ = "peer 1: read again\n"

#: What a wrong server is, the script, the requirement that is named, and a part of the message.
Case = tuple[str, str, str, str]


def reacts(callback: str, action: str) -> str:
    return f"host: object 1 reacts to {callback} by {action}\n"


@pytest.fixture(autouse=True)
def _own_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def _what_faults_forget() -> Iterator[None]:
    yield
    forgotten: list[Any] = []
    while LOST:
        forgotten.append(LOST.pop())
    while forgotten:
        each = forgotten.pop()
        if isinstance(each, tuple):
            forgotten.extend(each)
        elif hasattr(each, "close"):
            each.close()
    LOST.clear()


def check(play: Play, case: Case) -> None:
    name, script, requirement, words = case
    assert play(f"python:{SOUND}", script) is None
    divergence = play(load_faults()[name].adapter() if name in load_faults() else f"python:odd_servers:{name}", script)
    assert divergence is not None
    assert divergence.requirement == requirement
    assert words in divergence.message


def named(cases: list[Case]) -> list[Any]:
    return [pytest.param(case, id=f"{case[0]}-{case[2]}") for case in cases]


CALLS_THAT_FIRE: list[Case] = [
    ("open_counts_as_connect", OPEN, "init.fires-no-client-callback", "connect on object 1 in a call of init"),
    (
        "asking_takes_clients",
        f"{OPEN}{PEER_1}host: query object 1",
        "query.fires-nothing",
        "connect on object 1 in a call of has_session",
    ),
    (
        "asking_delivers",
        f"{TAKEN}{TEN}host: query object 1",
        "query.fires-nothing",
        "data on object 1 in a call of is_connected",
    ),
    (
        "asking_notices_departure",
        f"{TAKEN}{CLOSE}host: query object 1",
        "query.fires-nothing",
        "disconnect on object 1 in a call of is_connected",
    ),
    (
        "low_query_ticks",
        f"{OPEN}{PEER_1}host: query the handle of object 1",
        "query.fires-nothing",
        "connect on object 1 in a call of server_is_open",
    ),
    ("send_reads_first", TAKEN + TEN + SEND, "send.fires-no-client-callback", "data on object 1 in a call of send"),
    ("save_tells_departure", TAKEN + SAVE, "save.fires-nothing", "disconnect on object 1 in a call of save"),
    ("save_ticks_once_more", OPEN + PEER_1 + SAVE, "save.fires-nothing", "connect on object 1 in a call of save"),
    (
        "restore_ticks_at_once",
        OPEN + PEER_1 + SAVE + RESTORE,
        "restore.fires-nothing",
        "connect on object 2 in a call of restore",
    ),
    (
        "low_restore_ticks",
        OPEN + PEER_1 + REBIND,
        "server-restore.fires-nothing",
        "connect on object 2 in a call of server_restore",
    ),
]

WHO_HEARS: list[Case] = [
    (
        "early_tick_tells_departure",
        f"host: construct object 1 of class A\n{TICK}",
        "construct.tick-harmless",
        "disconnect on object 1 in a tick of object 1, which holds no handle",
    ),
    (
        "destroy_tells_later",
        TAKEN + DESTROY + TICK,
        "callbacks.none-after-destroy",
        "disconnect on object 1 in a tick of object 1, which holds no handle",
    ),
    (
        "saved_object_goes_on",
        TAKEN + SAVE + TEN + TICK,
        "save.saved-object-delivers-nothing",
        "data on object 1 in a tick of object 1, which holds no handle",
    ),
    (
        "saved_object_goes_on",
        TAKEN + SAVE + RESTORE + TEN + TICK,
        "restore.old-object-silent",
        "data on object 1 in a tick of object 1, which holds no handle",
    ),
    (
        "delivers_past_the_save",
        OPEN + reacts("data", "save to 1") + PEER_1 + TEN + SETTLE + RESTORE,
        "save.saved-object-delivers-nothing",
        "data on object 1 in a tick of object 1, which was saved inside a callback",
    ),
    (
        "destroy_inside_still_delivers",
        TAKEN + reacts("data", "destroy") + TEN + SETTLE,
        "callbacks.destroy-inside",
        "data on object 1 in a tick of object 1, which was destroyed inside a callback",
    ),
    (
        "two_farewells_after_destroy",
        TAKEN + reacts("data", "destroy") + TEN + SETTLE,
        "callbacks.destroy-inside",
        "disconnect on object 1 in a tick of object 1, which was destroyed inside a callback",
    ),
    (
        "one_tick_for_all",
        OPEN + PEER_1 + OPEN_2 + TICK_2,
        "adapter.bound-to-its-object",
        "connect on object 1 in a tick of object 2, which has to call back object 2",
    ),
    (
        "latest_adapter_hears_all",
        OPEN + OPEN_2 + PEER_1 + TICK,
        "adapter.bound-to-its-object",
        "connect on object 2 in a tick of object 1, which has to call back object 1",
    ),
    (
        "old_callbacks_remain",
        TAKEN + SAVE + RESTORE + TEN + TICK_2,
        "restore.callbacks-to-new-object",
        "data on object 1 in a tick of object 2, which has to call back object 2",
    ),
    (
        "low_restore_does_nothing",
        TAKEN + REBIND + TEN + SETTLE,
        "server-restore.old-object-silent",
        "data on object 1 in a tick of object 1, which has to call back object 2",
    ),
]

CONNECTS: list[Case] = [
    (
        "connect_with_every_packet",
        TAKEN + TEN + SETTLE,
        "callbacks.one-connect-per-client",
        "connect on object 1, whose client peer 1 is still there",
    ),
    (
        "greets_at_departure",
        TAKEN + CLOSE + SETTLE,
        "callbacks.one-connect-per-client",
        "connect on object 1, and no client waits",
    ),
    (
        "greets_at_departure",
        TAKEN + RELOAD + CLOSE + SETTLE,
        "restore.no-second-connect",
        "connect on object 1, and no client waits",
    ),
    (
        "connect_again_after_restore",
        TAKEN + SAVE + RESTORE + TICK_2,
        "restore.no-second-connect",
        "whose client peer 1 had been told of before the reload",
    ),
    (
        "connect_again_after_restore",
        TAKEN + PEER_2 + SAVE + RESTORE + TICK_2,
        "restore.no-second-connect",
        "connect on object 2, whose client peer 1 is still there",
    ),
    (
        "forgets_departure_that_came_with_data",
        TAKEN + TEN + CLOSE + PEER_2 + SETTLE,
        "callbacks.order",
        "whose client peer 1 left without a disconnect callback",
    ),
    (
        "tells_waiting_clients",
        TAKEN + PEER_2 + SETTLE,
        "tick.second-client-waits",
        "connect on object 1, whose client peer 1 is still there",
    ),
]

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

DEPARTURES: list[Case] = [
    (
        "departure_is_told_again",
        TAKEN + CLOSE + SETTLE,
        "callbacks.one-disconnect-per-client",
        "disconnect on object 1, which has no client",
    ),
    (
        "reports_living_client",
        TAKEN,
        "query.is-connected-follows-client",
        "disconnect on object 1, and peer 1 is still there",
    ),
    (
        "reports_restored_client",
        TAKEN + RELOAD + TICK,
        "restore.connected",
        "disconnect on object 1, and peer 1 is still there",
    ),
    (
        "loses_last_chunk",
        TAKEN + TEN + CLOSE + SETTLE,
        "data.send-and-close",
        "disconnect on object 1 with 10 of 10 bytes of peer 1 undelivered",
    ),
    (
        "short_visits_say_nothing",
        OPEN + PEER_1 + TEN + CLOSE + SETTLE,
        "data.connect-send-close",
        "10 of 10 bytes of peer 1 undelivered",
    ),
    (
        "half_close_drops_the_rest",
        TAKEN + TEN + HALF + SETTLE,
        "data.half-close",
        "10 of 10 bytes of peer 1 undelivered",
    ),
]

REACTIONS: list[Case] = [
    (
        "swallows_exceptions",
        OPEN + reacts("connect", "raise") + PEER_1 + SETTLE,
        "callbacks.raise-reaches-host",
        "a callback raised; the tick returned, and no error callback told of it",
    ),
    (
        "not_open_while_ticking",
        OPEN + reacts("connect", "query") + PEER_1 + SETTLE,
        "callbacks.open-inside",
        "query inside connect on object 1: is_open is false",
    ),
    (
        "not_open_inside_disconnect",
        TAKEN + reacts("disconnect", "query") + CLOSE + SETTLE,
        "callbacks.open-inside",
        "query inside disconnect on object 1: is_open is false",
    ),
    (
        "not_connected_while_reading",
        TAKEN + reacts("data", "query") + TEN + SETTLE,
        "callbacks.connected-inside-data",
        "query inside data on object 1: has_session is false",
    ),
    (
        "state_new_object_has_session",
        OPEN + REBIND + "host: object 2 reacts to connect by query\n" + PEER_1 + TICK,
        "state.new-object.has-session",
        "query inside connect on object 2: has_session is true",
    ),
    (
        "connect_is_told_too_early",
        OPEN + reacts("connect", "send") + PEER_1 + SETTLE,
        "send.inside-connect",
        "send inside connect on object 1: expected true, got false",
    ),
    (
        "locked_while_reading",
        TAKEN + reacts("data", "echo") + TEN + SETTLE,
        "send.inside-data",
        "echo inside data on object 1: expected true, got false",
    ),
    (
        "farewell_waits_for_the_next",
        TAKEN + reacts("disconnect", "send") + CLOSE + SETTLE,
        "callbacks.sends-inside-disconnect",
        "send inside disconnect on object 1: expected false or refused, got true",
    ),
    (
        "no_save_while_delivering",
        TAKEN + reacts("data", "save to 1") + TEN + SETTLE,
        "save.from-data-callback",
        "save to 1 inside data on object 1: expected none or true, got refused",
    ),
]

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


@pytest.mark.parametrize("case", named(CALLS_THAT_FIRE))
def test_a_call_that_fires_what_only_a_tick_may_is_named(play: Play, case: Case) -> None:
    check(play, case)


@pytest.mark.parametrize("case", named(WHO_HEARS))
def test_a_callback_on_the_wrong_object_or_too_late_is_found(play: Play, case: Case) -> None:
    check(play, case)


@pytest.mark.parametrize("case", named(CONNECTS))
def test_a_connect_that_no_connection_accounts_for_is_found(play: Play, case: Case) -> None:
    check(play, case)


@pytest.mark.parametrize("case", named(DATA))
def test_data_that_was_not_sent_so_is_found(play: Play, case: Case) -> None:
    check(play, case)


@pytest.mark.parametrize("case", named(DEPARTURES))
def test_a_disconnect_that_is_not_in_order_is_found(play: Play, case: Case) -> None:
    check(play, case)


@pytest.mark.parametrize("case", named(REACTIONS))
def test_what_goes_wrong_inside_a_callback_is_found(play: Play, case: Case) -> None:
    check(play, case)


@pytest.mark.parametrize("case", named(ARRIVED))
def test_bytes_at_a_peer_that_were_not_sent_to_it_are_found(play: Play, case: Case) -> None:
    check(play, case)


@pytest.mark.parametrize("case", named(ENDED))
def test_a_connection_that_ends_for_no_reason_is_found(play: Play, case: Case) -> None:
    check(play, case)


@pytest.mark.parametrize("case", named(DUE))
def test_what_never_happens_though_it_is_due_is_found(play: Play, case: Case) -> None:
    check(play, case)


@pytest.mark.parametrize("case", named(PORTS))
def test_a_port_that_is_closed_too_early_or_too_late_is_found(play: Play, case: Case) -> None:
    check(play, case)


@pytest.mark.parametrize("case", named(NO_LONGER_HELD))
def test_a_server_that_was_replaced_and_goes_on_is_found(play: Play, case: Case) -> None:
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


@pytest.mark.parametrize("case", named(WITHIN_A_RELOAD))
def test_what_a_reload_loses_is_named_by_when_it_came(play: Play, case: Case) -> None:
    check(play, case)


@pytest.mark.parametrize("case", named(OBJECTS))
def test_an_object_that_turns_down_what_it_has_to_do_is_found(play: Play, case: Case) -> None:
    check(play, case)


@pytest.mark.parametrize("case", named(IDLE))
def test_a_tick_or_save_that_does_not_do_what_it_says_is_found(play: Play, case: Case) -> None:
    check(play, case)


#: What a conforming server may do that the sound one does not.
UNUSUAL = {
    "tells_again_after_raise, of a connect": OPEN
    + reacts("connect", "raise")
    + PEER_1
    + TICK
    + reacts("connect", "nothing")
    + TEN,
    "tells_again_after_raise, of a disconnect": TAKEN
    + reacts("disconnect", "raise")
    + CLOSE
    + TICK
    + reacts("disconnect", "nothing")
    + PEER_2,
    "drops_client_at_raise": OPEN + reacts("connect", "raise") + PEER_1 + TICK + reacts("connect", "nothing") + PEER_2,
    "fails_after_raise": OPEN + reacts("connect", "raise") + PEER_1 + TICK + reacts("connect", "nothing") + TEN,
    "farewell_after_destroy": TAKEN + reacts("data", "destroy") + TEN,
    "small_queue, to a peer that reads again": TAKEN + STALL + READ,
    "small_queue, to a peer that breaks off": TAKEN + STALL + RESET + SETTLE + PEER_2,
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_is_merely_unusual_is_let_pass(play: Play, name: str) -> None:
    assert play(f"python:odd_servers:{name.partition(',')[0]}", UNUSUAL[name]) is None
