"""What the tests of the explorer share: a way to play scripts that are written as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dasnet_adapters.contract import Adapter
from dasnet_adapters.resolve import resolve
from dasnet_conformance.explore.playing.in_process import HASTY, InProcessPlayer
from dasnet_conformance.explore.scripts.script import parse_script
from dasnet_conformance.explore.shared.verdicts import Divergence
from dasnet_conformance.proof.faults.tools import LOST

Play = Callable[[str | Adapter, str], Divergence | None]


@pytest.fixture
def play() -> Iterator[Play]:
    """Plays a script, given as text, on an implementation, given by its name or adapter."""
    players: list[tuple[InProcessPlayer, Adapter]] = []

    def play(implementation: str | Adapter, text: str) -> Divergence | None:
        adapter = resolve(implementation) if isinstance(implementation, str) else implementation
        players.append((InProcessPlayer(adapter), adapter))
        return players[-1][0].play(parse_script(text).steps, HASTY)

    yield play
    for player, adapter in players:
        player.close()
        adapter.close()


@pytest.fixture
def wrong_servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The odd servers of this folder can be addressed; what faults forget on purpose is closed afterwards."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    yield
    forgotten: list[Any] = []
    while LOST:
        forgotten.append(LOST.pop())
    while forgotten:
        each = forgotten.pop()
        if isinstance(each, tuple):
            forgotten.extend(each)
        elif hasattr(each, "close"):
            each.close()
    LOST.clear()
