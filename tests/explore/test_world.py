"""The world around the model: calls that never return, calls that end the implementation, what is told before one."""

from __future__ import annotations

import dataclasses
import signal
from collections.abc import Callable, Iterator

import pytest
from odd_servers import Between

from conftest import Play
from dasnet_adapters.contract import AdapterBroken, Answer, Command, Event
from dasnet_adapters.resolve import resolve
from dasnet_conformance.explore.playing import in_process
from dasnet_conformance.explore.playing.in_process import HASTY, InProcessPlayer, Manner
from dasnet_conformance.explore.scripts.script import parse_script
from dasnet_conformance.explore.shared.verdicts import Divergence
from dasnet_conformance.stage.expect import Mismatch
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.ports import Ports

SOUND = "python:dasnet_conformance.proof.faults.sound"
NEW = "host: construct object 1 of class A\n"
MADE = f"{NEW}host: make the adapter of object 1\n"
OPEN = "host: open object 1 of class A\n"
PEER_1 = "peer 1: connect to object 1\n"
TAKEN = f"{OPEN}{PEER_1}host: settle\n"
SAVE = "host: save object 1 to orphan 1\n"
TICK = "host: tick object 1 1 times\n"
DESTROY = "host: destroy object 1\n"
SEND = "host: object 1 sends 5 of 5 bytes\n"

#: A call that is meant to hang has so long; every other one is over in a fraction of it.
BRIEF = Manner(patience=HASTY.patience, call_bound=0.5)

needs_timer = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="calls cannot be interrupted here")


MakePlayer = Callable[[str], InProcessPlayer]


@pytest.fixture
def player() -> Iterator[MakePlayer]:
    """Makes players on implementations, given by name."""
    made: list[Callable[[], None]] = []

    def make(implementation: str) -> InProcessPlayer:
        adapter = resolve(implementation)
        player = InProcessPlayer(adapter)
        made.extend((player.close, adapter.close))
        return player

    yield make
    for close in made:
        close()


@pytest.mark.parametrize(
    ("script", "call", "requirement"),
    [
        (NEW + TICK, "tick", "construct.tick-harmless"),
        (MADE + TICK, "tick", "tick.before-init"),
        (OPEN + TICK, "tick", "tick.idle-returns"),
        (OPEN + SAVE + TICK, "tick", "save.saved-object-tick-harmless"),
        (OPEN + DESTROY + TICK, "tick", "destroy.calls-after"),
        (f"{OPEN}host: object 1 reacts to data by save to 1\n{TICK}", "tick", "save.from-data-callback"),
        (f"{OPEN}host: object 1 reacts to data by tick\n{TICK}", "tick", "tick.inside-callback"),
        (f"{OPEN}host: object 1 reacts to connect by destroy\n{TICK}", "tick", "callbacks.destroy-inside"),
        (f"{OPEN}host: object 1 reacts to connect by raise\n{TICK}", "tick", "callbacks.raise-keeps-serving"),
        (f"{OPEN}host: object 1 reacts to connect by send\n{TICK}", "tick", "tick.idle-returns"),
        (f"{OPEN}host: server_tick object 1 1 times\n", "server_tick", "tick.idle-returns"),
        (OPEN, "init", "init.returns-at-once"),
        (f"{OPEN}host: query object 1\n", "is_open", "destroy.calls-after"),
        (TAKEN + SEND, "send", "send.stalled-returns"),
        (f"{TAKEN}peer 1: reset\n{SEND}", "send", "send.to-reset-survives"),
        (f"{TAKEN}peer 1: close\n{SEND}", "send", "send.to-departed-survives"),
        (NEW + SAVE, "save", "save.without-handle"),
        (NEW + DESTROY, "destroy", "destroy.without-handle"),
        (OPEN + DESTROY, "destroy", "destroy.calls-after"),
        (OPEN + DESTROY + DESTROY, "destroy", "destroy.twice"),
    ],
)
def test_what_a_call_would_violate_by_never_returning_is_told_before_it(
    player: MakePlayer, script: str, call: str, requirement: str
) -> None:
    told: list[tuple[str, str]] = []
    assert player(SOUND).play(parse_script(script).steps, HASTY, lambda *pair: told.append(pair)) is None
    assert (call, requirement) in told
    assert told[-1] == ("the end of the session", "destroy.twice")


@needs_timer
@pytest.mark.parametrize(
    ("fault", "script", "requirement", "call"),
    [
        ("tick_waits_for_client", OPEN, "tick.idle-returns", "tick"),
        ("tick_waits_for_bytes", OPEN + PEER_1, "tick.idle-returns", "tick"),
    ],
)
def test_a_call_that_never_returns_is_found(
    player: MakePlayer, fault: str, script: str, requirement: str, call: str
) -> None:
    divergence = player(f"python:dasnet_conformance.proof.faults:{fault}").play(parse_script(script).steps, BRIEF)
    assert divergence is not None
    assert divergence.requirement == requirement
    assert divergence.message == f"{call} did not return within 0.5 seconds"


@needs_timer
def test_a_session_that_does_not_end_takes_no_longer_than_a_call(player: MakePlayer) -> None:
    played = player("python:odd_servers:cannot_be_destroyed")
    for _ in range(2):
        assert played.play(parse_script(OPEN).steps, BRIEF) is None
    assert played.judged == 2


