"""Section http-connection: connections that have had many requests."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from dasnet_conformance.stage import expect, many
from dasnet_conformance.stage.answer_reader import HttpAnswer, read_answers
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.http_side import (
    GREETING,
    await_answer,
    await_end,
    await_request,
    client_of,
    finals_at,
    greeting,
    request_of,
    respond,
    serving,
    targets_of,
)
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.memory import memory_comes_to_rest

#: How many follow each other.
IN_A_ROW = 1_031
#: Requests of a block, whose memory is counted.
BLOCK = 25


@check("http-connection.many-requests")
def test_many_requests(host: Host) -> None:
    """One after the other, each when the answer before it is there; their heads are 150 KB in all, of 2,000 fields.

    Limits are those of one head: none of these comes near any that is usual. On another connection where one has said
    close. More than the thousand behind which some end a connection without a word.
    """
    server = greeting(host)
    row = _InARow(host, server)
    fields = [f"X-Field-{number}: {'v' * 80}" for number in range(8)]
    for number in range(IN_A_ROW):
        row.send(request_of(f"/{number}", *fields if number % 8 == 0 else ()))
        expect.equal(row.answer().status, 200, f"the status of the answer to request {number + 1}")
    expect.equal(targets_of(server), [f"/{number}" for number in range(IN_A_ROW)], "the targets called back")


@dataclass
class _InARow:
    """Requests on one connection; on another where one has said close. What was read is not kept, nor read again."""

    host: Host
    server: HostObject
    method: str = "GET"

    def __post_init__(self) -> None:
        self.number = 0
        self._connect()

    def _connect(self) -> None:
        self.peer, self._read = client_of(self.host, self.server), 0

    def send(self, data: bytes) -> None:
        """One more."""
        self.number += 1
        self.peer.send(data)

    def came(self) -> list[HttpAnswer]:
        """The final answers since the last one that was taken."""
        ended = self.peer.closed == "end of file"
        answers = read_answers(self.peer.received[self._read :], (self.method,), ended=ended)
        return [answer for answer in answers if not answer.interim]

    def answer(self) -> HttpAnswer:
        """Tick until the next answer is there, and take it."""
        host, server, peer, what = self.host, self.server, self.peer, f"the answer to request {self.number}"
        host.until(lambda: bool(self.came() or peer.closed), server, what=what)
        found = self.came()
        expect.that(bool(found), what, expected="a whole one", got=f"none, {peer.closed}")
        self._read = len(peer.received)
        if found[0].closes:
            await_end(host, server, peer)
            host.dismiss(peer)
            self._connect()
        return found[0]


def _answered(row: _InARow, data: bytes, body: bytes, repeat: int = 1) -> None:
    # A request, and its answer when the program is told of it. An answer before that turns it down.
    host, server = row.host, row.server
    row.send(data)

    def told() -> bool:
        return server.count("request") >= row.number

    def decided() -> bool:
        return told() or row.peer.closed is not None or bool(row.came())

    many.work_off(host, server, decided, len(data))
    host.until(decided, server, what=f"request callback {row.number}")
    if not told():
        raise expect.Moot("this server turns such requests down")
    latest = next(fired.event for fired in reversed(server.fired) if fired.event.what == "request")
    respond(server, latest.exchange, body=body, repeat=repeat)
    row.answer()


@check("http-connection.memory-per-request")
@pytest.mark.parametrize("kept", ["answers", "bodies", "fields"])
def test_memory_per_request(host: Host, kept: str) -> None:
    """Sixty-four KiB of each answer, or of each body, of which sixteen in a block are allowed to stay; or fourteen
    of two fields. The answers are to HEAD, so that no client has to take them.

    On another connection where one has said close.
    """
    server = serving(host)
    row, block, body, repeat = _InARow(host, server), BLOCK, GREETING, 1
    if kept == "answers":
        row.method = "HEAD"
        data, body, repeat = request_of(method="HEAD"), bytes(64), 1_024
    elif kept == "bodies":
        data = request_of(method="POST", body=bytes(1 << 16))
    else:
        data, block = request_of("/", *(f"X-{name}: {'v' * 7_000}" for name in ("Field", "Other"))), 4 * BLOCK
    memory_comes_to_rest(
        host, lambda: _answered(row, data, body, repeat), block, f"{block} requests on a connection each"
    )


def _turned_down(host: Host, server: HostObject, peer: Peer, size: int) -> None:
    # By an answer, or by the end of the connection, when so many bytes have been read.
    def decided() -> bool:
        return bool(finals_at(peer) or peer.closed)

    many.work_off(host, server, decided, size)
    host.until(decided, server, what="an answer of 400, or the end of the connection")


@check("http-connection.memory-per-client")
@pytest.mark.parametrize("left", ["in a body", "behind an answer", "before an answer", "turned down"])
def test_memory_per_client(host: Host, left: str) -> None:
    """Each has sent 64 KiB of a body; half of them leave by a reset. One is turned down for what follows its chunk."""
    server = serving(host)
    body = bytes(1 << 16)
    data = request_of("/", method="POST", body=body)
    if left == "in a body":
        data = data[:-1]
    elif left == "turned down":
        data = request_of("/", "Transfer-Encoding: chunked", method="POST") + b"10000\r\n" + body + b"\r\nno size\r\n"
    number = 0

    def come_and_go() -> None:
        nonlocal number
        number += 1
        peer = client_of(host, server)
        peer.send(data)
        if left == "in a body":
            host.until(lambda: not peer.unsent, server, what="the client's bytes taken")
            host.tick_once(server)
        elif left == "turned down":
            _turned_down(host, server, peer, len(data))
        else:
            event = await_request(host, server, number, size=len(data))
            if left == "behind an answer":
                respond(server, event.exchange)
                await_answer(host, server, peer)
        if number % 2:
            peer.reset()
        host.dismiss(peer)
        for _ in range(2):
            host.tick_once(server)

    memory_comes_to_rest(host, come_and_go, BLOCK, f"{BLOCK} clients each that have left {left}")
