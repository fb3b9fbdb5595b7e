"""Section together: a `Client` and a `Server` of the same implementation talk to each other, in one frame loop."""

from __future__ import annotations

from collections.abc import Callable

from dasnet_adapters.contract import CLASS_B, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import CONNECT_TIMEOUT
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import made_client
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.suite.scenes import accepted_echoes, put_aside, take_over, to_one_that_does_not_read

MEBIBYTE = 1 << 20
PIECE = 1 << 15
#: What is sent to one that does not read, each size until a piece is refused, or so many are taken: beyond most bounds.
WAITING_PIECES = (8 << 20, 1 << 19, 1 << 15, 1 << 11, 1 << 7, 1 << 3)
MOST_OF_EACH = 17


def _connect(host: Host, client: HostObject, server: HostObject) -> None:
    outcome = client.connect(host.peer_host.strip("[]"), server.port, CONNECT_TIMEOUT)
    expect.returns(outcome, True, f"connect of {client} to {server}")


def _meet(host: Host, client: HostObject, server: HostObject) -> None:
    connects = server.count("connect")
    _connect(host, client, server)
    _until(host, client, server, lambda: server.count("connect") > connects, "a connect callback of the server")


def _until(host: Host, client: HostObject, server: HostObject, reached: Callable[[], bool], what: str) -> None:
    host.until(reached, server, client, what=what)


def _met(host: Host) -> tuple[HostObject, HostObject]:
    server, client = host.listening(), made_client(host)
    with expect.needing("together.connect"):
        _meet(host, client, server)
    return client, server


def _say(host: Host, speaker: HostObject, hearer: HostObject, content: bytes) -> None:
    heard = len(hearer.received)
    expect.returns(speaker.send(content), True, f"send of {speaker}")
    host.until(
        lambda: len(hearer.received) >= heard + len(content),
        speaker,
        hearer,
        what=f"{len(content)} bytes of {speaker} at {hearer}",
        got=lambda: f"{len(hearer.received) - heard} bytes",
    )
    expect.same_bytes(hearer.received[heard:], content, f"what {hearer} heard of {speaker}")


@check("together.connect")
def test_connect(host: Host) -> None:
    """Neither end is the suite's."""
    server, client = host.listening(), made_client(host)
    _meet(host, client, server)
    host.settle(server, client)
    for each in (server, client):
        expect.equal(each.client_callbacks(), ["connect"], f"what was told to {each}")
        expect.returns(each.is_connected(), True, f"is_connected of {each}")


@check("together.talk")
def test_talk(host: Host) -> None:
    """A question and an answer, a hundred times."""
    client, server = _met(host)
    for number in range(100):
        _say(host, client, server, b"question %d\n" % number)
        _say(host, server, client, b"answer %d\n" % number)


@check("together.large")
def test_large(host: Host) -> None:
    """In pieces that ordinary messages have; ticks of both go on between them."""
    client, server = _met(host)
    content = host.random.randbytes(4 * MEBIBYTE)
    for speaker, hearer in ((client, server), (server, client)):
        for start in range(0, len(content), PIECE):
            _say(host, speaker, hearer, content[start : start + PIECE])
        expect.same_bytes(hearer.received, content, f"what {hearer} heard in all")


@check("together.client-closes")
def test_client_closes(host: Host) -> None:
    """The server's client leaves."""
    client, server = _met(host)
    _say(host, client, server, b"farewell")
    client.close()
    _until(host, client, server, lambda: server.count("disconnect") > 0, "a disconnect callback of the server")
    host.settle(server, client)
    expect.equal(server.client_callbacks(), ["connect", "data", "disconnect"], "what was told to the server")
    expect.equal(client.count("disconnect"), 0, "disconnect callbacks of the client that closed")


@check("together.server-destroyed")
def test_server_destroyed(host: Host) -> None:
    """The client's server leaves."""
    client, server = _met(host)
    _say(host, server, client, b"farewell")
    expect.returns(server.destroy(), None, "destroy of the server")
    host.until(lambda: client.count("disconnect") > 0, client, what="a disconnect callback of the client")
    host.settle(client)
    expect.equal(client.client_callbacks(), ["connect", "data", "disconnect"], "what was told to the client")


@check("together.reload")
def test_reload(host: Host) -> None:
    """Into an object of another class; the client sends while nobody has the handle."""
    client, server = _met(host)
    _say(host, client, server, b"before")
    put_aside(server)
    expect.returns(client.send(b"between"), True, "send of the client while the server is saved")
    host.settle(client)
    expect.equal(client.client_callbacks(), ["connect"], "what the client was told while the server was saved")
    new = take_over(host, server, host.new(CLASS_B))
    host.until(lambda: len(new.received) >= 7, new, client, what="what the client sent in between")
    expect.same_bytes(new.received, b"between", "what the new object heard")
    _say(host, new, client, b"after")
    _say(host, client, new, b"after all")
    expect.equal(new.count("connect"), 0, "connect callbacks of the new object")


@check("together.reload-queued")
def test_reload_queued(host: Host) -> None:
    """Sent while the client was not ticked: some of it may still wait to be sent when the server is saved."""
    client, server = _met(host)
    content = host.random.randbytes(256 * PIECE)
    accepted = b""
    with to_one_that_does_not_read(host):
        for start in range(0, len(content), PIECE):
            part = content[start : start + PIECE]
            if expect.one_of(server.send(part), ("true", "false"), "send of the server") == "false":
                break
            accepted += part
    put_aside(server)
    new = take_over(host, server)
    host.until(
        lambda: len(client.received) >= len(accepted),
        new,
        client,
        what=f"{len(accepted)} bytes that the server had accepted",
        got=lambda: f"{len(client.received)} bytes",
    )
    host.settle(new, client)
    expect.same_bytes(client.received[: len(accepted)], accepted, "what the client heard")


