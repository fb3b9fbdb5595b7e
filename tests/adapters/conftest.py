"""What the adapter tests share: drivers written on the spot, and a witness that nothing of them stays behind."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from driver_scripts import OPENING, MakeDriver, Witness
from fake_network_module import Server, ask, make_module

from dasnet_adapters.contract import Value
from dasnet_adapters.driver_process import DriverProcessAdapter
from dasnet_adapters.in_process import InProcessAdapter, InProcessSession


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[MakeDriver]:
    """Makes an adapter to a driver whose script is given; the opening of `driver_scripts` stands before it."""
    made: list[DriverProcessAdapter] = []

    def make(script: str, *, deadline: float | None = 20.0, **settings: object) -> DriverProcessAdapter:
        path = tmp_path / f"driver{len(made)}.py"
        path.write_text(OPENING + script)
        words = [sys.executable, "-I", "-S", str(path)]
        adapter = DriverProcessAdapter(words, deadline=deadline, **{"start": 20.0, "stop": 20.0} | settings)  # type: ignore[arg-type]
        made.append(adapter)
        return adapter

    yield make
    for adapter in made:
        adapter.close()


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    """A witness whose path a driver's script opens with `hold(path)`; the driver has to write once."""
    witness = Witness(tmp_path / "witness")
    yield witness
    witness.close()


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    module = make_module()
    monkeypatch.setitem(sys.modules, "fake_network", module)
    monkeypatch.setattr(Server, "script", None)
    return module


@pytest.fixture
def session(module: types.ModuleType) -> InProcessSession:
    session = InProcessAdapter("fake_network").open_session()
    assert ask(session, "new", 1, 1) == Value()
    assert ask(session, "adapter", 1) == Value()
    return session
