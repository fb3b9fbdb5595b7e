"""Section http-reload: answers that are on their way, and requests that are being told of, when the handle moves."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import CLASS_HTTP
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import MORE_THAN_HELD
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.http_side import (
    GREETING,
    await_answer,
    await_answers,
    await_end,
    await_request,
    client_of,
    finals_at,
    greeting,
    reloaded,
    request_of,
    requests_of,
    respond,
    serving,
    still_serves,
    targets_of,
)
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.scenes import Forgiving

#: A field by which twenty requests are forty kilobytes: more than what some read ahead and keep.
LONG = "X-Filler: " + "f" * 2_000


@check("http-reload.queued")
@pytest.mark.parametrize("field", ["", "Connection: close"], ids=["goes on", "last answer"])
def test_queued(host: Host, field: str) -> None:
    """Eight mebibytes, more than the system holds for a client that does not read; what follows is as without a
    reload: another request, or the end.
    """
    server = serving(host)
    peer = client_of(host, server)
    peer.pause_reading()
    peer.send(request_of("/", *([field] if field else [])))
    event = await_request(host, server)
    respond(server, event.exchange, body=bytes(range(256)), repeat=MORE_THAN_HELD // 256)
    host.tick_once(server)
    fresh = reloaded(host, server)
    fresh.react("request", "respond", 200, b"", GREETING)
    host.settle(fresh)
    peer.resume_reading()
    answer = await_answer(host, fresh, peer)
    expect.same_tail(
        answer.body, 0, bytes(range(256)), "a body that left partly after a reload", repeat=MORE_THAN_HELD // 256
    )
    if field or answer.closes:
        await_end(host, fresh, peer)
    else:
        peer.send(request_of("/again"))
        await_answers(host, fresh, peer, 2)


# So many answers, unless one before them says close.
def _all_answers(host: Host, server: HostObject, peer: Peer, count: int) -> None:
    def got() -> str:
        return f"{len(finals_at(peer))}{f', then {peer.closed}' if peer.closed else ''}"

    def enough() -> bool:
        return len(finals_at(peer)) >= count or peer.closed is not None

    host.until(enough, server, what=f"{count} answers", got=got)
    answers = finals_at(peer)
    if len(answers) < count and answers and answers[-1].closes:
        raise expect.Moot("this server ends its connections behind fewer answers")
    expect.that(len(answers) >= count, f"answers at {peer.name}", expected=f"{count} whole ones", got=got())


@check("http-reload.answered")
@pytest.mark.parametrize("field", ["", "Connection: close"], ids=["goes on", "last answer"])
@pytest.mark.parametrize(
    "behind",
    [0, 20, -1, -2],
    ids=["alone", "with others behind it", "then the end of its half", "by the server itself"],
)
def test_answered(host: Host, field: str, behind: int) -> None:
    """Between the answer and the save there is no tick: it has left with respond, or is queued and small. Requests
    behind one that says close were never asked; nor were those behind an error.
    """
    if behind < 0:
        _answered_to_half_a_connection(host, field) if behind == -1 else _turned_down(host, field)
        return
    server = serving(host)
    peer = client_of(host, server)
    others = [request_of(f"/{number}", LONG) for number in range(behind)]
    peer.send(request_of("/first", *([field] if field else [])) + b"".join(others))
    event = await_request(host, server)
    respond(server, event.exchange)
    fresh = reloaded(host, server)
    fresh.react("request", "respond", 200, b"", GREETING)
    answer = await_answer(host, fresh, peer)
    expect.same_bytes(answer.body, GREETING, "the answer given before the reload")
    if not (field or answer.closes):
        for each in requests_of(server)[1:]:
            fresh.call("respond", each.exchange, 200, b"", GREETING, 1)
        _all_answers(host, fresh, peer, 1 + behind)
        return
    await_end(host, fresh, peer)
    host.settle(fresh)
    if field:
        expect.equal(targets_of(server) + targets_of(fresh), ["/first"], "the targets, before and after")


# What comes behind an error is no request, whoever has the handle by then.
def _turned_down(host: Host, field: str) -> None:
    server = greeting(host)
    peer = client_of(host, server)
    peer.send(request_of("/", "Content-Length: +5", *([field] if field else []), method="POST"))
    host.until(lambda: bool(finals_at(peer) or peer.closed), server, what="an answer, or the end of the connection")
    fresh = reloaded(host, server)
    fresh.react("request", "respond", 200, b"", GREETING)
    if peer.closed is None:
        peer.send(request_of("/behind"))
    host.settle(fresh)
    expect.equal(targets_of(fresh), [], "the targets called back behind an error, and a reload")
    still_serves(host, fresh)


# Its client will say nothing more, which the old object has seen.
def _answered_to_half_a_connection(host: Host, field: str) -> None:
    server = serving(host)
    peer = client_of(host, server)
    peer.send(request_of("/", *([field] if field else [])))
    peer.half_close()
    event = await_request(host, server)
    host.settle(server)
    respond(server, event.exchange)
    fresh = reloaded(host, server)
    expect.same_bytes(await_answer(host, fresh, peer).body, GREETING, "the answer given before the reload")
    await_end(host, fresh, peer)


@check("http-reload.inside-callback")
@pytest.mark.parametrize("count", [1, 20], ids=["one behind", "forty kilobytes behind"])
def test_inside_callback(host: Host, count: int) -> None:
    """The handle is saved while a request is told of; another object takes it, answers that one, and serves others.

    Both clients have other requests in the same write, the one that was told of and the one whose turn it is not yet:
    they belong to the object that has the handle.
    """
    server = serving(host)
    server.react("request", "save", 1)
    first, second = client_of(host, server), client_of(host, server)
    first.send(request_of("/first") + request_of("/first/behind"))
    behind = [f"/behind/{number}" for number in range(count)]
    long = [LONG] if count > 1 else []
    second.send(request_of("/second") + b"".join(request_of(target, *long) for target in behind))
    host.until(lambda: server.count("request") >= 1, Forgiving(server), what="a request callback")
    host.settle(Forgiving(server))
    expect.equal(server.count("request"), 1, "request callbacks on the object whose handle was saved in the first")
    fresh = host.new(CLASS_HTTP)
    fresh.port = server.port
    expect.returns(fresh.restore(), None, "restore from what was saved inside a callback")
    for event in requests_of(server):
        respond(fresh, event.exchange)
    fresh.react("request", "respond", 200, b"", GREETING)
    wanted = ["/first", "/second"]
    for peer, others in ((first, ["/first/behind"]), (second, behind)):
        if not await_answer(host, fresh, peer).closes:
            _all_answers(host, fresh, peer, 1 + len(others))
            wanted += others
    told = targets_of(server) + targets_of(fresh)
    expect.equal(sorted(told), sorted(wanted), "the targets, before and after")
