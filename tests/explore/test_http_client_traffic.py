"""What is certain of when something moved: by numbers alone, without a socket or a client."""

from __future__ import annotations

from dasnet_conformance.explore.http_client.model.limits import may_be_given_up, overdue
from dasnet_conformance.explore.http_client.model.state import Asked, AskerHandle, Limits
from dasnet_conformance.explore.http_client.model.traffic import HELD_AT_MOST, Traffic
from dasnet_conformance.stage.bounds import TICKS_TO_NOTICE


def test_what_the_server_sent_moved_once_it_has_been_there_for_long_enough() -> None:
    traffic = Traffic()
    traffic.sends(10, 5)
    assert traffic.last_move(1_000) == 0
    traffic.arrives(12)
    assert traffic.last_move(12 + TICKS_TO_NOTICE - 1) == 0
    assert traffic.last_move(12 + TICKS_TO_NOTICE) == 11


def test_nothing_is_quiet_while_something_may_be_on_its_way() -> None:
    traffic = Traffic()
    traffic.receives(5, whole=True)
    assert traffic.quiet(25) == 20
    traffic.sends(30, 10_240)
    assert traffic.quiet(1_000) == 0
    traffic.arrives(40)
    assert traffic.quiet(40 + TICKS_TO_NOTICE + 10) == 0
    assert traffic.quiet(40 + TICKS_TO_NOTICE + 10 + 7) == 7


def test_a_body_that_nobody_reads_is_still_much_later() -> None:
    traffic = Traffic()
    traffic.receives(5, whole=False)
    assert traffic.quiet(1_000) == 0
    assert traffic.quiet(2_000) > 0


def test_a_body_moved_when_more_has_come_than_is_held_on_the_way() -> None:
    traffic = Traffic()
    for tick in (10, 20):
        traffic.marked(tick, 1_000, unread=True)
    traffic.marked(30, 1_000 + HELD_AT_MOST, unread=False)
    assert traffic.last_move(30) == 0
    traffic.marked(31, 1_001 + HELD_AT_MOST, unread=False)
    assert traffic.last_move(31) == 21


def waiting(limits: Limits, since: int, now: int) -> tuple[AskerHandle, Asked]:
    asked = Asked(1, "GET", "/", (), "no field", b"", since)
    handle = AskerHandle(1, open=True, asked=[asked], ticks=now, before=now - 1, limits=limits)
    return handle, asked


def test_a_deadline_has_a_window_in_which_either_is_right() -> None:
    for now, may, must in ((57, False, False), (58, True, False), (61, True, False), (62, True, True)):
        given = waiting(Limits(deadline=50), 10, now)
        assert (may_be_given_up(*given), bool(overdue(*given))) == (may, must), now


def test_ticks_inside_callbacks_count_or_not() -> None:
    handle, asked = waiting(Limits(stall=50), 10, 50)
    assert not may_be_given_up(handle, asked)
    handle.nested = 8
    assert may_be_given_up(handle, asked)


def test_where_objects_differ_nothing_is_demanded() -> None:
    handle, asked = waiting(Limits(deadline=50), 10, 11)
    handle.limits_open = True
    assert may_be_given_up(handle, asked)
    handle.ticks = 1_000
    assert not overdue(handle, asked)
