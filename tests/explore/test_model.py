"""The model: what it lets pass, on conforming servers that chose differently, and what it catches, on wrong ones."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from conftest import Play
from dasnet_adapters.contract import PROFILES
from dasnet_adapters.resolve import resolve
from dasnet_conformance import explore
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.explore.chance.tcp_servers import make_script
from dasnet_conformance.explore.playing.in_process import HASTY, InProcessPlayer
from dasnet_conformance.explore.tcp.server_model.allowed import QUERIES, _cell
from dasnet_conformance.proof.faults.registry import load_faults

SOUND = "python:dasnet_conformance.proof.faults.sound"
OPEN = "host: open object 1 of class A\n"
TAKEN = f"{OPEN}peer 1: connect to object 1\nhost: settle\n"


@pytest.fixture(autouse=True)
def _own_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


@pytest.mark.parametrize(
    "implementation",
    [
        "reference",
        "python:dasnet_conformance.proof.faults.sound",
        "python:other_choices:polite",
        "python:other_choices:lax",
    ],
)
def test_nothing_is_found_on_conforming_servers(implementation: str) -> None:
    chance = random.Random(11)
    adapter = resolve(implementation)
    player = InProcessPlayer(adapter)
    try:
        for _ in range(60):
            script = make_script(lambda choices: chance.choice(list(choices)), 30, profiles=PROFILES)
            divergence = player.play(script, HASTY)
            assert divergence is None, "\n".join([str(divergence), *map(str, script)])
    finally:
        player.close()
        adapter.close()


RESTORED = "host: construct object 2 of class B\nhost: restore object 2 from orphan 1\n"
BARE = "host: construct object 1 of class A\nhost: make the adapter of object 1\n"

#: What the system or the implementation decides, so that the model has to leave it open.
LEFT_OPEN = {
    "a waiting peer resets": OPEN
    + "peer 1: connect to object 1\npeer 1: reset\npeer 2: connect to object 1\npeer 2: send 10 bytes",
    "a waiting peer closes, then a send": OPEN
    + "peer 1: connect to object 1\npeer 1: close\npeer 2: connect to object 1\nhost: object 1 sends 5 of 5 bytes",
    "a reset over unread bytes": TAKEN
    + "peer 1: send 1000 bytes\npeer 1: reset\nhost: settle\npeer 1: connect to object 1",
    "a close over unread bytes": TAKEN
    + "peer 1: stop reading\nhost: object 1 sends 300000 of 300000 bytes\npeer 1: send 1000 bytes\npeer 1: close",
    "sends to a peer that closed": TAKEN
    + "peer 1: send 70000 bytes\npeer 1: close\nhost: object 1 sends 5 of 5 bytes\nhost: object 1 sends 5 of 5 bytes",
    "a half-close": TAKEN + "peer 1: half-close\nhost: settle\nhost: object 1 sends 5 of 5 bytes\npeer 1: close",
    "a raise inside data": TAKEN
    + "host: object 1 reacts to data by raise\npeer 1: send 70000 bytes\nhost: settle\npeer 1: close",
    "a raise inside disconnect": TAKEN
    + "host: object 1 reacts to disconnect by raise\npeer 1: close\nhost: settle\npeer 2: connect to object 1",
    "a raise out of a destroy": TAKEN + "host: object 1 reacts to disconnect by raise\nhost: destroy object 1",
    "a destroy inside data": TAKEN
    + "host: object 1 reacts to data by destroy\npeer 1: send 1 bytes\nhost: settle\nhost: query object 1",
    "ticks and echoes inside callbacks": OPEN
    + "host: object 1 reacts to connect by tick\nhost: object 1 reacts to data by echo\n"
    + "peer 1: connect to object 1\npeer 1: send 70000 bytes\nhost: settle",
    "a save inside data": TAKEN
    + "host: object 1 reacts to data by save to 1\npeer 1: send 70000 bytes\nhost: settle\n"
    + RESTORED,
    "init on an open object": OPEN
    + "host: init object 1 on port free\npeer 1: connect to object 1\nhost: settle\nhost: init object 1 on port same",
    "ports that are none": BARE
    + "host: init object 1 on port wrapped\nhost: init object 1 on port negative\nhost: init object 1 on port free",
    "the port of a server that is gone": TAKEN
    + "host: destroy object 1\nhost: construct object 2 of class A\nhost: make the adapter of object 2\n"
    + "host: init object 2 on port former\npeer 2: connect to object 2",
    "the callbacks go to another object": TAKEN
    + "host: construct object 2 of class B\nhost: server_restore the handle of object 1 to object 2\n"
    + "peer 1: send 10 bytes\nhost: settle\nhost: save object 1 to orphan 1\nhost: restore object 1 from orphan 1",
}


@pytest.mark.parametrize("situation", LEFT_OPEN)
def test_what_may_happen_is_let_pass(play: Play, situation: str) -> None:
    for implementation in ("reference", "python:other_choices:polite", "python:other_choices:lax"):
        assert play(implementation, LEFT_OPEN[situation]) is None


@pytest.mark.parametrize(
    "script", ["peer 1: send 5 bytes", "host: tick object 3 1 times", "peer 7: connect to object 0"]
)
def test_steps_that_cannot_be_meant_do_nothing(play: Play, script: str) -> None:
    assert play("reference", script) is None


def caught(play: Play, name: str, script: str) -> str:
    divergence = play(load_faults()[name].adapter(), script)
    assert divergence is not None
    return divergence.requirement


@pytest.mark.parametrize(
    ("name", "script", "requirement"),
    [
        ("success_is_zero", OPEN, "init.free-port"),
        ("listens_at_first_tick", f"{OPEN}peer 1: connect to object 1", "init.connectable-before-tick"),
        ("greets_itself", OPEN, "construct.fires-nothing"),
        (
            "open_from_the_start",
            "host: construct object 1 of class A\nhost: make the adapter of object 1",
            "state.handle-made.is-open",
        ),
    ],
)
def test_a_wrong_server_is_caught_and_the_requirement_named(
    play: Play, name: str, script: str, requirement: str
) -> None:
    assert caught(play, name, script) == requirement


def test_every_requirement_that_can_be_named_is_in_the_catalogue() -> None:
    catalogue = load_catalogue().requirements
    sections = {name.partition(".")[0] for name in catalogue}
    folder = Path(str(explore.__file__)).parent
    named = set()
    for file in folder.rglob("*.py"):
        for word in re.findall(r'"([a-z][a-z-]*\.[a-z][a-z.-]*)"', file.read_text("utf-8")):
            if word.partition(".")[0] in sections:
                named.add(word)
    for pattern, values in {
        "save.from-{}-callback": ("connect", "data", "disconnect"),
        "callbacks.connected-inside-{}": ("connect", "data"),
        "send.inside-{}": ("connect", "data"),
        "send.to-{}-survives": ("reset", "departed"),
        "server-{}.null-handle": ("is-open", "is-connected"),
        "server-{}.agrees": ("is-open", "is-connected"),
    }.items():
        named |= {pattern.format(value) for value in values}
    for state in ("destroyed", "saved", "new-object", "handle-made", "init-failed", "client-pending", "listening"):
        named |= {_cell(state, query) for query in (*QUERIES, "send")}
    for state in ("departure-noticed", "restored", "client-taken", "client-gone"):
        named |= {_cell(state, query) for query in (*QUERIES, "send")}
    assert len(named) > 300
    assert named - set(catalogue) == set()
