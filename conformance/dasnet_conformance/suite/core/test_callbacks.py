"""Checks of section `callbacks`: which fire, in which order, what holds inside them, and what may be done there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dasnet_adapters.contract import Outcome, Refusal
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import SETTLING_TICKS
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import CLIENT_CALLBACKS, HostObject, spell_event
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.pace import rounds
from dasnet_conformance.suite.scenes import (
    Forgiving,
    hear,
    order,
    outcome_inside,
    serve_in_the_end,
    serve_one,
    tick_whatever,
    to_one_that_does_not_read,
    until_fired,
    until_fired_soon,
)

MEBIBYTE = 1 << 20
#: Clients in a row: past what a byte can count.
IN_A_ROW = 260
#: Clients in a row on which a callback fails.
RAISES = 3

in_each_callback = pytest.mark.parametrize("callback", CLIENT_CALLBACKS)


def _provoke(host: Host, callback: str, action: str) -> tuple[HostObject, Peer]:
    # Brings a server to the point where its next ticks fire the callback, with the reaction in place.
    server = host.listening()
    if callback == "connect":
        server.react(callback, action)
        return server, host.peer(server.port)
    peer = host.take_client(server)
    server.react(callback, action)
    if callback == "data":
        # More than one piece for whoever hands out pieces: an object that is destroyed has to hear no further one.
        peer.send(bytes(300_000) if action == "destroy" else b"words")
    else:
        peer.close()
    return server, peer


def _tick_until(host: Host, server: HostObject, reached: Callable[[], bool], what: str) -> list[Outcome]:
    # As `until`, for ticks that may be refused; gives their outcomes.
    outcomes: list[Outcome] = []

    def ticked() -> bool:
        outcomes.append(server.tick())
        return reached()

    host.until(ticked, what=what)
    return outcomes


@check("callbacks.order")
def test_order(host: Host) -> None:
    """Each client sends and leaves at once, so that a tick may find all there is to tell of it."""
    server = host.listening()
    for number in range(1, 4):
        peer = host.peer(server.port)
        peer.send(b"client %d" % number)
        peer.close()
        with expect.needing("tick.notices-departure"):
            until_fired(host, server, "disconnect", number)
    host.settle(server)
    expect.equal(order(server), ["connect", "data", "disconnect"] * 3, "client callbacks of three clients")


@check("callbacks.one-connect-per-client")
def test_one_connect_per_client(host: Host) -> None:
    """Neither ticks without news nor bytes make a client connect again."""
    server, peer = host.connected()
    host.settle(server)
    for word in (b"once", b"twice", b"thrice"):
        peer.send(word)
        host.await_received(server, len(server.received) + len(word))
    host.settle(server)
    expect.equal(server.count("connect"), 1, "connect callbacks of one client")


@check("callbacks.one-disconnect-per-client")
@pytest.mark.parametrize("how", ["close", "reset"])
def test_one_disconnect_per_client(host: Host, how: str) -> None:
    """The departure is told once, though the ticks go on."""
    server, peer = host.connected()
    if how == "close":
        peer.close()
    else:
        peer.reset()
    host.await_departure(server)
    host.settle(server)
    expect.equal(server.count("disconnect"), 1, f"disconnect callbacks after a {how}")


@check("callbacks.every-client-is-told")
def test_every_client_is_told(host: Host) -> None:
    """Each way of being a client follows each other one: what one leaves behind may be the next one's callback."""
    server = host.listening()
    ways = [(speaks, ending) for speaks in (True, False) for ending in ("close", "reset", "half-close")]
    number = 0
    for number in rounds(IN_A_ROW):
        # Steps of 1 and of 5 through the ways, in turn, so that each comes behind several others.
        speaks, ending = ways[(number * (1 if number // len(ways) % 2 else 5)) % len(ways)]
        peer = host.peer(server.port)
        until_fired_soon(host, server, "connect", number)
        if speaks:
            hear(host, server, peer)
        if ending == "half-close":
            peer.half_close()
            host.step_peers()
        if ending == "reset":
            peer.reset()
        else:
            peer.close()
        until_fired_soon(host, server, "disconnect", number)
        host.dismiss(peer)
    host.settle(server)
    names = [name for name in server.client_callbacks() if name != "data"]
    for client in range(1, number + 1):
        told = names[2 * client - 2 : 2 * client]
        expect.equal(told, ["connect", "disconnect"], f"callbacks of client {client} of {number}")
    expect.equal(names[2 * number :], [], f"callbacks after the last of {number} clients")


def _queried_inside(host: Host, callback: str) -> tuple[bool, ...]:
    server, _ = _provoke(host, callback, "query")
    until_fired(host, server, callback, 1)
    done = server.did("query")
    expect.that(bool(done), f"the queries inside {callback}", expected="three answers", got="nothing")
    expect.returns(outcome_inside(server, "query"), None, f"the queries inside {callback}")
    return done[0].answers


@check("callbacks.connected-inside-connect")
def test_connected_inside_connect(host: Host) -> None:
    """The callback may greet: what it tells of already holds."""
    has_session, _, is_connected = _queried_inside(host, "connect")
    expect.equal(has_session, True, "has_session inside connect")
    expect.equal(is_connected, True, "is_connected inside connect")


@check("callbacks.connected-inside-data")
def test_connected_inside_data(host: Host) -> None:
    """The callback may answer: the client is there."""
    has_session, _, is_connected = _queried_inside(host, "data")
    expect.equal(has_session, True, "has_session inside data")
    expect.equal(is_connected, True, "is_connected inside data")


@check("callbacks.inside-disconnect")
def test_inside_disconnect(host: Host) -> None:
    """True is fine, for the departure is being told of; false is fine, for the client has left."""
    _, _, is_connected = _queried_inside(host, "disconnect")
    host.observe("true" if is_connected else "false")


@check("callbacks.open-inside")
@in_each_callback
def test_open_inside(host: Host, callback: str) -> None:
    """The listener does not depend on the client."""
    _, is_open, _ = _queried_inside(host, callback)
    expect.equal(is_open, True, f"is_open inside {callback}")


@check("callbacks.raise-reaches-host")
@in_each_callback
def test_raise_reaches_host(host: Host, callback: str) -> None:
    """The tick may end in an error or an error callback may tell; a user's mistake that nobody sees is neither."""
    server, _ = _provoke(host, callback, "raise")
    outcomes = _tick_until(host, server, lambda: server.count(callback) > 0, f"a {callback} callback, which raises")
    refused = any(isinstance(outcome, Refusal) for outcome in outcomes)
    expect.that(
        refused or server.count("error") > 0,
        f"a failure inside {callback}",
        expected="a refused tick or an error callback",
        got="neither",
    )
    host.observe("refused" if refused else "error")


def _until_told(host: Host, server: HostObject, what: str, count: int) -> None:
    _tick_until(host, server, lambda: server.count(what) >= count, f"{what} callback number {count}")


@check("callbacks.raise-keeps-serving")
@in_each_callback
def test_raise_keeps_serving(host: Host, callback: str) -> None:
    """Whether the client of a failure is kept is the implementation's choice; the next one is served."""
    server, peer = _provoke(host, callback, "raise")
    _until_told(host, server, callback, 1)
    peer.close()
    _until_told(host, server, "disconnect", 1)
    for number in range(2, RAISES + 1):
        peer = host.peer(server.port)
        peer.send(b"words")
        peer.close()
        _until_told(host, server, callback, number)
        _until_told(host, server, "disconnect", number)
    host.settle(Forgiving(server))
    expect.equal(server.count("disconnect"), RAISES, f"disconnect callbacks of {RAISES} clients, each with a failure")
    server.react(callback, "none")
    serve_in_the_end(host, server)


@check("callbacks.raise-inside-error")
@pytest.mark.parametrize("waiting", ["nothing waits", "bytes wait"])
def test_raise_inside_error(host: Host, waiting: str) -> None:
    """Whether a broken connection is an error at all is a choice; that it is a departure is not."""
    server, peer = host.connected()
    if waiting == "bytes wait":
        peer.pause_reading()
        with to_one_that_does_not_read(host):
            server.send(b"for nobody", repeat=MEBIBYTE)
    server.react("error", "raise")
    peer.reset()
    _tick_until(host, server, lambda: server.count("disconnect") > 0, "a disconnect callback after the reset")
    host.observe("error fired" if server.count("error") else "no error fired")
    server.react("error", "none")
    serve_in_the_end(host, server)


@check("callbacks.destroy-inside")
@in_each_callback
def test_destroy_inside(host: Host, callback: str) -> None:
    """The rest of the tick finds nothing to do, and the client an end."""
    server, peer = _provoke(host, callback, "destroy")
    # A queue may have room for one only, and that is the first one before its connect callback.
    behind = [host.peer(server.port)] if callback != "connect" else []
    what = f"a {callback} callback, in which the object ends"
    outcomes = _tick_until(host, server, lambda: bool(server.did("destroy")), what)
    expect.returns(outcomes[-1], None, f"the tick in whose {callback} callback the object was destroyed")
    told = [fired.event for fired in server.fired]
    place = told.index(server.did("destroy")[0])
    # A disconnect for the client that is thrown out may follow; a client that comes or sends may not.
    late = [event.what for event in told[place:] if event.what in ("connect", "data")]
    expect.equal(late, [], "callbacks of the same tick after the object was destroyed")
    for each in behind if callback == "disconnect" else [peer, *behind]:
        host.await_closed(each)
    host.await_refusal(server.port, f"port {server.port} is freed")
    before = server.heard()
    host.silence()
    tick_whatever(host, server, SETTLING_TICKS)
    expect.equal(server.heard() - before, 0, "client callbacks after the object was destroyed")


@check("callbacks.none-after-destroy")
def test_none_after_destroy(host: Host) -> None:
    """Neither what was waiting nor what comes is told; another server is ticked in case they share something."""
    (server, peer), other = host.connected(), host.listening()
    peer.send(b"waiting when the object goes")
    host.silence()
    server.destroy()
    before = server.heard()
    peer.send(b"too late")
    host.silence()
    host.settle(other)
    expect.equal(server.heard() - before, 0, "client callbacks after the object was destroyed")


@check("callbacks.no-error-when-all-is-well")
def test_no_error_when_all_is_well(host: Host) -> None:
    """Quiet conversations, an idle stretch among them: nothing goes wrong, so nothing is told as an error."""
    server = host.listening()
    host.settle(server)
    for _ in range(2):
        serve_one(host, server)
        host.settle(server)
    told = [spell_event(fired.event) for fired in server.fired if fired.event.what == "error"]
    expect.equal(told, [], "error callbacks")


@check("callbacks.own-object-only")
def test_own_object_only(host: Host) -> None:
    """The ticks of one server tell nothing of the other's client, however long that one waits."""
    (first, first_peer), (second, second_peer) = host.connected(), host.connected()
    first_peer.send(b"to the first")
    second_peer.send(b"to the second")
    before = second.heard()
    host.await_received(first, 12)
    host.settle(first)
    expect.equal(second.heard() - before, 0, "client callbacks of the second server in ticks of the first")
    host.await_received(second, 13)
    first_peer.close()
    second_peer.close()
    before = first.heard()
    host.await_departure(second)
    host.settle(second)
    expect.equal(first.heard() - before, 0, "client callbacks of the first server in ticks of the second")
    host.await_departure(first)
    expect.same_bytes(first.received, b"to the first", "what the first server was given")
    expect.same_bytes(second.received, b"to the second", "what the second server was given")
    before = second.count("error")
    first.send(b"to nobody")
    expect.equal(second.count("error"), before, "error callbacks of the second server, for a send of the first")


@check("callbacks.sends-inside-disconnect")
def test_sends_inside_disconnect(host: Host) -> None:
    """Whatever is answered, to a client that is on its way out: the bytes must not wait for the next one."""
    server, peer = host.connected()
    server.react("disconnect", "send", b"farewell")
    peer.close()
    until_fired(host, server, "disconnect", 1)
    expect.one_of(outcome_inside(server, "send"), host.allowed(), "send inside the disconnect callback")
    server.react("disconnect", "none")
    peer = host.take_client(server)
    host.settle(server)
    expect.same_bytes(peer.received, b"", "what the next client received, without a send to it")


@check("callbacks.error-code-of-its-failure")
def test_error_code_of_its_failure(host: Host) -> None:
    """An init that fails and a send without a client, in either order: codes, as messages may tell more than that."""
    holder = host.listening()
    plain, after_init, after_send = host.listening(), host.made(), host.made()
    with expect.needing("init.port-in-use"):
        expect.returns(after_init.init(holder.port), False, "init on a port that is taken")
    in_use = _last_code(after_init)
    with expect.needing("init.retry-after-failure"):
        expect.returns(host.init_free(after_init), True, "init on a free port after one that failed")
    for server in (plain, after_init, after_send):
        with expect.needing("send.without-client"):
            expect.one_of(server.send(b"anybody?"), ("false", "refused"), "send without a client")
    nobody = _last_code(plain)
    expect.equal(_last_code(after_init), nobody, "the code of a send without a client, after an init had failed")
    with expect.needing("init.port-in-use"):
        expect.returns(after_send.init(holder.port), False, "init on a port that is taken")
    expect.equal(_last_code(after_send), in_use, "the code of an init on a port that is taken, after a send had failed")


# The code of the error that was told last; whether any is told is judged elsewhere.
def _last_code(server: HostObject) -> int:
    codes = [fired.event.code for fired in server.fired if fired.event.what == "error"]
    if not codes:
        raise expect.Moot("not asked: no error was told")
    return codes[-1]
