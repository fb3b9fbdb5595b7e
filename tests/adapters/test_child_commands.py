"""The child process that `child` starts and `reap` ends, on the reference in this process and behind a driver."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from dasnet_adapters.contract import Adapter, Command, Refusal, Session, Value
from dasnet_adapters.resolve import resolve

ADDRESSES = ("reference", f"driver:{sys.executable} -m dasnet_adapters.python_driver dasnet_reference")

needs_cat = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other processes and other handles")


@pytest.fixture(params=ADDRESSES, ids=("in-process", "driver"))
def adapter(request: pytest.FixtureRequest) -> Iterator[Adapter]:
    adapter = resolve(request.param)
    yield adapter
    adapter.close()


def ask(session: Session, name: str) -> object:
    return session.call(Command(name)).outcome


@needs_cat
def test_a_child_is_started_and_ended_and_can_be_started_again(adapter: Adapter) -> None:
    session = adapter.open_session()
    before = ask(session, "descriptors")
    for _ in range(2):
        assert ask(session, "child") == Value(None)
        assert ask(session, "reap") == Value(None)
    assert ask(session, "descriptors") == before
    session.close()


@needs_cat
def test_a_second_child_and_the_end_of_none_are_mistakes_of_the_caller(adapter: Adapter) -> None:
    session = adapter.open_session()
    mistakes = [ask(session, "reap"), ask(session, "child"), ask(session, "child")]
    assert [type(each) for each in mistakes] == [Refusal, Value, Refusal]
    assert {each.kind for each in mistakes if isinstance(each, Refusal)} == {"driver"}
    session.close()


@needs_cat
def test_the_end_of_a_session_ends_the_child(adapter: Adapter) -> None:
    session = adapter.open_session()
    assert ask(session, "child") == Value(None)
    session.close()
    again = adapter.open_session()
    assert isinstance(ask(again, "reap"), Refusal)
    again.close()