@check("together.second-waits")
def test_second_waits(host: Host) -> None:
    """It is connected, as far as it can know; it is served when the first has left."""
    first, server = _met(host)
    second = made_client(host)
    _connect(host, second, server)
    expect.returns(second.send(b"of the second"), True, "send of the client that waits")
    host.settle(server, first, second)
    expect.equal(server.client_callbacks(), ["connect"], "what was told to the server with two clients there")
    _say(host, first, server, b"of the first")
    heard = len(server.received)
    first.close()
    host.until(
        lambda: len(server.received) >= heard + 13,
        server,
        first,
        second,
        what="the bytes of the client that waited",
    )
    expect.same_bytes(server.received[heard:], b"of the second", "what the server heard then")
    expect.equal(
        server.client_callbacks(), ["connect", "data", "disconnect", "connect", "data"], "what was told to the server"
    )


@check("together.many-in-turn")
def test_many_in_turn(host: Host) -> None:
    """A new object each; every second one is destroyed and not closed."""
    server = host.listening()
    for number in range(20):
        client = made_client(host)
        _meet(host, client, server)
        _say(host, client, server, b"client %d" % number)
        _say(host, server, client, b"hello %d" % number)
        if number % 2:
            client.destroy()
        else:
            client.close()
        host.until(
            lambda: server.count("disconnect") > number,  # noqa: B023
            *([server] if number % 2 else [server, client]),
            what="a disconnect callback of the server",
        )
    expect.equal(server.client_callbacks(), ["connect", "data", "disconnect"] * 20, "what was told to the server")


# Who refuses a send may end the connection; an end without a refusal is none of the choices.
def _given_up(client: HostObject, server: HostObject, *, refused: bool) -> bool:
    if not server.count("disconnect") and not client.count("disconnect"):
        return False
    return refused or any(each.outcome == Value(False) for each in server.did("echo"))


# What came before the end is a beginning of what was sent, at either end.
def _came_before_the_end(host: Host, client: HostObject, server: HostObject, content: bytes) -> None:
    host.settle(server, client)
    expect.same_bytes(server.received, content[: len(server.received)], "what the server heard before the end")
    came, expected = client.received, accepted_echoes(server)
    expect.same_bytes(came, expected[: len(came)], "what came back of what the server's send accepted")
    host.observe("the connection was closed")


@check("together.echo-flood")
def test_echo_flood(host: Host) -> None:
    """What the server cannot send back yet it has to keep, and goes on hearing."""
    client, server = _met(host)
    server.react("data", "echo")
    content = host.random.randbytes(8 * MEBIBYTE)
    refused = False

    def given_up() -> bool:
        return _given_up(client, server, refused=refused)

    for start in range(0, len(content), PIECE):
        part = content[start : start + PIECE]
        if expect.one_of(client.send(part), ("true", "false"), "send of the client") == "true":
            continue
        refused = True
        _until(
            host,
            client,
            server,
            lambda: given_up() or client.send(part) == Value(True),  # noqa: B023
            "a send of the client that is true",
        )
        if given_up():
            break
    host.until(
        lambda: len(server.received) >= len(content) or given_up(),
        server,
        client,
        what=f"{len(content)} bytes at the server",
        got=lambda: f"{len(server.received)} bytes",
    )
    expected = accepted_echoes(server)
    host.until(
        lambda: len(client.received) >= len(expected) or given_up(),
        server,
        client,
        what=f"{len(expected)} bytes back at the client",
        got=lambda: f"{len(client.received)} bytes",
    )
    if given_up():
        _came_before_the_end(host, client, server, content)
        return
    expect.same_bytes(server.received, content, "what the server heard")
    expect.same_bytes(client.received, expected, "what came back of what the server's send accepted")
    host.observe("echoed")


@check("together.reconnect")
def test_reconnect(host: Host) -> None:
    """Half-way the server becomes another object; the client does not know."""
    server, client = host.listening(), made_client(host)
    for number in range(10):
        if number == 5:
            put_aside(server)
            server = take_over(host, server)
        departures = server.count("disconnect")
        _meet(host, client, server)
        _say(host, client, server, b"round %d" % number)
        _say(host, server, client, b"heard")
        expect.returns(client.close(), None, "close")
        left = departures + 1
        _until(host, client, server, lambda: server.count("disconnect") >= left, "a disconnect callback")  # noqa: B023


@check("together.queues-apart")
def test_queues_apart(host: Host) -> None:
    """A bound of what waits is nobody's promise; whose it is, is: that of the one who does not read."""
    server, stalled = host.listening(), made_client(host)
    with expect.needing("together.connect"):
        _meet(host, stalled, server)
    # Nobody ticks that client from here on, so it does not read.
    with to_one_that_does_not_read(host):
        for size in WAITING_PIECES:
            for _ in range(MOST_OF_EACH):
                if server.send(b"wait", repeat=size >> 2) != Value(True):
                    break
    client, other = _met(host)
    _say(host, client, other, b"a question")
    _say(host, other, client, b"the answer")
