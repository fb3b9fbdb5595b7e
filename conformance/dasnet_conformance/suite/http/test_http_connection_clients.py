"""Section http-connection: clients that leave, flood or do not read, and many of them."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Outcome
from dasnet_conformance.stage import expect, many
from dasnet_conformance.stage.bounds import MORE_THAN_HELD, SETTLING_TICKS
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_side import (
    GREETING,
    PLAIN,
    Limits,
    ask,
    await_answer,
    await_answers,
    await_end,
    await_request,
    client_of,
    finals_at,
    greeting,
    pour,
    request_of,
    requests_of,
    respond,
    serving,
    still_serves,
    targets_of,
)

SHORT = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#: Ten minutes of a game, and more: what a hidden limit might be.
MANY_TICKS = 40_000


@check("http-connection.error-arrives")
def test_error_arrives(host: Host) -> None:
    """A reset while the client still sends would take the answer with it.

    The client sends eight mebibytes behind a head that cannot be right, and reads only then, as most do: where nobody
    takes its bytes it never comes to reading. That the answer can be read behind a failed send is a kindness of some
    systems, and few clients try.
    """
    server = greeting(host)
    peer = client_of(host, server)
    peer.reading = False
    taken = pour(host, server, peer, request_of("/", "Content-Length: x", method="POST") + bytes(MORE_THAN_HELD))
    peer.reading = True
    expect.that(taken, "what a client sends that reads only then", expected="all of it taken", got="a part left")
    host.until(lambda: bool(finals_at(peer) or peer.closed), server, what="an error answer")
    answers = finals_at(peer)
    expect.that(
        bool(answers) and 400 <= answers[0].status < 500,
        "what a client got that went on sending",
        expected="an error of 4xx",
        got=str([answer.status for answer in answers]) if answers else f"nothing, then {peer.closed}",
    )
    expect.that(
        peer.closed != "reset" and not peer.undelivered,
        "the connection of a client that went on sending",
        expected="that what it sends is taken until it has read the answer",
        got="a reset",
    )


@check("http-connection.leaves-in-head")
@pytest.mark.parametrize("count", [3, 100], ids=["three", "a hundred"])
@pytest.mark.parametrize("how", ["close", "reset", "half-close"])
def test_leaves_in_head(host: Host, how: str, count: int) -> None:
    """After a word, a line, and all but the last byte; and a hundred clients one after the other."""
    if count == 3:
        _leaves(host, request_of("/gone", "X-Field: a"), how)
    else:
        _leave_one_after_another(host, how)


def _leave_one_after_another(host: Host, how: str) -> None:
    # A hundred, more than many have places for, and every fourth one has not said a word.
    server = greeting(host)
    for number in range(100):
        peer = client_of(host, server, needs="")
        if number % 4:
            peer.send(b"GET /gone HTTP/1.1\r\n")
        if number % 3:
            # The others have left before any tick has seen them.
            host.tick_once(server)
        {"close": peer.close, "reset": peer.reset, "half-close": peer.half_close}[how]()
        host.tick_once(server)
    host.settle(server)
    expect.equal(server.count("request"), 0, "request callbacks")
    still_serves(host, server)


@check("http-connection.leaves-in-body")
@pytest.mark.parametrize("how", ["close", "reset", "half-close"])
def test_leaves_in_body(host: Host, how: str) -> None:
    """With no byte of the body, and with all but one."""
    _leaves(host, request_of("/gone", method="POST", body=bytes(40)), how)


def _leaves(host: Host, data: bytes, how: str) -> None:
    server = greeting(host)
    for cut in (3, len(data) - 40, len(data) - 1):
        # The second one finds what the first has left behind.
        peer = client_of(host, server, needs="")
        peer.send(data[:cut])
        host.tick_once(server)
        {"close": peer.close, "reset": peer.reset, "half-close": peer.half_close}[how]()
        host.settle(server)
        expect.equal(server.count("request"), 0, f"request callbacks for {cut} of {len(data)} bytes, then {how}")
    still_serves(host, server)


@check("http-connection.leaves-before-answer")
@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("size", [12, 1 << 20])
def test_leaves_before_answer(host: Host, how: str, size: int) -> None:
    """Whether respond is true is open: the server may not have noticed. What it sends goes nowhere."""
    server = serving(host)
    for _ in range(3):
        peer = client_of(host, server)
        peer.send(request_of())
        event = await_request(host, server, server.count("request") + 1)
        peer.close() if how == "close" else peer.reset()
        host.silence()
        outcome = server.call("respond", event.exchange, 200, b"", b"x", size)
        expect.one_of(outcome, ("true", "false", "refused"), "respond to a client that has left")
        host.settle(server)
    server.react("request", "respond", 200, b"", GREETING)
    still_serves(host, server)


@check("http-connection.resets-in-answer")
@pytest.mark.parametrize("places", [0, 2], ids=["many places", "two places"])
def test_resets_in_answer(host: Host, places: int) -> None:
    """In the middle of eight mebibytes, of which the system holds a part; six where there are places for two."""
    server = serving(host, limits=Limits(connections=places) if places else None)
    for _ in range(3 * (places or 1)):
        peer = client_of(host, server)
        peer.pause_reading()
        peer.send(request_of())
        event = await_request(host, server, server.count("request") + 1, needs="")
        respond(server, event.exchange, body=bytes(256), repeat=MORE_THAN_HELD // 256)
        host.tick_once(server)
        peer.reset()
        host.settle(server)
    server.react("request", "respond", 200, b"", GREETING)
    still_serves(host, server)


@check("http-connection.half-close")
@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.0", "reads late"])
def test_half_close(host: Host, version: str) -> None:
    """It has asked and will say nothing more, and it reads; answered inside the callback and ticks later. One that
    reads later still gets all of it as well.
    """
    if version == "reads late":
        _half_closed_reads_late(host)
        return
    server = greeting(host)
    peer = client_of(host, server)
    peer.send_last(request_of(version=version))
    expect.same_bytes(await_answer(host, server, peer).body, GREETING, "the body of an answer inside")
    server.react("request", "none")
    later = client_of(host, server)
    later.send_last(request_of(version=version))
    event = await_request(host, server, 2)
    # It is the program that takes its time.
    many.ticks(host, server, 1_000)
    respond(server, event.exchange)
    expect.same_bytes(await_answer(host, server, later).body, GREETING, "the body of a later answer")


# The end of the client's half comes when a part of its answer has left, and the rest waits for it to read.
def _half_closed_reads_late(host: Host) -> None:
    server = serving(host)
    peer = client_of(host, server)
    peer.pause_reading()
    peer.send(request_of())
    event = await_request(host, server)
    respond(server, event.exchange, body=bytes(256), repeat=MORE_THAN_HELD // 256)
    host.tick_once(server)
    peer.half_close()
    host.settle(server)
    peer.resume_reading()
    answer = await_answer(host, server, peer)
    expect.equal(len(answer.body), MORE_THAN_HELD, "bytes of an answer whose client has ended its half meanwhile")


@check("http-connection.half-close-ends")
@pytest.mark.parametrize(
    ("data", "owed"),
    [
        pytest.param(request_of(), 1, id="a request"),
        pytest.param(request_of() * 3, 3, id="three requests in one write"),
        pytest.param(request_of(method="POST", body=bytes(20_000)) * 5, 5, id="more in one write than may wait"),
        pytest.param(SHORT * 400, 400, id="more in one write than a tick carries out"),
        pytest.param(request_of("/", "Connection: close"), 1, id="a request that says close"),
        pytest.param(b"", 0, id="nothing"),
        pytest.param(b"GET /gone HTTP/1.1\r\n", 0, id="a part of a head"),
        pytest.param(request_of("/gone", method="POST", body=bytes(40))[:-1], 0, id="a part of a body"),
        pytest.param(request_of() + b"GET /gone", 1, id="a part of a head behind a request"),
    ],
)
@pytest.mark.parametrize("answered", ["inside", "later"])
def test_half_close_ends(host: Host, data: bytes, owed: int, answered: str) -> None:
    """Nothing more can come of it: a connection that stays takes a place, and a descriptor, for good.

    By end of file or by reset, with an error answer or without.
    """
    server = serving(host)
    peer = client_of(host, server)
    if answered == "inside":
        server.react("request", "respond", 200, b"", GREETING)
    peer.send_last(data)
    if answered == "later" and owed:
        await_request(host, server)
        host.settle(server)
        for event in requests_of(server):
            if expect.name_of(server.call("respond", event.exchange, 200, b"", GREETING, 1)) != "true":
                break  # Behind an answer that says close there is none, and this is seen by what has come.
        # Those that were not told of yet, where one is told of when the one before it is answered.
        server.react("request", "respond", 200, b"", GREETING)
    await_end(host, server, peer)
    answers = finals_at(peer)
    served = [answer.status for answer in answers if answer.status == 200]
    if len(served) < owed and answers and answers[-1].closes and answers[-1].status == 200:
        raise expect.Moot("this server ends its connections behind fewer answers")
    expect.equal(len(served), owed, "answers to whole requests")


@check("http-connection.slow-reader")
def test_slow_reader(host: Host) -> None:
    """Eight mebibytes wait for one that does not read; ten others come and go meanwhile."""
    server = serving(host)
    slow = client_of(host, server)
    slow.pause_reading()
    slow.send(request_of("/slow"))
    event = await_request(host, server)
    respond(server, event.exchange, body=bytes(256), repeat=MORE_THAN_HELD // 256)
    server.react("request", "respond", 200, b"", GREETING)
    for _ in range(10):
        still_serves(host, server)


@check("http-connection.slow-reader-whole")
@pytest.mark.parametrize(
    ("field", "behind"),
    [("", b""), ("Connection: close", b""), ("", b"no request\r\n\r\n"), ("", PLAIN * 3)],
    ids=["goes on", "last answer", "a faulty request behind it", "others behind it"],
)
def test_slow_reader_whole(host: Host, field: str, behind: bytes) -> None:
    """Ticks go by in which it reads nothing; an answer that is the last is whole as well before the end, and so is one
    behind which the client has asked for what is none, or for others.
    """
    if behind.startswith(PLAIN):
        _reads_several_late(host, behind)
        return
    server = serving(host)
    slow = client_of(host, server)
    slow.pause_reading()
    slow.send(request_of("/slow", *([field] if field else [])))
    event = await_request(host, server)
    respond(server, event.exchange, body=bytes(range(256)), repeat=MORE_THAN_HELD // 256)
    host.settle(server)
    if behind:
        slow.send(behind)
        host.settle(server)
    slow.resume_reading()
    answer = await_answer(host, server, slow)
    expect.same_tail(answer.body, 0, bytes(range(256)), "the body, read late", repeat=MORE_THAN_HELD // 256)
    if behind:
        host.until(
            lambda: len(finals_at(slow)) > 1 or slow.closed is not None, server, what="an error answer, or the end"
        )
        for later in finals_at(slow)[1:]:
            expect.that(later.status >= 400, "the answer behind it", expected="an error", got=f"status {later.status}")


# Answers of several sizes, of which the system takes a part, and then a part that begins in one and ends in another.
def _reads_several_late(host: Host, behind: bytes) -> None:
    server = serving(host)
    slow = client_of(host, server)
    slow.pause_reading()
    slow.send(PLAIN + behind)
    sizes = [MORE_THAN_HELD // 3, 77_777, MORE_THAN_HELD // 3, 99_999]
    given: list[Outcome] = []

    def answered() -> bool:
        for event in requests_of(server)[len(given) :]:
            piece, size = b"%x" % len(given), sizes[len(given)]
            given.append(server.call("respond", event.exchange, 200, b"", piece, size))
        return len(finals_at(slow)) == len(sizes) or slow.closed is not None

    for _ in range(SETTLING_TICKS):
        answered()
        host.tick_once(server)
    slow.resume_reading()
    # Where one is told of when the one before it has left, that is so by and by.
    host.until(answered, server, what=f"{len(sizes)} answers", got=lambda: str(len(finals_at(slow))))
    answers = finals_at(slow)
    if len(answers) < len(sizes) and answers and answers[-1].closes:
        raise expect.Moot("this server ends its connections behind fewer answers")
    expect.equal(len(answers), len(sizes), "answers to a client that reads late")
    for outcome in given:
        expect.returns(outcome, True, "respond to a request that waits for its answer")
    for number, answer in enumerate(answers):
        expect.same_tail(answer.body, 0, b"%x" % number, "one of several bodies, read late", repeat=sizes[number])


@check("http-connection.many")
@pytest.mark.parametrize("when", ["together", "in turn"])
def test_many(host: Host, when: str) -> None:
    """Ten that say nothing, as a browser opens them ahead; six that ask; then the ten ask as well. And many in turn."""
    if when != "together":
        _many_in_turn(host)
        return
    server = greeting(host)
    silent = [client_of(host, server) for _ in range(10)]
    host.settle(server)
    asking = [client_of(host, server) for _ in range(6)]
    for number, peer in enumerate(asking):
        peer.send(request_of(f"/asks/{number}"))
    for peer in asking:
        await_answer(host, server, peer)
    for number, peer in enumerate(silent):
        peer.send(request_of(f"/was-silent/{number}"))
    for peer in silent:
        await_answer(host, server, peer)
    expect.equal(len(set(targets_of(server))), 16, "different targets called back")


def _many_in_turn(host: Host) -> None:
    # A hundred clients one after the other, each with a connection of its own that ends behind its answer.
    server = greeting(host)
    for number in range(100):
        answer = ask(host, server, request_of(f"/{number}", "Connection: close"), needs="")
        expect.equal(answer.status, 200, f"the status of the answer to client {number + 1}")
    still_serves(host, server)


@check("http-connection.faulty-in-turn")
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"no request\r\n\r\n", id="no request"),
        pytest.param(request_of("/", "Content-Length: x", method="POST"), id="a faulty length"),
        pytest.param(request_of("/", "Transfer-Encoding: chunked", method="POST") + b"x\r\n", id="a faulty chunk"),
    ],
)
def test_faulty_in_turn(host: Host, data: bytes) -> None:
    """A hundred, more than many have places for; each leaves when it has its answer, every fourth one before that."""
    server = greeting(host)
    for number in range(100):
        peer = client_of(host, server, needs="")
        peer.send(data)
        if number % 4:
            host.until(lambda peer=peer: bool(finals_at(peer) or peer.closed), server, what="an answer, or the end")  # type: ignore[misc]
        host.dismiss(peer)
        host.tick_once(server)
    expect.equal(server.count("request"), 0, "request callbacks")
    still_serves(host, server)


@check("http-connection.stays-open")
def test_stays_open(host: Host) -> None:
    """One that has never asked, one in the middle of a head, and one that has had its answer; the ticks take no time,
    and then seconds pass in which nothing comes.
    """
    server = greeting(host)
    silent, halved, used = (client_of(host, server) for _ in range(3))
    halved.send(b"GET /patient HTTP/1.1\r\n")
    used.send(request_of("/used"))
    goes_on = not await_answer(host, server, used).closes
    host.settle(server)
    many.ticks(host, server, MANY_TICKS)
    host.idle(server)
    silent.send(request_of("/silent"))
    halved.send(b"Host: localhost\r\n\r\n")
    for peer in (silent, halved):
        await_answer(host, server, peer)
    if goes_on:
        used.send(request_of("/again"))
        await_answers(host, server, used, 2)
