"""The client half of a Python module behind the host: what is called, and what a module without it answers."""

from __future__ import annotations

import types
from typing import Any

import pytest

from dasnet_adapters.contract import (
    CLASS_A,
    CLASS_CLIENT,
    CLASS_CLIENT_SILENT,
    Command,
    Event,
    Refusal,
    Unsupported,
    Value,
)
from dasnet_adapters.python_host import PythonHost
from dasnet_adapters.python_recording import METHODS, PythonModule

#: Whole and idle: nothing of the server half is asked for here.
FakeServer = type("FakeServer", (), dict.fromkeys(METHODS.values(), lambda _self, *_arguments: None))


class FakeClient:
    """Connects to ports above 1,000 by saying so, and notes what it was given."""

    def __init__(self) -> None:
        self._client: Any = None
        self.given: list[tuple[object, ...]] = []

    def make_client_adapter(self) -> None:
        self._client = self

    def connect(self, host: str, port: int, timeout_ms: int = 5000) -> bool:
        self.given.append((host, port, timeout_ms))
        if port > 1000:
            self.on_connect()
        else:
            self.on_error("refused", 111)
        return port > 1000

    def is_connected(self) -> bool:
        return bool(self.given)

    def tick(self) -> None:
        self.on_disconnect()

    def send(self, data: bytes, size: int) -> bool:
        return len(data) == size

    def close(self) -> None:
        self.given.clear()

    def on_connect(self) -> None: ...

    def on_disconnect(self) -> None: ...

    def on_error(self, message: str, code: int) -> None: ...


def _host(**parts: object) -> PythonHost:
    module = types.ModuleType("fake")
    vars(module).update({"Server": FakeServer, **parts})
    return PythonHost(PythonModule(module, "fake"))


@pytest.fixture
def host() -> PythonHost:
    made = _host(Client=FakeClient, client_tick=lambda handle: None if handle else 1 / 0, client_send=FakeClient.send)
    for command in (Command("new", (1, CLASS_CLIENT)), Command("adapter", (1,))):
        assert made.execute(command).outcome == Value()
    return made


def test_connect_gives_its_arguments_on_as_they_are(host: PythonHost) -> None:
    answer = host.execute(Command("connect", (1, "::1", 70000, -5)))
    assert (answer.outcome, answer.events) == (Value(True), (Event(1, "connect"),))
    assert host._objects[1].instance.given == [("::1", 70000, -5)]


def test_the_reaction_connects_where_the_last_command_led(host: PythonHost) -> None:
    host.execute(Command("react", (1, "disconnect", "connect", b"")))
    first = host.execute(Command("tick", (1,)))
    assert [event.what for event in first.events] == ["disconnect", "error", "did"]
    host.execute(Command("connect", (1, "localhost", 2000, 7)))
    answer = host.execute(Command("tick", (1,)))
    assert [event.what for event in answer.events] == ["disconnect", "connect", "did"]
    assert answer.events[-1].outcome == Value(True)
    assert host._objects[1].instance.given[-1] == ("localhost", 2000, 7)


@pytest.mark.parametrize(("action", "outcome"), [("close", Value()), ("is_connected", Value(True))])
def test_the_other_reactions_are_one_call_each(host: PythonHost, action: str, outcome: Value) -> None:
    host.execute(Command("react", (1, "connect", action, b"")))
    answer = host.execute(Command("connect", (1, "localhost", 2000, 7)))
    assert answer.events == (Event(1, "connect"), Event(1, "did", action=action, outcome=outcome))


def test_what_the_class_does_not_have_is_refused(host: PythonHost) -> None:
    for name, *arguments in (("init", 1, 2000), ("has_session", 1), ("save", 1, 1)):
        outcome = host.execute(Command(str(name), tuple(arguments))).outcome
        assert isinstance(outcome, Refusal | Unsupported)
        assert getattr(outcome, "kind", "") != "driver"


def test_functions_get_the_handle_and_object_zero_is_none(host: PythonHost) -> None:
    assert host.execute(Command("client_tick", (1,))).outcome == Value()
    assert host.execute(Command("client_send", (1, b"ab", 2, 4))).outcome == Value(True)
    assert isinstance(host.execute(Command("client_tick", (0,))).outcome, Refusal)
    host.execute(Command("new", (2, CLASS_CLIENT_SILENT)))
    assert isinstance(host.execute(Command("client_tick", (2,))).outcome, Refusal)


@pytest.mark.parametrize("parts", [{}, {"Client": "no class"}, {"Client": type("Client", (), {})}])
def test_a_module_without_the_client_half_says_so_and_serves_the_other(parts: dict[str, object]) -> None:
    host = _host(**parts)
    assert isinstance(host.execute(Command("new", (1, CLASS_CLIENT))).outcome, Unsupported)
    assert host.execute(Command("new", (1, CLASS_A))).outcome == Value()
    for name in ("connect", "client_connect"):
        assert isinstance(host.execute(Command(name, (1, "localhost", 2000, 7))).outcome, Unsupported)
