"""The model's judgement of single events, where no server is needed to bring them about: no sockets."""

from __future__ import annotations

import pytest
from tcp_server_scene import Scene

from dasnet_adapters.contract import Event, Refusal, Value
from dasnet_conformance.explore.shared.limits import MUCH_AT_ONCE
from dasnet_conformance.explore.shared.verdicts import Divergence, NoVerdict
from dasnet_conformance.explore.tcp.server_model.hearing import Call
from dasnet_conformance.explore.tcp.server_model.state import ModelObject


def refused(scene: Scene, *events: Event, label: int = 1, call: str = "tick") -> Divergence:
    with pytest.raises(Divergence) as raised:
        scene.hears(*events, label=label, call=call)
    return raised.value


CONNECT, DISCONNECT = Event(1, "connect"), Event(1, "disconnect")


@pytest.mark.parametrize(
    ("event", "requirement"),
    [
        (CONNECT, "tick.connect-only-in-tick"),
        (Event(1, "data", data=b"x", size=1), "tick.data-only-in-tick"),
        (DISCONNECT, "tick.disconnect-only-in-tick"),
    ],
)
def test_what_fires_between_two_calls_is_not_let_pass(event: Event, requirement: str) -> None:
    found = refused(Scene(waiting=1), event, call="")
    assert found.requirement == requirement
    assert found.message == f"{event.what} on object 1 while no call was made"


def test_errors_and_log_lines_may_come_at_any_time() -> None:
    scene = Scene()
    for call in ("", "tick", "save"):
        scene.hears(Event(1, "log", message="a line"), Event(1, "error", message="oh", code=1), call=call)
    assert scene.handle.client == []


def test_an_object_that_does_not_exist_hears_nothing() -> None:
    found = refused(Scene(waiting=1), CONNECT, label=0)
    assert found.requirement == "callbacks.own-object-only"
    assert found.message == "connect on an object that does not exist"


def test_a_reaction_that_nobody_asked_for() -> None:
    found = refused(Scene(clients=1), Event(1, "did", action="send", outcome=Value(True)))
    assert found.requirement == "callbacks.own-object-only"
    assert found.message == "object 1 did send, unasked"


def test_more_bytes_than_were_sent() -> None:
    scene = Scene(clients=1)
    scene.handle.client[0].queued = 10
    found = refused(scene, scene.data(0, 0, 12))
    assert found.requirement == "data.interleaved-with-ticks"
    assert found.message.endswith(
        "12 bytes from peer 1 at byte 0 of the 10 that it sent: more, or others, than were sent"
    )


def test_a_few_wrong_bytes_are_not_looked_for_elsewhere_in_the_stream() -> None:
    scene = Scene(clients=1)
    scene.handle.client[0].queued = 10
    found = refused(scene, scene.data(0, 5, 8))
    assert found.message.endswith("3 bytes from peer 1 at byte 0 of the 10 that it sent are not what was sent")


def test_bytes_of_a_connection_that_has_sent_all_are_told_as_wrong_ones_of_the_client() -> None:
    scene = Scene(clients=1, waiting=1)
    scene.handle.client[0].queued = 10
    found = refused(scene, scene.data(1, 0, 5))
    assert found.requirement == "data.interleaved-with-ticks"
    assert "5 bytes from peer 1 at byte 0 of the 10 that it sent are not what was sent" in found.message


def test_bytes_tell_which_of_two_candidates_was_taken() -> None:
    scene = Scene(waiting=2)
    first, second = scene.state.connections
    first.end, second.queued = "reset", 10
    scene.hears(CONNECT)
    assert scene.handle.client == [first, second]
    scene.hears(scene.data(1, 0, 10))
    assert scene.handle.client == [second]
    assert second.delivered == 10


def test_a_departure_takes_the_first_candidate_that_may_have_left() -> None:
    scene = Scene(waiting=2)
    first, second = scene.state.connections
    first.end = "reset"
    scene.hears(CONNECT, DISCONNECT)
    assert first.departed
    assert scene.handle.client == []
    assert scene.handle.queue == [second]


def test_two_candidates_that_may_be_there_are_both_named() -> None:
    scene = Scene(clients=2)
    found = refused(scene, CONNECT)
    assert found.requirement == "callbacks.order"
    assert "whose client peer 1 or peer 2 left" in found.message


@pytest.mark.parametrize(
    ("again", "requirement"),
    [("data", "exceptions.client-gone"), ("disconnect", "exceptions.disconnect-leaves-nobody")],
)
def test_after_a_disconnect_callback_that_raised_nothing_comes_of_that_client(again: str, requirement: str) -> None:
    scene = Scene(clients=1)
    scene.state.connections[0].end = "closed"
    scene.object.reactions["disconnect"] = "raise"
    running = Call("tick", 1, scene.handle)
    scene.hearing.event(running, 1, DISCONNECT)
    scene.hearing.end(running, Refusal("error", "raised"))
    assert scene.handle.shaken
    assert refused(scene, scene.data(0, 0, 5) if again == "data" else DISCONNECT).requirement == requirement


