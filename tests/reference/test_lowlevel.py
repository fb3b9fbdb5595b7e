"""The low-level functions: null handles, and objects that cannot carry one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from reference_tools import Recorder

from dasnet_reference import (
    AdapterError,
    CallerError,
    NetworkError,
    NullHandleError,
    Server,
    make_server,
    server_init,
    server_is_connected,
    server_is_open,
    server_restore,
    server_send,
    server_tick,
)

NULL_CALLS: list[tuple[Callable[..., object], tuple[Any, ...]]] = [
    (server_init, (0,)),
    (server_is_open, ()),
    (server_is_connected, ()),
    (server_tick, ()),
    (server_send, (b"x", 1)),
    (server_restore, (Recorder(), Recorder)),
]


@pytest.mark.parametrize(("function", "arguments"), NULL_CALLS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_null_handle_is_an_error_that_names_the_call(
    function: Callable[..., object], arguments: tuple[Any, ...]
) -> None:
    with pytest.raises(NullHandleError, match=f"^{function.__name__}: ") as caught:
        function(None, *arguments)
    assert isinstance(caught.value, CallerError)
    assert isinstance(caught.value, NetworkError)


def test_an_object_without_the_field_gets_no_handle() -> None:
    class Plain:
        pass

    plain = Plain()
    assert make_server(plain, Plain) is False
    assert vars(plain) == {}
    assert make_server(None, type(None)) is False


def test_an_object_with_the_field_gets_one_that_is_not_open() -> None:
    server = Recorder()
    assert make_server(server, Recorder) is True
    assert server._server is not None
    assert not server_is_open(server._server)
    assert server.events == []


def test_the_adapter_turns_a_missing_field_into_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Server, "_server")

    class Odd(Server):
        def __init__(self) -> None:
            pass

    with pytest.raises(AdapterError, match=r"Odd.*derive the class from Server"):
        Odd().make_server_adapter()


def test_a_class_that_is_not_the_objects_is_a_slip() -> None:
    server = Recorder()
    for wrong in (int, "Recorder", server):
        with pytest.raises(TypeError, match="class_info"):
            make_server(server, wrong)  # type: ignore[arg-type]
    assert server._server is None
    server.make_server_adapter()
    with pytest.raises(TypeError, match="class_info"):
        server_restore(server._server, Recorder(), int)
    assert make_server(server, Server), "a base class is a class of the object"


def test_an_object_without_weak_references_is_refused() -> None:
    class Slotted:
        __slots__ = ("_server",)
        _server: object

    slotted = Slotted()
    slotted._server = None
    with pytest.raises(TypeError, match="weak reference"):
        make_server(slotted, Slotted)
    assert slotted._server is None
