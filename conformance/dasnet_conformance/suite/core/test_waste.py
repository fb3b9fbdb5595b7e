"""Section waste: memory, threads and descriptors that grow with the number of clients, reloads, failures and frames.

A leak is growth without an end; `suite/memory.py` tells how memory is counted. What is not told by system or driver is
not asked.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dasnet_adapters.contract import CLASS_SILENT, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.many import reloads, ticks
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.memory import (
    SLACK,
    flood,
    is_held_up,
    memory_comes_to_rest,
    number_stays,
    read_away,
)
from dasnet_conformance.suite.scenes import Forgiving, put_aside, serve_one, take_over, talk, until_fired

#: Rounds of a block.
CLIENTS = 25
FAILED_INITS = 500
REPEATED = 1_000

#: Rounds of calls that fail in a block, what they are given, and how often it is repeated; an orphan that stays empty.
REFUSALS = 40
MISTAKEN = bytes(1_024)
REPEATS = 64
NEVER_FILLED = 9

#: Servers, each destroyed with a client that floods it: more than threads may be left for a while.
FLOODED = SLACK + 2
#: Bytes that it sends: more than a server reads at once.
BEYOND_BUFFERS = 1 << 18

#: Bytes of a client in a block: what is kept of them for good is more than a block may grow by.
FLOOD = 2 << 20


def _visitor(host: Host, server: HostObject) -> Callable[[], object]:
    def visitor() -> None:
        serve_one(host, server)
        host.dismiss(host.peers[-1])

    return visitor


def _failing_init(host: Host) -> Callable[[], object]:
    occupied, server = host.listening(), host.made()

    def failing_init() -> None:
        with expect.needing("init.port-in-use"):
            expect.returns(server.init(occupied.port), False, "init on a port that is taken")
        # The suite's own notes of the errors that were told.
        server.fired.clear()

    return failing_init


@check("waste.memory-per-client")
@pytest.mark.parametrize("how", ["leave", "break off"])
def test_memory_per_client(host: Host, how: str) -> None:
    """Some forty kibibytes of each client are allowed to stay: less than a buffer, more than what the suite notes."""
    visitor = (_visitor if how == "leave" else _breaker_off)(host, host.listening())
    memory_comes_to_rest(host, visitor, CLIENTS, f"{CLIENTS} clients each that {how}")


# Talks, and breaks off.
def _breaker_off(host: Host, server: HostObject) -> Callable[[], object]:
    def breaker_off() -> None:
        connects, disconnects = server.count("connect"), server.count("disconnect")
        peer = host.peer(server.port)
        until_fired(host, server, "connect", connects + 1)
        talk(host, server, peer)
        peer.reset()
        until_fired(host, server, "disconnect", disconnects + 1)
        host.dismiss(peer)

    return breaker_off


# A server that nobody listens to, and its client: nothing but the server can keep a byte.
def _unheard(host: Host) -> tuple[HostObject, Peer]:
    server = host.listening(CLASS_SILENT)
    peer = host.peer(server.port)
    host.until(lambda: server.is_connected() == Value(True), server, what="a client that is taken")
    return server, peer


@check("waste.memory-per-byte")
def test_memory_per_byte(host: Host) -> None:
    """A program that takes files all day. It overrides no callback: nothing but the server can keep a byte."""
    server, peer = _unheard(host)
    memory_comes_to_rest(host, lambda: flood(host, server, peer, FLOOD), 1, f"{FLOOD >> 20} MiB of the client each")


@check("waste.memory-per-byte-sent")
def test_memory_per_byte_sent(host: Host) -> None:
    """A program that hands out files all day; what a client has read, nobody needs a second time."""
    server, peer = _unheard(host)
    memory_comes_to_rest(host, lambda: read_away(host, server, peer, FLOOD), 1, f"{FLOOD >> 20} MiB to the client each")


@check("waste.unread-waits-outside")
def test_unread_waits_outside(host: Host) -> None:
    """A level that takes a minute to load: no frame comes, and a client floods."""
    _, peer = _unheard(host)
    is_held_up(host, peer)


@check("waste.memory-per-reload")
def test_memory_per_reload(host: Host) -> None:
    """A kibibyte of each reload is allowed to stay, and nothing has to."""
    server, _ = host.connected()
    memory_comes_to_rest(host, lambda: reloads(host, server, REPEATED), 1, f"{REPEATED} reloads each")


@check("waste.memory-per-failed-init")
def test_memory_per_failed_init(host: Host) -> None:
    """A program that tries its port until it is free. Of each a kibibyte and a half may stay, errors among it."""
    memory_comes_to_rest(host, _failing_init(host), FAILED_INITS, f"{FAILED_INITS} failed inits each")


@check("waste.memory-per-refusal")
def test_memory_per_refusal(host: Host) -> None:
    """A program with a mistake in each frame. Some twenty kibibytes of each call that fails are allowed to stay: less
    than the buffer that it was given, or one that was read into for a callback that raised."""
    alone, empty, (server, peer) = host.listening(), host.new(), host.connected()
    server.react("data", "raise")
    forgiving = Forgiving(server)

    def refusals() -> None:
        nonlocal server, peer
        alone.send(MISTAKEN, repeat=REPEATS)
        server.send(MISTAKEN, len(MISTAKEN) * REPEATS + 1, repeat=REPEATS)
        empty.call("restore", NEVER_FILLED)
        heard, gone = server.count("data"), server.count("disconnect")
        # A single delivery: each failure is one more for the suite's own notes.
        peer.send(b"!")
        with expect.needing("callbacks.raise-keeps-serving"):
            host.until(
                lambda: server.count("data") > heard or server.count("disconnect") > gone,
                forgiving,
                what="a data callback, which raises, or a departure",
            )
        if server.count("disconnect") > gone or peer.closed is not None:
            # Nobody has to go on with a client whose callback failed.
            host.dismiss(peer)
            until_fired(host, server, "disconnect", gone + 1, forgiving)
            peer = host.peer(server.port)
            until_fired(host, server, "connect", gone + 2, forgiving)
        # The suite's own notes of what was told.
        for each in (alone, empty, server):
            each.fired.clear()
            each.received.clear()

    memory_comes_to_rest(host, refusals, REFUSALS, f"{REFUSALS} calls of each kind that fail")


@check("waste.memory-per-tick")
def test_memory_per_tick(host: Host) -> None:
    """A program that waits all night: a kibibyte of each frame would be gigabytes in the morning."""
    alone, (server, _) = host.listening(), host.connected()

    def frames() -> None:
        ticks(host, alone, REPEATED)
        ticks(host, server, REPEATED)

    memory_comes_to_rest(host, frames, 1, f"{REPEATED} ticks each, without a client and with a silent one,")


@check("waste.threads-per-client")
def test_threads_per_client(host: Host) -> None:
    """A thread for a client is fine; it ends with it."""
    number_stays(host, "threads", _visitor(host, host.listening()), "a client")


@check("waste.threads-per-server")
def test_threads_per_server(host: Host) -> None:
    """Destroyed with a client there that sends more than anybody reads: whoever waits for room has to be told."""

    def flooded() -> None:
        server, peer = host.connected()
        peer.send(bytes(BEYOND_BUFFERS))
        expect.one_of(server.destroy(), ("none", "true"), f"destroying {server}")
        host.dismiss(peer)

    number_stays(host, "threads", flooded, "a server destroyed with a client that floods it", FLOODED)


@check("waste.threads-per-reload")
def test_threads_per_reload(host: Host) -> None:
    """With a client there, and none."""
    alone, (server, _) = host.listening(), host.connected()

    def reload() -> None:
        reloads(host, alone, 1)
        reloads(host, server, 1)

    number_stays(host, "threads", reload, "a reload")


@check("waste.threads-per-failed-init")
def test_threads_per_failed_init(host: Host) -> None:
    """What was started for a port that could not be had."""
    number_stays(host, "threads", _failing_init(host), "a failed init")


@check("waste.descriptors-per-reload")
def test_descriptors_per_reload(host: Host) -> None:
    """Reloads of one object, then from each object to a new one, as a script engine does it."""
    server, _ = host.connected()
    last = server

    def reload() -> None:
        nonlocal last
        reloads(host, last, 1)
        new = host.new()
        put_aside(last)
        last = take_over(host, last, new)

    number_stays(host, "descriptors", reload, "a reload")
