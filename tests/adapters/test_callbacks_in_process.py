"""Callbacks and reactions in the in-process adapter: what is recorded, in which order, and what a reaction leads to."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from fake_network_module import Server, ask, tick_doing

from dasnet_adapters.contract import Answer, Event, Refusal, Value
from dasnet_adapters.in_process import InProcessSession
from dasnet_adapters.python_host import DEEPEST_REACTION


def test_callbacks_are_recorded_in_order_with_what_they_were_given(session: InProcessSession) -> None:
    def everything(server: Server) -> None:
        server.on_connect()
        server.on_data(b"ab")
        server.on_data(bytearray(b"cd"))
        server.on_error("why", 7)
        server.on_error("odd", None)  # type: ignore[arg-type]
        server.on_log("note")
        server.on_disconnect()

    assert tick_doing(session, everything).events == (
        Event(1, "connect"),
        Event(1, "data", data=b"ab", size=2),
        Event(1, "data", data=b"cd", size=2),
        Event(1, "error", code=7, message="why"),
        Event(1, "error", code=0, message="odd"),
        Event(1, "log", message="note"),
        Event(1, "disconnect"),
    )
    assert session.stray_events() == ()


@pytest.mark.parametrize("data", ["text", 5, None])
def test_data_that_is_no_bytes_is_an_error_and_not_invented(session: InProcessSession, data: Any) -> None:
    answer = tick_doing(session, lambda server: server.on_data(data))
    assert isinstance(answer.outcome, Refusal)
    assert answer.events == ()


def test_callbacks_between_commands_and_on_other_threads_are_strays(session: InProcessSession) -> None:
    kept: list[Server] = []

    def elsewhere(server: Server) -> None:
        kept.append(server)
        server.on_log("here")
        thread = threading.Thread(target=server.on_connect)
        thread.start()
        thread.join()

    assert tick_doing(session, elsewhere).events == (Event(1, "log", message="here"),)
    kept[0].on_disconnect()
    assert session.stray_events() == (Event(1, "connect"), Event(1, "disconnect"))
    assert session.stray_events() == ()


# -- reactions


def data_after(session: InProcessSession, action: str, *argument: Any) -> Answer:
    assert ask(session, "react", 1, "data", action, *argument) == Value()
    return tick_doing(session, lambda server: server.on_data(b"xyz"))


DATA = Event(1, "data", data=b"xyz", size=3)


def test_a_reaction_is_told_after_what_it_caused(session: InProcessSession) -> None:
    did = Event(1, "did", action="send", outcome=Value(True))
    assert data_after(session, "send", b"hello").events == (DATA, Event(1, "error", code=5, message="sent"), did)


def test_echo_sends_what_came(session: InProcessSession) -> None:
    did = Event(1, "did", action="echo", outcome=Value(True))
    assert data_after(session, "echo", b"").events == (DATA, Event(1, "error", code=3, message="sent"), did)


def test_saving_from_a_callback(session: InProcessSession) -> None:
    assert data_after(session, "save", 3).events == (DATA, Event(1, "did", action="save", outcome=Value()))
    assert ask(session, "holds", 3) == Value(True)


def test_destroying_from_a_callback(session: InProcessSession) -> None:
    assert data_after(session, "destroy").events == (DATA, Event(1, "did", action="destroy", outcome=Value()))
    assert ask(session, "has_session", 1) == Value(False)


def test_a_query_gives_three_answers(session: InProcessSession, monkeypatch: pytest.MonkeyPatch) -> None:
    did = Event(1, "did", action="query", outcome=Value(), answers=(True, True, True))
    assert data_after(session, "query").events == (DATA, did)
    monkeypatch.setattr(Server, "is_open", lambda self: None)
    refusal = Refusal("wrong-type", "is_open returned None, not a bool")
    assert data_after(session, "query").events == (DATA, Event(1, "did", action="query", outcome=refusal))


def test_an_error_of_a_reaction_stays_in_it(session: InProcessSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Server, "save", lambda self, orphan: 1 / 0)
    answer = data_after(session, "save", 3)
    assert answer.outcome == Value()
    assert answer.events[-1].outcome == Refusal("zero-division-error", "division by zero")


def test_raising_leaves_the_callback_without_a_word(session: InProcessSession) -> None:
    answer = data_after(session, "raise")
    assert answer == Answer(Refusal("callback-raised-error", "raised on request"), (DATA,))


def test_none_forgets_and_a_new_reaction_replaces(session: InProcessSession) -> None:
    data_after(session, "raise")
    assert data_after(session, "query").outcome == Value()
    assert data_after(session, "none").events == (DATA,)
    assert data_after(session, "none").events == (DATA,)


def test_a_reaction_that_leads_to_itself_ends(session: InProcessSession) -> None:
    answer = data_after(session, "tick")
    assert answer.outcome == Value()
    assert answer.events.count(DATA) == DEEPEST_REACTION + 1
    outcomes = [event.outcome for event in answer.events if event.what == "did"]
    assert isinstance(outcomes[0], Refusal)
    assert outcomes[0].kind == "recursion"
    assert outcomes[1:] == [Value()] * DEEPEST_REACTION
    # And it is over: the next one starts from the top.
    assert data_after(session, "query").events[-1].outcome == Value()