def test_a_client_on_which_a_callback_raised_is_told_of_once() -> None:
    scene = Scene(clients=1)
    scene.handle.shaken = True
    assert refused(scene, CONNECT).requirement == "exceptions.every-client-told-once"


def test_a_raise_that_an_error_callback_tells_of_may_end_in_a_tick_that_returns() -> None:
    scene = Scene(waiting=1)
    scene.object.reactions["connect"] = "raise"
    scene.hears(CONNECT, Event(1, "error", message="a callback raised", code=1))
    assert scene.handle.shaken


def test_what_a_callback_does_while_its_object_is_being_destroyed_is_not_judged() -> None:
    scene = Scene(clients=1)
    scene.object.reactions["disconnect"] = "send"
    with pytest.raises(NoVerdict, match=r"a reaction \(send\) while object 1 is being closed"):
        scene.hears(DISCONNECT, call="destroy")


def test_a_farewell_may_come_out_of_the_call_that_destroys_and_of_no_later_one() -> None:
    scene = Scene(clients=1)
    scene.hears(DISCONNECT, call="destroy")
    assert scene.handle.client == []
    assert scene.handle.queue == scene.state.connections
    assert refused(scene, DISCONNECT).requirement == "callbacks.one-disconnect-per-client"


def test_queries_may_be_refused_inside_a_callback_of_an_object_without_a_handle() -> None:
    scene = Scene(waiting=1)
    other = scene.state.objects[2] = ModelObject(2, "B", reactions={"connect": "query"})
    scene.handle.hears = other.label
    refusal = Event(2, "did", action="query", outcome=Refusal("value-error", "no handle"))
    scene.hears(Event(2, "connect"), refusal, label=2)
    assert scene.handle.client == scene.state.connections


@pytest.mark.parametrize(("start", "end"), [(0, 5), (12, 20)], ids=["again", "with a gap"])
def test_what_a_client_sends_after_a_callback_raised_comes_in_order_and_once(start: int, end: int) -> None:
    scene = Scene(clients=1)
    client = scene.handle.client[0]
    client.queued, client.delivered, scene.handle.shaken = 20, 5, True
    scene.hears(scene.data(0, 5, 10))
    assert refused(scene, scene.data(0, start, end)).requirement == "exceptions.data-waiting"


def test_whether_the_client_is_there_inside_its_disconnect_callback_is_left_open() -> None:
    for there in (True, False):
        scene = Scene(clients=1)
        scene.state.connections[0].end = "closed"
        scene.object.reactions["disconnect"] = "query"
        scene.hears(DISCONNECT, Event(1, "did", action="query", outcome=Value(None), answers=(there, True, there)))
        assert scene.handle.client == []


def test_a_send_to_a_client_that_has_left_may_cost_what_it_sent_and_no_other_send_may() -> None:
    for end, lost in (("closed", True), ("half-closed", False), ("", False)):
        scene = Scene(clients=1)
        client = scene.handle.client[0]
        client.end, client.queued = end, 10
        assert scene.hearing.sent(scene.object, b"hello", None, Value(True), "a send") == "true"
        assert client.loss_allowed is lost
        assert client.sent_to == b"hello"


def test_what_does_not_fit_may_be_refused_and_the_client_be_let_go() -> None:
    scene = Scene(clients=1)
    client = scene.handle.client[0]
    client.sent_to += bytes(MUCH_AT_ONCE - 5)
    with pytest.raises(Divergence, match=r"^state\.client-taken\.send: a send: expected true, got false"):
        scene.hearing.sent(scene.object, b"hello", None, Value(False), "a send")
    assert not client.refused
    client.sent_to += b"x"
    assert scene.hearing.sent(scene.object, b"hello", None, Value(False), "a send") == "false"
    assert client.refused
    assert client.may_leave


def test_a_size_that_the_buffer_does_not_have_costs_no_client() -> None:
    scene = Scene(clients=1)
    client = scene.handle.client[0]
    for size in (-1, 6):
        assert scene.hearing.sent(scene.object, b"hello", size, Refusal("value-error", "no"), "a send") == "refused"
    assert not client.given_up
    assert client.sent_to == b""


def test_an_error_is_not_told_to_an_object_that_had_the_handle_before() -> None:
    scene = Scene(clients=1)
    told = Event(2, "error", message="broken", code=32)
    call = Call("tick", scene.object.label, scene.handle)
    scene.hearing.event(call, 2, told)
    scene.handle.formers.add(2)
    scene.handle.reloads = 1
    with pytest.raises(Divergence, match=r"^restore\.callbacks-to-new-object: error on object 2"):
        scene.hearing.event(call, 2, told)
