"""Checks of section `restore`: an object takes a handle from an orphan. What happened meanwhile: the file beside."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import CLASS_A, CLASS_B, CLASS_SILENT, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import SETTLING_TICKS
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.suite.scenes import (
    ANSWER,
    fill,
    hear,
    put_aside,
    take_over,
    talk,
    tick_whatever,
    until_fired,
    until_received,
    visit,
)

#: More than the system's buffers hold for a client that does not read.
WAITING = 6 << 20
#: What the three queries say after a restore, by the state in which the server was saved.
ANSWERS = {
    "made": {"has_session": False, "is_open": False, "is_connected": False},
    "listening": {"has_session": False, "is_open": True, "is_connected": False},
    "connected": {"has_session": True, "is_open": True, "is_connected": True},
}


def _saved_in(host: Host, state: str) -> HostObject:
    server = host.made() if state == "made" else host.listening()
    if state == "connected":
        host.take_client(server)
    put_aside(server)
    return server


def _restore(server: HostObject, taker: HostObject) -> None:
    expect.returns(taker.restore(), None, f"restore into {taker}")
    taker.port = server.port


@check("restore.takes-handle")
@pytest.mark.parametrize("state", list(ANSWERS))
def test_takes_handle(host: Host, state: str) -> None:
    """The object has the saved state before any tick of its own."""
    server = host.made() if state == "made" else host.listening()
    if state == "connected":
        host.take_client(server)
    before = {query: expect.spell(server.call(query)) for query in ANSWERS[state]}
    put_aside(server)
    taker = host.new()
    _restore(server, taker)
    for query in ("is_open", "is_connected"):
        wanted = ANSWERS[state][query]
        expect.returns(taker.call(query), wanted, f"{query} of a server that was {state} when it was saved")
    # What has_session says of a handle that was never opened is judged elsewhere; here, that it is the same handle.
    after = expect.spell(taker.has_session())
    expect.equal(after, before["has_session"], f"has_session of a server that was {state} when it was saved")


@check("restore.empties-orphan")
@pytest.mark.parametrize("state", list(ANSWERS))
def test_empties_orphan(host: Host, state: str) -> None:
    """The handle is in one place only."""
    server = _saved_in(host, state)
    _restore(server, host.new())
    expect.returns(host.holds(), False, "whether the orphan still holds a handle")


@check("restore.fires-nothing")
@pytest.mark.parametrize("waiting", ["nothing", "bytes", "departure", "arrival"])
def test_fires_nothing(host: Host, waiting: str) -> None:
    """No client callback fires in the call, on either object, and none until a tick."""
    server = host.listening()
    peer = host.take_client(server) if waiting != "arrival" else None
    put_aside(server)
    if peer is None:
        host.peer(server.port)
    elif waiting == "bytes":
        peer.send(b"while orphaned")
    elif waiting == "departure":
        peer.close()
    host.silence()
    taker, before = host.new(), server.heard()
    _restore(server, taker)
    host.silence()
    expect.equal(server.heard() - before, 0, f"client callbacks on the old object while {waiting} waits")
    expect.equal(taker.heard(), 0, f"client callbacks on the new object, not yet ticked, while {waiting} waits")


@check("restore.no-second-connect")
def test_no_second_connect(host: Host) -> None:
    """The client never left, so nobody connected."""
    server, peer = host.connected()
    put_aside(server)
    taker = take_over(host, server)
    host.settle(taker)
    hear(host, taker, peer)
    host.settle(taker)
    expect.equal(taker.count("connect"), 0, "connect callbacks on the new object")
    expect.equal(server.count("connect"), 1, "connect callbacks on the old object")


@check("restore.callbacks-to-new-object")
def test_callbacks_to_new_object(host: Host) -> None:
    """What the client does next, and the next client, is told to the new object."""
    server, peer = host.connected()
    put_aside(server)
    taker = take_over(host, server)
    peer.send(b"for the new object")
    until_received(host, taker, 18)
    peer.close()
    until_fired(host, taker, "disconnect", 1)
    host.peer(taker.port)
    until_fired(host, taker, "connect", 1)


@check("restore.old-object-silent")
def test_old_object_silent(host: Host) -> None:
    """The old object is still there and ticked; it hears nothing more."""
    server, peer = host.connected()
    put_aside(server)
    taker = take_over(host, server)
    before = server.heard()
    peer.send(b"not for the old object")
    host.silence()
    tick_whatever(host, server, SETTLING_TICKS)
    host.settle(taker)
    peer.close()
    host.silence()
    tick_whatever(host, server, SETTLING_TICKS)
    host.settle(taker)
    host.peer(taker.port)
    host.silence()
    tick_whatever(host, server, SETTLING_TICKS)
    host.settle(taker)
    expect.equal(server.heard() - before, 0, "client callbacks on the old object")


@check("restore.same-object")
def test_same_object(host: Host) -> None:
    """A script that reloads only its other parts keeps the object."""
    server, peer = host.connected()
    put_aside(server)
    _restore(server, server)
    hear(host, server, peer)
    expect.equal(peer.closed, None, "what the client sees")


@check("restore.new-object")
def test_new_object(host: Host) -> None:
    """The usual reload: the script is the same, the object another."""
    server, peer = host.connected()
    put_aside(server)
    taker = host.new(CLASS_A)
    _restore(server, taker)
    hear(host, taker, peer)
    expect.equal(peer.closed, None, "what the client sees")


@check("restore.other-class")
@pytest.mark.parametrize(("old_class", "new_class"), [(CLASS_A, CLASS_B), (CLASS_B, CLASS_A), (CLASS_SILENT, CLASS_A)])
def test_other_class(host: Host, old_class: int, new_class: int) -> None:
    """A reloaded script may have changed its class, and may have overridden nothing before."""
    server = host.listening(old_class)
    peer = host.peer(server.port)
    # An object that overrides nothing cannot tell that it has taken its client.
    host.until(
        lambda: server.is_connected() == Value(True), server, what="is_connected of the object whose client has come"
    )
    put_aside(server)
    taker = host.new(new_class)
    _restore(server, taker)
    hear(host, taker, peer)
    peer.close()
    until_fired(host, taker, "disconnect", 1)


@check("restore.class-without-callbacks")
def test_class_without_callbacks(host: Host) -> None:
    """All callbacks are optional, also for the object after a reload."""
    server, peer = host.connected()
    put_aside(server)
    taker = host.new(CLASS_SILENT)
    _restore(server, taker)
    peer.send(b"nobody listens")
    host.settle(taker)
    expect.equal(taker.client_callbacks(), [], "callbacks on an object that overrides none")
    expect.returns(taker.is_connected(), True, "is_connected of the object without callbacks")
    expect.returns(taker.send(ANSWER), True, "send from the object without callbacks")
    host.await_peer(peer, len(ANSWER), taker)
    expect.same_bytes(peer.received, ANSWER, "what the client received")


@check("restore.needs-no-adapter")
@pytest.mark.parametrize("state", list(ANSWERS))
def test_needs_no_adapter(host: Host, state: str) -> None:
    """The handle comes from the orphan: an object that never had one, and makes none, takes it."""
    server = _saved_in(host, state)
    taker = host.new()
    _restore(server, taker)
    expect.returns(taker.is_open(), ANSWERS[state]["is_open"], "is_open after the restore")
    # A tick of a handle that is not open yet may be refused.
    tick_whatever(host, taker, SETTLING_TICKS)


@check("restore.ten-times")
def test_ten_times(host: Host) -> None:
    """Objects of two classes take turns; the client sends before, between and after."""
    server, peer = host.connected()
    objects, said = [server], b""
    for turn in range(10):
        word = b"turn %d, " % turn
        peer.send(word)
        said += word
        if turn % 2:
            until_received(host, server, len(said) - sum(len(each.received) for each in objects[:-1]))
        put_aside(server)
        server = take_over(host, server, host.new(CLASS_B if turn % 2 else CLASS_A))
        objects.append(server)
        expect.returns(server.send(word), True, f"send after reload {turn + 1}")
    host.until(
        lambda: sum(len(each.received) for each in objects) >= len(said),
        server,
        what=f"{len(said)} bytes at the objects together",
        got=lambda: host.came(b"".join(bytes(each.received) for each in objects)),
    )
    host.await_peer(peer, len(said), server)
    host.settle(server)
    expect.same_bytes(b"".join(bytes(each.received) for each in objects), said, "what the objects were given in turn")
    expect.same_bytes(peer.received, said, "what the client received")
    expect.equal(sum(each.count("connect") for each in objects), 1, "connect callbacks on all objects")
    expect.equal(sum(each.count("disconnect") for each in objects), 0, "disconnect callbacks on all objects")


@check("restore.before-init")
def test_before_init(host: Host) -> None:
    """A handle needs not be open to be handed over."""
    server = _saved_in(host, "made")
    taker = host.new()
    _restore(server, taker)
    expect.returns(host.init_free(taker), True, "init after the restore")
    visit(host, taker)


@check("restore.listening")
def test_listening(host: Host) -> None:
    """The port is the same and takes clients."""
    server = _saved_in(host, "listening")
    taker = host.new()
    _restore(server, taker)
    visit(host, taker)


@check("restore.connected")
def test_connected(host: Host) -> None:
    """The client is there at once, still there some ticks later, and bytes go both ways."""
    server, peer = host.connected()
    put_aside(server)
    taker = host.new()
    _restore(server, taker)
    for moment in ("at once", "some ticks later"):
        expect.returns(taker.has_session(), True, f"has_session {moment}")
        expect.returns(taker.is_connected(), True, f"is_connected {moment}")
        host.settle(taker)
    talk(host, taker, peer)
    expect.equal(peer.closed, None, "what the client sees")


@check("restore.send-works")
def test_send_works(host: Host) -> None:
    """A greeting from the reloaded script, before its first tick."""
    server, peer = host.connected()
    put_aside(server)
    taker = take_over(host, server)
    expect.returns(taker.send(ANSWER), True, "send right after the restore")
    host.await_peer(peer, len(ANSWER), taker)
    expect.same_bytes(peer.received, ANSWER, "what the client received")


@check("restore.two-orphans")
def test_two_orphans(host: Host) -> None:
    """Taken out in the other order than put in, each by an object of its own."""
    (first, first_peer), (second, second_peer) = host.connected(), host.connected()
    put_aside(first, orphan=1)
    put_aside(second, orphan=2)
    second_taker = take_over(host, second, orphan=2)
    expect.returns(host.holds(1), True, "whether the first orphan still holds its handle")
    first_taker = take_over(host, first, orphan=1)
    first_peer.send(b"to the first")
    second_peer.send(b"to the second")
    until_received(host, first_taker, 12, first_taker, second_taker)
    until_received(host, second_taker, 13, first_taker, second_taker)
    expect.same_bytes(first_taker.received, b"to the first", "what the first server was given")
    expect.same_bytes(second_taker.received, b"to the second", "what the second server was given")
    expect.returns(first_taker.send(b"from the first"), True, "send from the first server")
    host.await_peer(first_peer, 14, first_taker, second_taker)
    expect.same_bytes(first_peer.received, b"from the first", "what the first server's client received")
    expect.same_bytes(second_peer.received, b"", "what the second server's client received")


@check("restore.old-object-destroyed")
def test_old_object_destroyed(host: Host) -> None:
    """What a reload throws away is the object; the server belongs to another by then."""
    server, peer = host.connected()
    put_aside(server)
    taker = take_over(host, server)
    server.destroy()
    host.settle(taker)
    expect.equal(peer.closed, None, "what the client sees after the old object was destroyed")
    hear(host, taker, peer)
    peer.close()
    until_fired(host, taker, "disconnect", 1)
    visit(host, taker)


@check("restore.from-empty")
@pytest.mark.parametrize("orphan", ["never filled", "emptied"])
def test_from_empty(host: Host, orphan: str) -> None:
    """There is no server to restore, and the caller has to learn it."""
    if orphan == "emptied":
        server = host.listening()
        put_aside(server)
        take_over(host, server)
    expect.one_of(host.new().restore(), ("refused",), f"restore from an orphan that was {orphan}")


@check("restore.from-empty-keeps-object")
def test_from_empty_keeps_object(host: Host) -> None:
    """Whatever the call says, the object goes on with its client."""
    server, peer = host.connected()
    server.restore()
    host.settle(server)
    expect.equal(peer.closed, None, "what the client sees")
    expect.returns(server.is_connected(), True, "is_connected after restoring from an empty orphan")
    hear(host, server, peer)
    peer.close()
    until_fired(host, server, "disconnect", 1)
    visit(host, server)


@check("restore.into-occupied")
@pytest.mark.parametrize("state", ["made", "open", "connected"])
def test_into_occupied(host: Host, state: str) -> None:
    """Refusing keeps both servers, replacing closes the object's own; what nobody owns any more is neither."""
    server, peer = host.connected()
    occupied = host.made() if state == "made" else host.listening()
    put_aside(server)
    own = host.take_client(occupied) if state == "connected" else None
    outcome = occupied.restore()
    host.observe(expect.one_of(outcome, host.allowed(), f"restore into an object with a handle that is {state}"))
    replaced = outcome == Value(None)
    if not replaced:
        expect.returns(host.holds(), True, "whether the orphan still holds what was not restored")
        hear(host, take_over(host, server), peer)
    if state != "made" and replaced:
        host.await_refusal(occupied.port, "the replaced server's port is freed")
    if own is not None and replaced:
        host.await_closed(own, occupied)
    if replaced:
        hear(host, occupied, peer)
    elif own is not None:
        hear(host, occupied, own)
    elif state == "open":
        visit(host, occupied)
    else:
        expect.returns(host.init_free(occupied), True, "init of the object that kept its handle")


@check("restore.into-occupied-apart")
def test_into_occupied_apart(host: Host) -> None:
    """What waits for the client of the one server is nothing for that of the other, whichever of them goes on."""
    server, peer = host.connected()
    occupied, own = host.connected()
    put_aside(server)
    fill(host, occupied, own, bytes(WAITING))
    if occupied.restore() != Value(None):
        occupied = take_over(host, server)
    hear(host, occupied, peer)
    host.settle(occupied)
    expect.same_bytes(peer.received, b"", "what the client of the restored server received")
