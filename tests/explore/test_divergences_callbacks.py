"""Short scripts on wrong servers: what the model finds in each, which requirement it names, and in which words.

Here: callbacks that fire where, when or on whom they must not.
Every script is also played on the sound server, where it must come to its end.
"""

from __future__ import annotations

import pytest
from divergence_scenes import (
    CLOSE,
    DESTROY,
    HALF,
    OPEN,
    OPEN_2,
    PEER_1,
    PEER_2,
    REBIND,
    RELOAD,
    RESTORE,
    SAVE,
    SEND,
    SETTLE,
    TAKEN,
    TEN,
    TICK,
    TICK_2,
    Case,
    check,
    named,
    reacts,
)

from conftest import Play

pytestmark = pytest.mark.usefixtures("wrong_servers")

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


@pytest.mark.parametrize("case", named(CALLS_THAT_FIRE))
def test_a_call_that_fires_what_only_a_tick_may_is_named(play: Play, case: Case) -> None:
    check(play, case)


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


@pytest.mark.parametrize("case", named(WHO_HEARS))
def test_a_callback_on_the_wrong_object_or_too_late_is_found(play: Play, case: Case) -> None:
    check(play, case)


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


@pytest.mark.parametrize("case", named(CONNECTS))
def test_a_connect_that_no_connection_accounts_for_is_found(play: Play, case: Case) -> None:
    check(play, case)


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


@pytest.mark.parametrize("case", named(DEPARTURES))
def test_a_disconnect_that_is_not_in_order_is_found(play: Play, case: Case) -> None:
    check(play, case)


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
        TAKEN + reacts("disconnect", "send") + CLOSE + SETTLE + "peer 1: connect to object 1\n" + SETTLE,
        "send.not-to-the-next-client",
        "peer 1 (connection 2) received: expected nothing",
    ),
    (
        "no_save_while_delivering",
        TAKEN + reacts("data", "save to 1") + TEN + SETTLE,
        "save.from-data-callback",
        "save to 1 inside data on object 1: expected none or true, got refused",
    ),
]


@pytest.mark.parametrize("case", named(REACTIONS))
def test_what_goes_wrong_inside_a_callback_is_found(play: Play, case: Case) -> None:
    check(play, case)
