"""The in-process adapter, against small modules that stand in for an implementation."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import pytest
from fake_network_module import Server, ask, tick_doing

from dasnet_adapters.contract import (
    CLASS_HTTP,
    CLASS_HTTP_CLIENT,
    AdapterBroken,
    Command,
    Description,
    Event,
    Refusal,
    Unsupported,
    Value,
)
from dasnet_adapters.in_process import InProcessAdapter, InProcessSession
from dasnet_adapters.python_outcomes import kebab, refusal_from

# -- what the module offers


def test_a_module_that_does_not_exist_is_the_callers_mistake() -> None:
    adapter = InProcessAdapter("no_such_module_anywhere")
    for use in (adapter.describe, adapter.open_session):
        with pytest.raises(AdapterBroken, match="no_such_module_anywhere cannot be imported") as caught:
            use()
        assert caught.value.culprit == "caller"
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("body", ["1 / 0", "raise SystemExit('no\\nway')", "syntax error"])
def test_a_module_that_breaks_on_import_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    (tmp_path / "breaks_on_import.py").write_text(body)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(AdapterBroken) as caught:
        InProcessAdapter("breaks_on_import").open_session()
    assert "\n" not in str(caught.value)


class Final:
    """A class that cannot be derived from."""

    def __init_subclass__(cls) -> None:
        raise TypeError("this class is final")


@pytest.mark.parametrize("server", [None, 7, Final])
def test_a_module_without_a_usable_server_is_the_callers_mistake(module: types.ModuleType, server: object) -> None:
    module.Server = server  # type: ignore[attr-defined]
    with pytest.raises(AdapterBroken) as caught:
        InProcessAdapter("fake_network").describe()
    assert caught.value.culprit == "caller"


def test_what_a_module_says_of_itself(module: types.ModuleType) -> None:
    language = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    assert InProcessAdapter("fake_network").describe() == Description("fake_network", "unknown", language)
    module.IMPLEMENTATION_NAME = "fake"  # type: ignore[attr-defined]
    module.__version__ = "1.2"  # type: ignore[attr-defined]
    module.PROFILES = ["core"]  # type: ignore[attr-defined]
    assert InProcessAdapter("fake_network").describe() == Description("fake", "1.2", language, ("core",))


def test_what_a_module_lacks_is_unsupported(module: types.ModuleType) -> None:
    class Bare:
        pass

    module.Server = Bare  # type: ignore[attr-defined]
    del module.SharedOrphan
    session = InProcessAdapter("fake_network").open_session()
    assert ask(session, "new", 1, 1) == Value()
    assert ask(session, "tick", 1) == Unsupported("fake_network has no Server.tick")
    assert ask(session, "destroy", 1) == Unsupported("fake_network has no Server.close")
    assert ask(session, "holds", 1) == Unsupported("fake_network has no SharedOrphan")
    assert ask(session, "server_tick", 1) == Unsupported("fake_network has no server_tick")
    assert ask(session, "juggle", 1) == Unsupported("there is no command juggle")
    session.close()


# -- outcomes


def test_calls_give_what_they_return(session: InProcessSession) -> None:
    assert ask(session, "init", 1, 5) == Value(True)
    assert ask(session, "init", 1, -5) == Value(False)
    assert ask(session, "tick", 1) == Value()
    assert ask(session, "send", 1, b"ab", 3, 6) == Value(True)
    assert ask(session, "send", 1, b"ab", 3, 7) == Refusal("value-error", "beyond")


@pytest.mark.parametrize(
    ("returned", "shown"), [(None, "None"), (1, "int"), (0, "int"), ("true", "str")], ids=["None", "1", "0", "text"]
)
def test_what_is_only_like_a_bool_is_refused(
    session: InProcessSession, monkeypatch: pytest.MonkeyPatch, returned: object, shown: str
) -> None:
    monkeypatch.setattr(Server, "has_session", lambda self: returned)
    assert ask(session, "has_session", 1) == Refusal("wrong-type", f"has_session returned {shown}, not a bool")


def test_an_exit_is_refused_like_any_error(session: InProcessSession) -> None:
    def leave(server: Server) -> None:
        sys.exit("enough")

    assert tick_doing(session, leave).outcome == Refusal("system-exit", "enough")


@pytest.mark.parametrize("signal", [KeyboardInterrupt, pytest.fail.Exception])
def test_an_interrupt_and_a_timeout_pass_through(session: InProcessSession, signal: type[BaseException]) -> None:
    def interrupted(server: Server) -> None:
        raise signal

    with pytest.raises(signal):
        tick_doing(session, interrupted)
    assert ask(session, "has_session", 1) == Value(True)


def test_an_error_that_cannot_be_told_is_still_refused() -> None:
    class Silent(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert refusal_from(Silent()) == Refusal("silent", "")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("OSError", "os-error"),
        ("ValueError", "value-error"),
        ("BlockingIOError", "blocking-io-error"),
        ("SSLError", "ssl-error"),
        ("Error2Big", "error2-big"),
        ("_Private_Error", "private-error"),
        ("Ошибка", "error"),
    ],
)
def test_the_kind_of_a_refusal_is_a_word(name: str, kind: str) -> None:
    assert kebab(name) == kind


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("tick", (9,)),
        ("tick", (0,)),
        ("tick", ()),
        ("tick", (1, 2)),
        ("new", (1, 1)),
        ("new", (2, 99)),
        ("new", (0, 1)),
        ("react", (9, "data", "echo")),
        ("react", (1, "start", "echo")),
        ("react", (1, "data", "juggle")),
        ("react", (1, "connect", "echo")),
        ("server_tick", (9,)),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused_as_the_drivers(
    module: types.ModuleType, name: str, arguments: tuple[Any, ...]
) -> None:
    module.server_tick = lambda handle: None  # type: ignore[attr-defined]
    session = InProcessAdapter("fake_network").open_session()
    ask(session, "new", 1, 1)
    outcome = ask(session, name, *arguments)
    assert isinstance(outcome, Refusal)
    assert outcome.kind == "driver"


def test_a_type_error_of_the_module_is_its_own(session: InProcessSession) -> None:
    outcome = ask(session, "init", 1, "x")
    assert isinstance(outcome, Refusal)
    assert outcome.kind == "type-error"


# -- objects and orphans


def test_a_handle_moves_through_an_orphan(session: InProcessSession) -> None:
    assert ask(session, "holds", 4) == Value(False)
    assert ask(session, "save", 1, 4) == Value()
    assert ask(session, "holds", 4) == Value(True)
    assert ask(session, "new", 2, 2) == Value()
    assert ask(session, "restore", 2, 4) == Value()
    assert ask(session, "holds", 4) == Value(False)
    assert ask(session, "has_session", 2) == Value(True)


def test_destroying_twice_reaches_the_module_twice(session: InProcessSession, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []
    monkeypatch.setattr(Server, "close", lambda self: closed.append(self))
    assert ask(session, "destroy", 1) == Value()
    assert ask(session, "destroy", 1) == Value()
    assert len(closed) == 2


def test_a_plain_object_is_no_server(module: types.ModuleType) -> None:
    module.make_server = lambda target, info: hasattr(target, "_server")  # type: ignore[attr-defined]
    session = InProcessAdapter("fake_network").open_session()
    assert ask(session, "new", 1, 0) == Value()
    assert ask(session, "make_server", 1) == Value(False)
    assert ask(session, "new", 2, 1) == Value()
    assert ask(session, "make_server", 2) == Value(True)
    assert isinstance(ask(session, "tick", 1), Refusal)
    assert ask(session, "destroy", 1) == Value()
    session.close()


def test_low_level_functions_get_the_handle_or_none(module: types.ModuleType) -> None:
    seen: list[tuple[Any, ...]] = []

    def note(*arguments: Any) -> bool:
        seen.append(arguments)
        return True

    for name in ("server_init", "server_is_open", "server_is_connected", "server_tick", "server_send"):
        setattr(module, name, note)
    module.server_restore = note  # type: ignore[attr-defined]
    session = InProcessAdapter("fake_network").open_session()
    ask(session, "new", 1, 1)
    ask(session, "adapter", 1)
    ask(session, "new", 2, 2)
    assert ask(session, "server_init", 1, 80) == Value(True)
    assert ask(session, "server_is_open", 2) == Value(True)
    assert ask(session, "server_is_connected", 0) == Value(True)
    assert ask(session, "server_tick", 0) == Value()
    assert ask(session, "server_send", 1, b"ab", 2, 3) == Value(True)
    assert ask(session, "server_restore", 1, 2) == Value()
    handle = ["handle"]
    assert seen[:5] == [(handle, 80), (None,), (None,), (None,), (handle, b"abab", 3)]
    assert seen[5][0] == handle
    assert isinstance(seen[5][1], seen[5][2])
    assert seen[5][2].__name__ == "RecordingB"


def test_the_classes_differ_and_the_silent_one_says_nothing(session: InProcessSession) -> None:
    ask(session, "new", 2, 2)
    ask(session, "new", 3, 3)
    assert session.call(Command("init", (2, 5))).events == (Event(2, "log", message="port 5"),)
    assert session.call(Command("init", (3, 5))).events == ()


def test_descriptors_are_counted_where_the_system_tells(session: InProcessSession, tmp_path: Path) -> None:
    before = ask(session, "descriptors")
    if isinstance(before, Unsupported):
        pytest.skip(before.reason)
    with (tmp_path / "file").open("w"):
        during = ask(session, "descriptors")
    assert isinstance(before, Value)
    assert isinstance(during, Value)
    assert during.value == (before.value or 0) + 1


def test_closing_destroys_everything_though_some_of_it_fails(
    session: InProcessSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Any] = []

    def close(server: Server) -> None:
        closed.append(server)
        server.on_log("bye")
        if len(closed) == 1:
            raise OSError("stuck")

    monkeypatch.setattr(Server, "close", close)
    ask(session, "new", 2, 2)
    ask(session, "save", 1, 7)
    session.close()
    session.close()
    # Both objects, and the one that the orphan's handle was given to.
    assert len(closed) == 3
    assert session.diagnostics() == "destroying object 2: os-error: stuck"
    with pytest.raises(AdapterBroken, match="closed"):
        session.call(Command("tick", (1,)))


@pytest.mark.parametrize("class_number", [CLASS_HTTP, CLASS_HTTP_CLIENT])
def test_a_handle_of_http_in_an_orphan_is_closed_by_an_object_of_its_kind(
    module: types.ModuleType, class_number: int
) -> None:
    closed: list[str] = []
    for name in ("HttpServer", "HttpClient"):
        base = type(name, (Server,), {"close": lambda self, name=name: closed.append(name)})
        base.make_http_server_adapter = base.make_http_client_adapter = Server.make_server_adapter  # type: ignore[attr-defined]
        setattr(module, name, base)
    session = InProcessAdapter("fake_network").open_session()
    ask(session, "new", 1, class_number)
    ask(session, "adapter", 1)
    ask(session, "save", 1, 7)
    session.close()
    assert session.diagnostics() == ""
    # The object, and the one that the orphan's handle was given to.
    assert closed == ["HttpServer" if class_number == CLASS_HTTP else "HttpClient"] * 2


def test_a_class_that_takes_no_limits_is_not_asked_for_them(module: types.ModuleType) -> None:
    class HttpServer(Server):
        make_http_server_adapter = Server.make_server_adapter

        def __init__(self) -> None:
            super().__init__()

    module.HttpServer = HttpServer  # type: ignore[attr-defined]
    session = InProcessAdapter("fake_network").open_session()
    outcome = session.call(Command("http_new", (1, CLASS_HTTP, 1_000, 0, 0, 0, 0, 0))).outcome
    assert isinstance(outcome, Unsupported)
    assert "longest_request_line" in outcome.reason
    # All left to the implementation is no limit.
    assert session.call(Command("http_new", (2, CLASS_HTTP, 0, 0, 0, 0, 0, 0))).outcome == Value(None)
    session.close()


def test_a_handle_on_a_plain_object_is_closed_as_well(
    module: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Any] = []
    monkeypatch.setattr(Server, "close", lambda self: closed.append(self._server))
    module.make_server = lambda target, info: setattr(target, "_server", "h") or True  # type: ignore[attr-defined]
    session = InProcessAdapter("fake_network").open_session()
    ask(session, "new", 1, 0)
    assert ask(session, "make_server", 1) == Value(True)
    session.close()
    assert closed == ["h"]


def test_the_adapter_closes_what_is_left_open(module: types.ModuleType) -> None:
    adapter = InProcessAdapter("fake_network")
    session = adapter.open_session()
    ask(session, "new", 1, 1)
    adapter.close()
    adapter.close()
    with pytest.raises(AdapterBroken):
        session.call(Command("tick", (1,)))
