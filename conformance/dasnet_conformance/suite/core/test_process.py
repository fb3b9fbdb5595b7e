"""Section process: what the host's process has, lacks and shares with the server.

The suite can take and limit descriptors of its own process alone, so two checks ask only of an implementation that is
judged in it, and say so of any other. What a child process inherits is asked of a driver that can start one.
"""

from __future__ import annotations

import socket
from contextlib import ExitStack

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.descriptors import needs_shared, none_left, open_below, shared, taken_up_to
from dasnet_conformance.stage.expect import Moot
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.suite.leaks import child_process
from dasnet_conformance.suite.scenes import (
    put_aside,
    serve_one,
    take_over,
    talk,
    tick_whatever,
    until_fired,
)
from dasnet_conformance.suite.urgent import urgent_ends_nothing

#: Descriptors that are looked at: those of a process have the lowest numbers that are free.
WATCHED = 4_096
#: Where a set of descriptors of fixed size ends.
SET_SIZE = 1_024
#: Descriptors that the check itself needs beyond that.
ROOM = 100
#: Servers that take up so many descriptors of a process of their own.
SERVERS = SET_SIZE + 10
#: Ticks in which a server may find out that it lacks a descriptor.
TICKS = 8

#: A second address by which Linux and Windows reach this machine alone.
OTHER_LOOPBACK = "127.0.0.2"
LOOPBACK = ("127.0.0.1", "localhost")


@check("process.high-descriptors")
def test_high_descriptors(host: Host) -> None:
    """The suite takes descriptors where they are shared, and where not, as many servers do."""
    early = host.listening()
    with ExitStack() as stack:
        if shared(early.port):
            stack.enter_context(taken_up_to(SET_SIZE, ROOM))
        else:
            _many_servers(host)
        serve_one(host, early)
        serve_one(host, host.listening())


# Listening servers until a set of descriptors is full. A host that may not have so many is not asked.
def _many_servers(host: Host) -> None:
    for number in range(SERVERS):
        if host.init_free(host.made()) != Value(True):
            raise Moot(f"not asked: the host opened {number} servers, and may not open more")


@check("process.no-descriptor-for-client")
def test_no_descriptor_for_client(host: Host) -> None:
    """The client connects before; it is the listen queue that takes it, and the server finds no descriptor for it.

    Unless the server takes it on a thread, which had a descriptor for it before there was none left.
    """
    server = host.made()
    expect.returns(host.init_free(server), True, "init on a free port")
    needs_shared(server.port)
    before = open_below(WATCHED)
    peer = host.peer(server.port)
    with none_left() as limit:
        # One more than before is the suite's own end.
        taken_before = len(open_below(WATCHED) - before) > 1 or len(open_below(limit)) < limit
        tick_whatever(host, server, TICKS)
        if not taken_before:
            expect.equal(server.count("connect"), 0, "connect callbacks without a descriptor for the client")
    host.until(
        lambda: server.count("connect") > 0 or peer.closed is not None,
        server,
        what="the client is taken, or sees the end of its connection",
    )
    if server.count("connect"):
        talk(host, server, peer)
        peer.close()
        until_fired(host, server, "disconnect", 1)
        host.observe("waited and was taken")
    else:
        host.observe("was turned away")
    serve_one(host, server)


@check("process.no-descriptor-for-listener")
def test_no_descriptor_for_listener(host: Host) -> None:
    """A port that is free, and no socket to listen there; then the same object once more."""
    needs_shared(host.listening().port)
    server, port = host.made(), host.port()
    with none_left():
        expect.one_of(server.init(port), host.allowed(), "init without a descriptor for the listener")
        if server.is_open() == Value(True):
            raise expect.Mismatch("is_open after an init without a descriptor", "not true", "true")
    expect.returns(host.init_free(server), True, "init of the same object with descriptors again")
    serve_one(host, server)


@check("process.urgent-ends-nothing")
def test_urgent_ends_nothing(host: Host) -> None:
    """A terminal sends one on Ctrl-C: alone, between bytes that come at once, and again."""
    server, peer = host.connected()
    urgent_ends_nothing(host, server, peer)
    expect.returns(server.is_connected(), True, "is_connected after urgent bytes")
    talk(host, server, peer)


@check("process.small-replies")
def test_small_replies(host: Host) -> None:
    """For information only. After an exchange or two, a system delays acknowledgements."""
    server, peer = host.connected()
    for _ in range(3):
        talk(host, server, peer)
    heard = len(peer.received)
    for part in (b"one", b"two"):
        server.send(part)
        host.tick_once(server)
    host.silence()
    host.observe("at once" if len(peer.received) - heard == len(b"onetwo") else "held back")


@check("process.interface")
def test_interface(host: Host) -> None:
    """For information only: a connection to another address of the loopback interface, which nobody outside reaches."""
    server = host.listening()
    if host.peer_host not in LOOPBACK or not _has_other_loopback():
        host.observe("not seen")
        return
    host.observe("every address" if host.reaches(OTHER_LOOPBACK, server.port) else "one address")


def _has_other_loopback() -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((OTHER_LOOPBACK, 0))
        except OSError:
            return False
    return True


def _destroyed(server: HostObject) -> None:
    with expect.needing("destroy.frees-port"):
        expect.one_of(server.destroy(), ("none", "true"), f"destroying {server}")


@check("process.child-leaves-port")
def test_child_leaves_port(host: Host) -> None:
    """A fresh server, and one whose listener has been through a reload, before the child is started."""
    fresh, reloaded = host.listening(), host.listening()
    put_aside(reloaded)
    taker = take_over(host, reloaded)
    with child_process(host):
        for server in (fresh, taker):
            _destroyed(server)
            host.await_refusal(server.port, "no listener once the server is destroyed, though a child process lives on")
            again = host.made()
            expect.returns(again.init(server.port), True, "init on the port while the child process lives on")
            serve_one(host, again)


@check("process.child-leaves-client")
def test_child_leaves_client(host: Host) -> None:
    """The client reads the end of the connection, as it does without a child process."""
    server, peer = host.connected()
    talk(host, server, peer)
    with child_process(host):
        talk(host, server, peer)
        _destroyed(server)
        host.await_closed(peer)
