"""The host side of a check: what it records, how long it waits, what it lays to whom. Loopback sockets."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest

from changed_reference import Change, Wrong
from dasnet_adapters.contract import AdapterBroken, Answer, Event, Refusal, Unsupported, Value
from dasnet_conformance.catalogue.loader import Requirement
from dasnet_conformance.stage import frame_loop, reading
from dasnet_conformance.stage.expect import Mismatch, PartUnsupported
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.ports import Ports
from dasnet_conformance.stage.reading import reading_if_awaited
from dasnet_conformance.stage.recording import Paused

REQUIREMENT = Requirement("init.choice", "init", "MAY", "core", "It chooses.", (), {"true": "fine", "false": "fine"})

Make = Callable[..., Host]


@pytest.fixture
def make(ports: Ports) -> Iterator[Make]:
    """Makes a host over the reference with changed answers, or as it is."""
    hosts: list[Host] = []

    def make(seed: int = 0, **changes: Change) -> Host:
        adapter = Wrong(**changes)
        hosts.append(Host(adapter.open_session(), REQUIREMENT, ports, adapter.peer_host, seed))  # type: ignore[arg-type]
        return hosts[-1]

    yield make
    for host in hosts:
        host.close()


@pytest.fixture
def host(make: Make) -> Host:
    return make()


def texts(host: Host) -> list[str]:
    return [entry["text"] for entry in host.transcript.entries()]


def test_a_client_is_taken_and_heard(host: Host) -> None:
    server, peer = host.connected()
    peer.send(b"hello")
    host.await_received(server, 5)
    assert server.received == b"hello"
    assert server.client_callbacks() == ["connect", "data"]
    assert (server.count("connect"), server.heard()) == (1, 2)


def test_calls_and_callbacks_stand_in_the_transcript_at_their_tick(host: Host) -> None:
    server, _ = host.connected()
    entries = [(entry["tick"], entry["text"]) for entry in host.transcript.entries()]
    assert (0, f"init object 1, port={server.port} -> true") in entries
    assert (1, "object 1: connect") in entries


def test_contents_follow_the_seed_and_the_requirement(make: Make) -> None:
    assert make(1).random.randbytes(8) == make(1).random.randbytes(8) != make(2).random.randbytes(8)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (Event(1, "data", b"abc", 3), 'object 1: data, size 3: 3 bytes "abc"'),
        (Event(1, "error", code=5, message="no"), "object 1: error 5: no"),
        (Event(1, "log", message="so"), "object 1: log: so"),
        (Event(1, "disconnect"), "object 1: disconnect"),
        (Event(1, "did", action="send", outcome=Value(True)), "object 1: in the callback: send -> true"),
        (
            Event(1, "did", action="query", outcome=Value(), answers=(True, False)),
            "in the callback: query -> true, false",
        ),
        (Event(1, "did", action="none"), "object 1: in the callback: none -> "),
    ],
)
def test_every_event_has_words(make: Make, event: Event, told: str) -> None:
    host = make(tick=lambda command: Answer(Value(), (event,)))
    host.made().tick()
    assert texts(host)[-1].endswith(told)


def test_a_part_that_is_missing_ends_the_check_unless_tolerated(make: Make) -> None:
    host = make(descriptors=lambda command: Answer(Unsupported()), is_open=lambda command: Answer(Unsupported("no")))
    with pytest.raises(PartUnsupported, match=r"^descriptors: the implementation has no such part$"):
        host.call("descriptors")
    assert host.call("descriptors", tolerate_unsupported=True) == Unsupported()
    with pytest.raises(PartUnsupported, match=r"^is_open: no$"):
        host.made().is_open()


def test_a_part_that_is_missing_inside_a_callback_ends_the_check(make: Make) -> None:
    event = Event(1, "did", action="save", outcome=Unsupported("no save here"))
    host = make(tick=lambda command: Answer(Value(), (event,)))
    made = host.made()
    with pytest.raises(PartUnsupported, match=r"^save inside a callback: no save here$"):
        made.tick()


def test_a_command_that_was_turned_down_as_a_mistake_is_no_finding(make: Make) -> None:
    host = make(tick=lambda command: Answer(Refusal("driver", "no object 1 was made")))
    made = host.made()
    with pytest.raises(
        AdapterBroken, match="turned tick down as a mistake of the suite: no object 1 was made"
    ) as caught:
        made.tick()
    assert caught.value.culprit == "driver"


def test_patience_ends_with_what_was_awaited_and_what_came(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_loop, "pause_before", lambda fruitless: 0.0)
    server, peer = host.connected()
    peer.send(b"four")
    told = r"^within 32 ticks: expected 5 bytes in data callbacks, got 4 bytes, which is all that was sent$"
    with pytest.raises(Mismatch, match=told) as caught:
        host.await_received(server, 5)
    assert caught.value.blocked_by == "tick.delivers-data"


def test_a_peer_that_ended_is_told_when_its_bytes_are_missing(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_loop, "pause_before", lambda fruitless: 0.0)
    server, peer = host.connected()
    server.send(b"four")
    server.destroy()
    with pytest.raises(
        Mismatch, match=r"expected 5 bytes at peer 1, got 4 bytes, which is all that was sent; then end of file$"
    ):
        host.await_peer(peer, 5)


def test_idling_ticks_each_server_until_the_window_is_over(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_loop, "IDLE_WINDOW", 0.1)
    monkeypatch.setattr(frame_loop, "IDLE_PAUSE", 0.01)
    server, peer = host.connected()
    peer.send(b"meanwhile")
    host.idle(server)
    assert server.received == b"meanwhile"
    assert "idle for 0.1 s, a tick each 0.01 s" in texts(host)
    assert any(isinstance(row, Paused) and row.seconds == 0.01 for row in host.recording.rows)


def test_a_client_that_is_not_waited_for_reads_nothing(host: Host) -> None:
    server, peer = host.connected()
    with reading_if_awaited(peer):
        server.send(b"later")
    host.tick_once(server)
    assert peer.received == b""
    peer.resume_reading()
    host.await_peer(peer, 5, server)


def test_a_client_that_a_call_waits_for_reads(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_WAITS", 0.01)
    server, peer = host.connected()
    server.send(b"waiting")
    with reading_if_awaited(peer):
        # What a send does that waits for its client.
        while len(peer.received) < 7:
            host.tick_once(server)
    assert not peer.reading


def test_a_tick_that_is_refused_is_a_mismatch(make: Make) -> None:
    host = make(tick=lambda command: Answer(Refusal("broken", "why")))
    made = host.made()
    with pytest.raises(Mismatch, match=r"^tick of object 1: expected a normal return, got refused \(broken: why\)$"):
        host.tick_once(made)


@pytest.mark.parametrize("number", [1, 9])
def test_what_fires_outside_any_call_is_a_stray_once(ports: Ports, number: int) -> None:
    adapter = Wrong()
    session = adapter.open_session()
    host = Host(session, REQUIREMENT, ports, adapter.peer_host, 0)
    host.made()
    strays = [(Event(number, "connect"),)]
    session.stray_events = lambda: strays.pop() if strays else ()  # type: ignore[method-assign]
    host.silence()
    host.close()
    assert [stray.event for stray in host.strays] == [Event(number, "connect")]
    assert f"OUTSIDE ANY CALL, after adapter object 1: object {number}: connect" in texts(host)


def test_a_port_that_belongs_to_another_program_is_exchanged(host: Host, ports: Ports) -> None:
    taken = ports.take()
    with socket.create_server(("127.0.0.1", taken)):
        offered = [taken]
        take = ports.take
        ports.take = lambda: offered.pop() if offered else take()  # type: ignore[method-assign]
        server = host.listening()
    assert server.port != taken
    assert f"port {taken} belongs to another program; trying the next" in texts(host)


def test_a_port_that_nobody_has_and_that_is_refused_is_a_mismatch(make: Make) -> None:
    host = make(init=lambda command: Answer(Value(False)))
    with pytest.raises(Mismatch, match=r"^init on a free port: expected true, got false$") as caught:
        host.listening()
    assert caught.value.blocked_by == "init.free-port"


def test_a_port_without_a_listener_refuses_connections(host: Host) -> None:
    server = host.listening()
    assert not host.refuses_connections(server.port)
    assert host.refuses_connections(host.port())


def test_a_dismissed_peer_is_forgotten(host: Host) -> None:
    _, peer = host.connected()
    host.dismiss(peer)
    assert (peer.socket, host.peers) == (None, [])


def test_an_observation_is_one_of_the_allowed_outcomes(host: Host) -> None:
    host.observe("true")
    assert host.observed == "true"
    with pytest.raises(Mismatch, match=r"^It chooses\.: expected true or false, got refused$"):
        host.observe("refused")


def test_reactions_tell_what_they_led_to(host: Host) -> None:
    server = host.listening()
    server.react("connect", "query")
    peer = host.peer(server.port)
    host.await_taken(server)
    assert [event.answers for event in server.did("query")] == [(True, True, True)]
    peer.close()
    host.await_departure(server)


def test_closing_ends_every_peer_and_may_come_twice(host: Host) -> None:
    _, peer = host.connected()
    host.close()
    host.close()
    assert peer.socket is None