def test_an_implementation_that_dies_is_found_with_the_call_it_died_in(play: Play) -> None:
    def dies(command: Command, answer: Answer) -> Answer:
        if command.name == "save":
            raise AdapterBroken("the driver ended", culprit="driver", hint="look at its standard error")
        return answer

    divergence = play(Between(resolve(SOUND), dies), TAKEN + SAVE)
    assert divergence is not None
    assert divergence.requirement == "save.without-handle"
    assert divergence.message == "save: the implementation died: the driver ended; look at its standard error"


def test_a_callback_between_two_calls_is_found(play: Play) -> None:
    fired = [Event(1, "connect")]

    def strays() -> tuple[Event, ...]:
        return (fired.pop(),) if fired else ()

    divergence = play(Between(resolve(SOUND), strays=strays), f"{NEW}host: wait without a tick\n")
    assert divergence is not None
    assert divergence.requirement == "tick.connect-only-in-tick"
    assert divergence.message == "connect on object 1 while no call was made"


def test_a_callback_on_an_object_that_nobody_made_is_found(play: Play) -> None:
    def elsewhere(_: Command, answer: Answer) -> Answer:
        return dataclasses.replace(answer, events=tuple(each._replace(object=7) for each in answer.events))

    divergence = play(Between(resolve(SOUND), elsewhere), OPEN + PEER_1)
    assert divergence is not None
    assert divergence.requirement == "callbacks.own-object-only"
    assert divergence.message == "connect on an object that does not exist"


@pytest.mark.parametrize(
    ("why", "requirement"),
    [("no connection within 10 seconds", None), ("Connection refused", "tick.second-client-not-lost")],
)
def test_a_full_listen_queue_is_nobodys_fault_and_a_refusal_is(
    play: Play, monkeypatch: pytest.MonkeyPatch, why: str, requirement: str | None
) -> None:
    peer, made = Host.peer, []

    def the_second_fails(self: Host, port: int, *, wait: bool = True) -> Peer:
        made.append(port)
        if len(made) == 2:
            raise Mismatch(f"connecting to port {port}", "a connection", why)
        return peer(self, port, wait=wait)

    monkeypatch.setattr(Host, "peer", the_second_fails)
    divergence = play(SOUND, f"{TAKEN}peer 2: connect to object 1\n")
    assert len(made) == 2
    assert (divergence and divergence.requirement) == requirement


@pytest.mark.parametrize(
    ("script", "connections"),
    [
        pytest.param(TAKEN + PEER_1, 1, id="a peer that is connected"),
        pytest.param(f"{TAKEN}peer 9: connect to object 1\n", 1, id="a peer that there is not"),
        pytest.param(NEW + PEER_1, 0, id="a port that is closed"),
        pytest.param(
            f"{OPEN}{PEER_1}peer 2: connect to object 1\npeer 3: connect to object 1\n", 2, id="a third that would wait"
        ),
    ],
)
def test_a_peer_does_not_connect_where_that_cannot_be_meant(
    play: Play, monkeypatch: pytest.MonkeyPatch, script: str, connections: int
) -> None:
    peer, made = Host.peer, []

    def counted(self: Host, port: int, *, wait: bool = True) -> Peer:
        made.append(port)
        return peer(self, port, wait=wait)

    monkeypatch.setattr(Host, "peer", counted)
    assert play(SOUND, script) is None
    assert len(made) == connections


@pytest.mark.parametrize("step", ["stop reading", "read again", "half-close", "reset", "close", "send 5 bytes"])
def test_a_peer_that_is_not_connected_does_nothing(play: Play, step: str) -> None:
    assert play(SOUND, f"{OPEN}peer 1: {step}\n") is None
    assert play(SOUND, f"{TAKEN}peer 1: close\npeer 1: {step}\n") is None


def test_ports_are_given_back_so_that_a_long_exploration_does_not_use_them_up(
    player: MakePlayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_process, "_PORTS_OF_A_CLAIM", 8)
    given_back: list[Ports] = []
    close = Ports.close

    def closed(self: Ports) -> None:
        given_back.append(self)
        close(self)

    monkeypatch.setattr(Ports, "close", closed)
    played = player("reference")
    results: list[Divergence | None] = [played.play(parse_script(OPEN).steps, HASTY) for _ in range(6)]
    assert results == [None] * 6
    assert len(given_back) == 2
    assert played.judged == 6


@pytest.mark.parametrize("port", ["negative", "65536", "wrapped", "taken"])
def test_a_port_that_is_none_on_an_open_object_is_judged(player: MakePlayer, port: str) -> None:
    other = "host: open object 2 of class A\n"
    script = parse_script(f"{TAKEN}{other}host: init object 1 on port {port}\n")
    sound = player(SOUND)
    assert sound.play(script.steps, HASTY) is None
    assert sound.passed_over == 0
    found = player("python:dasnet_conformance.proof.faults:open_server_takes_any_port").play(script.steps, HASTY)
    assert (found and found.requirement) == (None if port == "taken" else "agreement.bad-port-in-every-state")


@pytest.mark.parametrize("length", [4_000_000, 300_000])
def test_a_send_of_much_to_a_reader_that_stopped_is_judged(player: MakePlayer, length: int) -> None:
    stalled = (
        f"{TAKEN}peer 1: stop reading\nhost: object 1 sends {length} of {length} bytes\n{SEND}peer 1: read again\n"
    )
    assert player(SOUND).play(parse_script(stalled).steps, HASTY) is None
