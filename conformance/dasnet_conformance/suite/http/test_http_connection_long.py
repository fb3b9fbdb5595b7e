"""Section http-connection: connections that have had many requests."""

from __future__ import annotations

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.answer_reader import HttpAnswer, read_answers
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.http_side import (
    await_end,
    await_request,
    client_of,
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


@check("http-connection.memory-per-request")
def test_memory_per_request(host: Host) -> None:
    """HEAD, so that no client has to take the 64 KiB of each answer: forty of them are allowed to stay.

    On another connection where one has said close.
    """
    server = serving(host)
    peer, read, number = client_of(host, server), 0, 0

    def asked() -> None:
        nonlocal peer, read, number
        number += 1
        peer.send(request_of("/", method="HEAD"))
        event = await_request(host, server, number)
        respond(server, event.exchange, body=bytes(64), repeat=1_024)
        answer = _next_answer(host, server, peer, read, number, "HEAD")
        read = len(peer.received)
        if answer.closes:
            await_end(host, server, peer)
            host.dismiss(peer)
            peer, read = client_of(host, server), 0

    memory_comes_to_rest(host, asked, BLOCK, f"{BLOCK} requests on a connection each")
