"""What a Python module has to offer: the reference and the stand-in are held to it, and what is missing is named."""

from __future__ import annotations

import re
import types
from pathlib import Path
from typing import Any

from fake_network_module import Server, make_module

from dasnet_adapters.contract import CORE, LOWLEVEL, Command, Unsupported, Value
from dasnet_adapters.in_process import InProcessSession
from dasnet_adapters.patience import Patience
from dasnet_adapters.python_api import (
    CLIENT_FUNCTIONS,
    FUNCTIONS,
    HTTP_CLIENT_METHODS,
    HTTP_METHODS,
    METHODS,
    find_shortcomings,
)
from dasnet_adapters.python_host import PythonHost
from dasnet_adapters.python_http import CLIENT_LIMITS, LIMITS
from dasnet_adapters.python_recording import PythonModule

BOTH = (CORE, LOWLEVEL)


class Cell:
    """An orphan that tells by its truth alone whether it holds a handle."""

    def __init__(self) -> None:
        self.held: Any = None

    def __bool__(self) -> bool:
        return self.held is not None


class Closed:
    """An orphan that tells nothing."""

    def __init__(self) -> None:
        self.held: Any = None


class OwnServer(Server):
    """A server that keeps its handle in an orphan under a name of its own."""

    def save(self, orphan: Any) -> None:
        orphan.held, self._server = self._server, None

    def restore(self, orphan: Any) -> None:
        if orphan.held is None:
            raise ValueError("empty")
        self._server, orphan.held = orphan.held, None


def test_the_reference_lacks_nothing() -> None:
    import dasnet_reference
    import dasnet_reference.grouped

    assert find_shortcomings(dasnet_reference, BOTH) == ()
    assert find_shortcomings(dasnet_reference.grouped, BOTH) == ()


def test_the_guide_tells_of_every_part() -> None:
    text = (Path(__file__).parents[2] / "docs" / "reference-guide.md").read_text("utf-8")
    section = text.partition("## What a Python module has to offer")[2].partition("\n## ")[0]
    parts = {*FUNCTIONS, *CLIENT_FUNCTIONS, *HTTP_METHODS, *HTTP_CLIENT_METHODS, *LIMITS, *CLIENT_LIMITS, "PROFILES"}
    assert [name for name in sorted(parts) if not re.search(rf"\b{name}\b", section)] == []


def test_each_missing_part_is_named() -> None:
    empty = types.SimpleNamespace(Server=type("Server", (), {}))
    told = find_shortcomings(empty, BOTH)
    names = [*(f"Server.{name}" for name in METHODS), "SharedOrphan", *FUNCTIONS]
    assert told == tuple(f"there is no {name}" for name in names)
    assert find_shortcomings(make_module(), (CORE,)) == ()


def test_arguments_that_cannot_be_given_are_named() -> None:
    module = make_module(make_server=lambda obj: bool(obj), server_restore=lambda handle, obj, info: None)
    told = find_shortcomings(module, (LOWLEVEL,))
    assert "make_server cannot be called with 2 arguments, it is make_server(obj)" in told
    assert not any("server_restore" in phrase for phrase in told)


def session_with(orphan_class: type) -> InProcessSession:
    module = PythonModule(make_module(Server=OwnServer, SharedOrphan=orphan_class), "fake")
    return InProcessSession(PythonHost(module), Patience(None))


def holding(session: InProcessSession) -> list[Any]:
    session.call(Command("new", (1, 1)))
    session.call(Command("adapter", (1,)))
    before = session.call(Command("holds", (1,))).outcome
    session.call(Command("save", (1, 1)))
    return [before, session.call(Command("holds", (1,))).outcome]


def test_an_orphan_may_tell_by_its_truth() -> None:
    session = session_with(Cell)
    assert holding(session) == [Value(False), Value(True)]
    session.close()
    assert session.diagnostics() == ""


def test_an_orphan_that_tells_nothing_leaves_the_question_open_and_is_emptied_all_the_same() -> None:
    session = session_with(Closed)
    assert all(isinstance(outcome, Unsupported) for outcome in holding(session))
    session.call(Command("holds", (2,)))
    session.close()
    assert session.diagnostics() == ""
    told = find_shortcomings(make_module(SharedOrphan=Closed), (CORE,))
    assert told == ("SharedOrphan has neither an attribute server nor __bool__ (so 'holds' is unsupported)",)
