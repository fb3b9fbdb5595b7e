"""The sanity conversation: the shortest useful exchange, held before the first and after the last check.

It tells a dead or unreachable server from a wrong one: if it does not get through, no verdict after it means much. It
reaches the implementation through the contract only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from dasnet_adapters.contract import CLIENT, CORE, FROM_OUTSIDE, HTTP, HTTP_CLIENT, Adapter, AdapterBroken, Value
from dasnet_conformance.catalogue.loader import Requirement
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.black_box import BlackBox, NoBlackBox
from dasnet_conformance.stage.bounds import SANITY_DEADLINE
from dasnet_conformance.stage.client_side import await_departure, connected_client, talk
from dasnet_conformance.stage.deadline import TimeIsUp, deadline
from dasnet_conformance.stage.expect import Mismatch, PartUnsupported
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import REPLY, answer_of, asked, asking, await_response
from dasnet_conformance.stage.http_side import GREETING, PLAIN, await_answer, greeting
from dasnet_conformance.stage.ports import NoPortsLeft, Ports
from dasnet_conformance.stage.transcript import Entry

from .environment import trouble_reaching

#: Calls of the implementation in a conversation, at least.
CALLS_OF_A_CONVERSATION = 8

#: The conversation needs a requirement's place in a `Host`; it is none of the catalogue's.
CONVERSATION = Requirement("sanity", "sanity", "MUST", "core", "a client connects, both sides speak, it leaves", ())


@dataclass(frozen=True)
class SanityOutcome:
    """How the conversation went: a verdict (pass, fail, unsupported, inconclusive), why, and the transcript.

    `culprit` is whose part it was when the adapter broke, and `exchange` what was said last then, a line each.
    """

    verdict: str
    message: str = ""
    transcript: list[Entry] = field(default_factory=list)
    culprit: str = ""
    exchange: str = ""


def converse(
    adapter: Adapter,
    ports: Ports,
    seconds: float = SANITY_DEADLINE,
    black_box: BlackBox | NoBlackBox | None = None,
) -> SanityOutcome:
    """Hold the conversation within `seconds` (0: without end).

    Arguments: `black_box`, where calls are noted beforehand. Raises nothing for what an implementation or adapter does.
    """
    # What closing a session does not raise. A driver that cannot end this one would cost every check its deadline.
    closing: list[AdapterBroken] = getattr(adapter, "closing_failures", [])
    before = len(closing)
    outcome, host = _attempt(adapter, ports, seconds, black_box)
    # A session that hung or broke may not close either.
    if host is not None:
        try:
            with deadline(2.0 if seconds else 0):
                host.close()
        except (TimeIsUp, AdapterBroken):
            pass
    if len(closing) > before and outcome.verdict != "inconclusive":
        return _broken(closing[before], host)
    return outcome


def _attempt(
    adapter: Adapter, ports: Ports, seconds: float, black_box: BlackBox | NoBlackBox | None
) -> tuple[SanityOutcome, Host | None]:
    host: Host | None = None
    try:
        with deadline(seconds):
            host = Host(adapter.open_session(), CONVERSATION, ports, adapter.peer_host, 0, black_box)
            _conversation(adapter)(host)
            host.close()
        return SanityOutcome("pass"), host
    except TimeIsUp:
        return _outcome("inconclusive", f"not finished within {seconds:g} seconds{_last_call(host)}", host), host
    except AdapterBroken as broken:
        return _broken(broken, host), host
    except NoPortsLeft as error:
        return _outcome("inconclusive", str(error), host), host
    except Mismatch as mismatch:
        why = _unreached(mismatch, adapter.peer_host, host)
        if why:
            return replace(_outcome("inconclusive", f"{mismatch}; {why}", host), culprit="caller"), host
        return _outcome("fail", str(mismatch), host), host
    except PartUnsupported as unsupported:
        return _outcome("unsupported", str(unsupported), host), host


# What is wrong with the way to the server, where that is why no client got there.
def _unreached(mismatch: Mismatch, peer_host: str, host: Host | None) -> str:
    if host is None or mismatch.blocked_by != "init.connectable-before-tick":
        return ""
    return trouble_reaching(peer_host, host.object(1).port)


def _outcome(verdict: str, message: str, host: Host | None) -> SanityOutcome:
    return SanityOutcome(verdict, message, host.transcript.entries() if host is not None else [])


def _broken(broken: AdapterBroken, host: Host | None) -> SanityOutcome:
    if broken.hanging:
        # Every function returns: the port is there, and wrong. Other calls may come back.
        return replace(_outcome("fail", broken.told(), host), culprit=broken.culprit, exchange=broken.exchange)
    outcome = _outcome("inconclusive", f"{broken.told()} (the {broken.culprit}'s part)", host)
    return replace(outcome, culprit=broken.culprit, exchange=broken.exchange)


def _last_call(host: Host | None) -> str:
    entries = host.transcript.entries() if host is not None else []
    calls = [entry["text"] for entry in entries if entry["kind"] == "call"]
    return f"; the last call: {calls[-1]}" if calls else "; the session could not be opened"


# That with the class Server, but where an implementation has none, and one of HTTP.
def _conversation(adapter: Adapter) -> Callable[[Host], None]:
    if adapter.reached == FROM_OUTSIDE:
        return _ask
    profiles = adapter.describe().profiles
    if CORE in profiles:
        return _talk
    if CLIENT in profiles:
        return _call
    return _greet if HTTP in profiles else _fetch if HTTP_CLIENT in profiles else _talk


# A server that is seen from outside speaks HTTP, or there is nothing to judge.
def _ask(host: Host) -> None:
    outcome = host.call("http_port")
    if not isinstance(outcome, Value) or not isinstance(outcome.value, int):
        raise Mismatch("the port of the server", "a number", expect.spell(outcome))
    peer = host.peer(outcome.value)
    peer.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    host.await_peer(peer, 12)
    expect.same_bytes(peer.received[:5], b"HTTP/", "the beginning of an answer")


def _greet(host: Host) -> None:
    server = greeting(host)
    peer = host.peer(server.port)
    peer.send(PLAIN)
    answer = await_answer(host, server, peer)
    expect.same_bytes(answer.body, GREETING, "what the server answered")
    server.destroy()


def _fetch(host: Host) -> None:
    site = asking(host)
    number, peer = asked(site)
    peer.send(answer_of())
    response = await_response(host, site.client, number)
    expect.same_bytes(response.data, REPLY, "what the client was answered")
    site.client.destroy()


def _call(host: Host) -> None:
    client, peer = connected_client(host)
    talk(host, client, peer)
    peer.close()
    await_departure(host, client)
    client.destroy()


def _talk(host: Host) -> None:
    server, peer = host.connected()
    peer.send(b"sanity?")
    host.await_received(server, 7)
    expect.same_bytes(server.received, b"sanity?", "what the client sent")
    expect.returns(server.send(b"sane"), True, "send to the client")
    host.await_peer(peer, 4, server)
    expect.same_bytes(peer.received, b"sane", "what the server sent")
    peer.close()
    host.await_departure(server)
    server.destroy()
