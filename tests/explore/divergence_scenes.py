"""What the tests of divergences share: lines of scripts, what a case is, and how one is held against the model."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Play
from dasnet_conformance.proof.faults.registry import SOUND, load_faults

OPEN = "host: open object 1 of class A\n"
OPEN_2 = "host: open object 2 of class B\n"
NEW_2 = "host: construct object 2 of class B\n"
PEER_1 = "peer 1: connect to object 1\n"
PEER_2 = "peer 2: connect to object 1\n"
SETTLE = "host: settle\n"
LOW_SETTLE = "host: settle by server_tick\n"
TAKEN = OPEN + PEER_1 + SETTLE
TICK = "host: tick object 1 1 times\n"
TICK_2 = "host: tick object 2 1 times\n"
SAVE = "host: save object 1 to orphan 1\n"
RESTORE = f"{NEW_2}host: restore object 2 from orphan 1\n"
RELOAD = f"{SAVE}host: restore object 1 from orphan 1\n"
REBIND = f"{NEW_2}host: server_restore the handle of object 1 to object 2\n"
DESTROY = "host: destroy object 1\n"
TEN = "peer 1: send 10 bytes\n"
CLOSE = "peer 1: close\n"
RESET = "peer 1: reset\n"
HALF = "peer 1: half-close\n"
SEND = "host: object 1 sends 5 of 5 bytes\n"
#: More than the systems on both sides of a loopback connection hold for a peer that does not read.
STALL = "peer 1: stop reading\n" + "host: object 1 sends 500000 of 500000 bytes\n" * 40
READ = "peer 1: read again\n"

#: What a wrong server is, the script, the requirement that is named, and a part of the message.
Case = tuple[str, str, str, str]


def reacts(callback: str, action: str) -> str:
    return f"host: object 1 reacts to {callback} by {action}\n"


def check(play: Play, case: Case) -> None:
    name, script, requirement, words = case
    assert play(f"python:{SOUND}", script) is None
    divergence = play(load_faults()[name].adapter() if name in load_faults() else f"python:odd_servers:{name}", script)
    assert divergence is not None
    assert divergence.requirement == requirement
    assert words in divergence.message


def named(cases: list[Case]) -> list[Any]:
    return [pytest.param(case, id=f"{case[0]}-{case[2]}") for case in cases]
