"""How many seconds a command has after others hung: less, but by the measure of what it took when it returned."""

from __future__ import annotations

import pytest

from dasnet_adapters.patience import (
    AT_LEAST,
    AT_LEAST_THEN,
    HANGS_ELSEWHERE,
    HUNG_OFTEN,
    NEVER_RETURNED,
    TIMES_THE_SLOWEST,
    Patience,
)


def test_a_command_has_the_deadline_until_something_hangs() -> None:
    patience = Patience(10.0)
    patience.returned("tick", 0.5)
    assert patience.seconds("tick") == patience.seconds("send") == 10.0


def test_one_that_never_hung_has_less_of_a_port_that_hangs_elsewhere() -> None:
    patience = Patience(10.0)
    patience.hung("send")
    assert patience.seconds("tick") == 10.0 / HANGS_ELSEWHERE


def test_two_ways_to_one_function_share_what_is_known_until_the_other_returns() -> None:
    patience = Patience(10.0)
    patience.hung("send")
    assert patience.seconds("server_send") == patience.seconds("send") == 2.5
    patience.returned("send", 0.1)
    assert patience.seconds("server_send") == AT_LEAST
    patience.returned("server_send", 0.1)
    assert patience.seconds("server_send") == 10.0 / HANGS_ELSEWHERE


def test_what_one_process_has_learnt_another_one_knows() -> None:
    one, other = Patience(10.0), Patience(10.0)
    one.hung("send")
    one.returned("tick", 0.5)
    other.learn(one.known())
    other.learn(one.known())
    assert other.known() == one.known()
    assert other.seconds("send") == one.seconds("send")


def test_one_that_has_hung_has_a_multiple_of_its_slowest_answer() -> None:
    patience = Patience(100.0)
    for seconds in (2.0, 7.0, 0.1):
        patience.returned("send", seconds)
    patience.hung("send")
    assert patience.seconds("send") == pytest.approx(7.0 * TIMES_THE_SLOWEST)


def test_it_has_some_seconds_however_quick_it_was_and_never_more_than_the_deadline() -> None:
    patience = Patience(10.0)
    patience.returned("send", 0.001)
    patience.hung("send")
    assert patience.seconds("send") == AT_LEAST
    patience.returned("send", 5.0)
    assert patience.seconds("send") == 10.0


def test_one_that_never_returned_has_less_each_time() -> None:
    patience = Patience(10.0)
    given = []
    for _ in range(6):
        given.append(patience.seconds("init"))
        patience.hung("init")
    assert given == [10.0, 2.5, 0.625, NEVER_RETURNED, NEVER_RETURNED, NEVER_RETURNED]


def test_one_that_hangs_again_and_again_has_less_each_time_and_still_a_multiple_of_its_slowest_answer() -> None:
    patience = Patience(10.0)
    patience.returned("destroy", 0.001)
    given = []
    for _ in range(HUNG_OFTEN + 4):
        patience.hung("destroy")
        given.append(patience.seconds("destroy"))
    assert given == [AT_LEAST] * HUNG_OFTEN + [1.5, 0.75, AT_LEAST_THEN, AT_LEAST_THEN]
    patience.returned("destroy", 0.2)
    assert patience.seconds("destroy") == 2.0


def test_a_thousand_hangs_are_counted_as_well() -> None:
    patience = Patience(10.0)
    patience.learn(({"destroy": 100_000, "save": 100_000}, {"destroy": 0.001}))
    assert patience.seconds("destroy") == AT_LEAST_THEN
    assert patience.seconds("save") == NEVER_RETURNED


def test_a_reset_that_hangs_is_a_destroy_that_does() -> None:
    patience = Patience(10.0)
    for _ in range(4):
        patience.hung("destroy")
    assert patience.seconds("reset") == NEVER_RETURNED


def test_without_a_deadline_there_is_none_after_a_hang_either() -> None:
    patience = Patience(None)
    patience.hung("tick")
    assert patience.seconds("tick") is None
