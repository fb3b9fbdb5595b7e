"""Section http-connection: connections that have had many requests."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.answer_reader import HttpAnswer, read_answers
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.http_side import (
    GREETING,
    await_end,
    await_request,
    client_of,
    greeting,
    request_of,
    requests_of,
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
    peer, read = client_of(host, server), 0
    fields = [f"X-Field-{number}: {'v' * 80}" for number in range(8)]
    for number in range(IN_A_ROW):
        peer.send(request_of(f"/{number}", *fields if number % 8 == 0 else ()))
        answer = _next_answer(host, server, peer, read, number + 1)
        expect.equal(answer.status, 200, f"the status of the answer to request {number + 1}")
        read = len(peer.received)
        if answer.closes:
            await_end(host, server, peer)
            host.dismiss(peer)
            peer, read = client_of(host, server), 0
    expect.equal(targets_of(server), [f"/{number}" for number in range(IN_A_ROW)], "the targets called back")


# The final answer behind so many bytes, which are not read again.
def _next_answer(host: Host, server: HostObject, peer: Peer, read: int, number: int, method: str = "GET") -> HttpAnswer:
    def found() -> list[HttpAnswer]:
        answers = read_answers(peer.received[read:], (method,), ended=peer.closed == "end of file")
        return [answer for answer in answers if not answer.interim]

    host.until(lambda: bool(found() or peer.closed), server, what=f"the answer to request {number}")
    expect.that(bool(found()), f"the answer to request {number}", expected="a whole one", got=f"none, {peer.closed}")
    return found()[0]


@dataclass
class _InARow:
    """Requests on one connection, each answered by `body` when it is told of; on another where one has said close."""

    host: Host
    server: HostObject
    data: bytes
    method: str
    body: tuple[bytes, int]

    def __post_init__(self) -> None:
        self.peer, self.read, self.number = client_of(self.host, self.server), 0, 0

    def ask(self) -> None:
        """One more. A status of 4xx says that this server takes no such request."""
        self.number += 1
        self.peer.send(self.data)
        host, server, peer = self.host, self.server, self.peer
        host.until(lambda: self._told() or self._refused(), server, what=f"request callback {self.number}")
        if not self._told():
            raise expect.Moot("this server turns such requests down")
        respond(server, requests_of(server)[-1].exchange, body=self.body[0], repeat=self.body[1])
        answer = _next_answer(host, server, peer, self.read, self.number, self.method)
        self.read = len(peer.received)
        if answer.closes:
            await_end(host, server, peer)
            host.dismiss(peer)
            self.peer, self.read = client_of(host, server), 0

    def _told(self) -> bool:
        return self.server.count("request") >= self.number

    def _refused(self) -> bool:
        return self.peer.closed is not None or bool(read_answers(self.peer.received[self.read :], ended=False))


@check("http-connection.memory-per-request")
@pytest.mark.parametrize("kept", ["answers", "bodies", "fields"])
def test_memory_per_request(host: Host, kept: str) -> None:
    """Sixty-four KiB of each answer, or of each body, of which sixteen in a block are allowed to stay; or fourteen
    of two fields. The answers are to HEAD, so that no client has to take them.

    On another connection where one has said close.
    """
    server = serving(host)
    small = (GREETING, 1)
    if kept == "answers":
        row, block = _InARow(host, server, request_of(method="HEAD"), "HEAD", (bytes(64), 1_024)), BLOCK
    elif kept == "bodies":
        row, block = _InARow(host, server, request_of(method="POST", body=bytes(1 << 16)), "GET", small), BLOCK
    else:
        fields = [f"X-{name}: {'v' * 7_000}" for name in ("Field", "Other")]
        row, block = _InARow(host, server, request_of("/", *fields), "GET", small), 4 * BLOCK
    memory_comes_to_rest(host, row.ask, block, f"{block} requests on a connection each")


@check("http-connection.memory-per-client")
@pytest.mark.parametrize("left", ["in a body", "behind an answer", "before an answer"])
def test_memory_per_client(host: Host, left: str) -> None:
    """Each has sent 64 KiB of a body; half of them leave by a reset."""
    server = serving(host)
    body = bytes(1 << 16)
    data = request_of("/", method="POST", body=body)
    if left == "in a body":
        data = data[:-1]
    number = 0

    def come_and_go() -> None:
        nonlocal number
        number += 1
        peer = client_of(host, server)
        peer.send(data)
        if left == "in a body":
            host.until(lambda: not peer.unsent, server, what="the client's bytes taken")
            host.tick_once(server)
        else:
            event = await_request(host, server, number, size=len(data))
            if left == "behind an answer":
                respond(server, event.exchange)
                _next_answer(host, server, peer, 0, number)
        if number % 2:
            peer.reset()
        host.dismiss(peer)
        for _ in range(2):
            host.tick_once(server)

    memory_comes_to_rest(host, come_and_go, BLOCK, f"{BLOCK} clients each that have left {left}")
