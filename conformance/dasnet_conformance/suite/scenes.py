"""Scenes that several check files play: a whole conversation, a handover. They know `Host` and nothing else.

Unlike the states of `Host`, a conversation here lays its failure to the requirement that is being checked: it is what
the check is about, not its setup.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dasnet_adapters.contract import CLASS_A, AdapterBroken, Argument, Outcome, Refusal, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import FRUITLESS_TICKS
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import CLIENT_CALLBACKS, HostObject
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.ports import PORT_ATTEMPTS
from dasnet_conformance.stage.reading import reading_meanwhile

QUESTION = b"a question\r\n"
ANSWER = b"the answer\r\n"
#: Words of `send_many_small`: more than a system takes in one call that gathers them, which is 1,024 nearly everywhere.
MANY_SMALL = 1_100
#: Times that a peer's connection is filled again, at the most, after a tick in which the system may have taken more.
FILLED_AGAIN = 8


def until_fired(
    host: Host, server: HostObject, what: str, count: int, *ticked: HostObject, through: str = "tick"
) -> None:
    """Tick until this callback has fired so often in all on `server`; `ticked` is the server itself unless given."""
    host.until(
        lambda: server.count(what) >= count,
        *(ticked or (server,)),
        what=f"{what} callback number {count} on {server}",
        got=lambda: f"{server.count(what)} of them",
        through=through,
    )


def until_fired_soon(host: Host, server: HostObject, what: str, count: int) -> None:
    """As `until_fired`, for checks that do it a thousand times: the first ticks come without a pause between them."""
    for _ in range(FRUITLESS_TICKS):
        if server.count(what) >= count:
            return
        host.tick_once(server)
    until_fired(host, server, what, count)


class Forgiving(HostObject):
    """An object for a wait in which ticks may end in an error, since a callback raises: a refusal counts as a return.

    Arguments: `server`, the object, which goes on hearing everything itself.
    """

    def __init__(self, server: HostObject) -> None:
        super().__init__(lambda name, _, *arguments: server.call(name, *arguments), server.number)

    def call(self, name: str, *arguments: Argument) -> Outcome:
        """As of the object, but for a refusal."""
        outcome = super().call(name, *arguments)
        return Value(None) if isinstance(outcome, Refusal) else outcome


def fill(
    host: Host,
    server: HostObject,
    peer: Peer,
    content: bytes,
    piece: int = 1 << 18,
    needs: str = "send.stalled-returns",
) -> int:
    """Send to a peer that stops reading, until all is accepted or a part refused; how many bytes were accepted."""
    peer.pause_reading()
    accepted = 0
    with to_one_that_does_not_read(host, needs):
        while accepted < len(content) and server.send(content[accepted : accepted + piece]) == Value(True):
            accepted += len(content[accepted : accepted + piece])
    return accepted


def send_many_small(host: Host, sender: HostObject, needs: str = "send.stalled-returns") -> list[bytes]:
    """Send `MANY_SMALL` words to a peer that does not read, until one is refused; returns those that were accepted."""
    taken: list[bytes] = []
    with to_one_that_does_not_read(host, needs):
        for number in range(MANY_SMALL):
            word = b"%d," % number
            if expect.one_of(sender.send(word), ("true", "false"), f"send of small message {number}") == "false":
                break
            taken.append(word)
    return taken


def fill_to_the_brim(host: Host, sender: HostObject, largest: int) -> None:
    """Send to one that does not read, in ever smaller pieces, until not a byte more is accepted, or far too much.

    What the system takes late, on a busy machine, leaves room again: so it is asked until a tick has left none.
    """
    for _ in range(FILLED_AGAIN):
        took, refused = _fill_once(sender, largest)
        if not took or not refused:
            return
        host.tick_once(sender)


def _fill_once(sender: HostObject, largest: int) -> tuple[bool, bool]:
    # Whether any piece was accepted, and whether any was refused.
    took = refused = False
    size = largest
    while size:
        for _ in range(64):
            if sender.send(b"x", repeat=size) != Value(True):
                refused = True
                break
            took = True
        size //= 16
    return took, refused


def passed_on(
    host: Host, peer: Peer, content: bytes, accepted: int, *ticked: HostObject, through: str = "tick"
) -> bool:
    """The peer reads on, and gets what was accepted of the content; or the connection ends, where a part was refused.

    Returns whether the connection still stands.
    """
    refused = accepted < len(content)
    peer.resume_reading()
    host.until(
        lambda: len(peer.received) >= accepted or (refused and peer.closed is not None),
        *ticked,
        what=f"{accepted} bytes at {peer.name}, as send accepted them",
        got=lambda: host.reached(peer),
        through=through,
    )
    host.settle(*ticked, through=through)
    ended = refused and peer.closed is not None
    wanted = content[: len(peer.received) if ended else accepted]
    expect.same_bytes(peer.received, wanted, f"what {peer.name} received of what was accepted")
    return not ended


@contextmanager
def to_one_that_does_not_read(host: Host, needs: str = "send.stalled-returns") -> Iterator[None]:
    """A stretch with sends to a peer that does not read.

    A send that waits for it violates what the stretch `needs`, which is a SHOULD. A MUST that needs such a peer then
    has nothing to ask; a SHOULD is blocked.
    """
    try:
        with expect.needing(needs):
            yield
    except AdapterBroken as broken:
        if broken.hanging in ("send", "server_send", "client_send") and host.requirement.level == "MUST":
            raise expect.Moot(f"send waits for its peer to read: see {needs}") from broken
        raise


def true_to_what_arrives(
    host: Host, server: HostObject, peer: Peer, piece: bytes, what: str, *, repeat: int = 1
) -> bool:
    """One send to a client that reads, whose answer has to be true to what arrives; returns whether it was accepted.

    How much a server takes at once, nobody promises: one that says false has sent nothing of the call, or ended the
    connection. Whatever it said, the client is there before and hears every later send.
    """
    before = len(peer.received)
    with reading_meanwhile(host):
        accepted = expect.one_of(server.send(piece, repeat=repeat), ("true", "false"), what) == "true"
        if accepted:
            host.await_peer(peer, before + len(piece) * repeat, server)
        host.settle(server)
    if accepted:
        expect.same_tail(peer.received, before, piece, f"what the client received of {what}", repeat=repeat)
    elif peer.closed is None:
        expect.same_tail(peer.received, before, b"", f"what the client received of {what}, which said false")
    return accepted


def send_in_the_end(host: Host, server: HostObject, part: bytes, what: str, repeat: int = 1) -> None:
    """A send to a client that reads; where it does not fit now, ticks go on and it is tried again, the same whole part.

    For checks of what arrives and not of how much is taken at once. To be called in a block of `reading_meanwhile`.
    """
    if expect.one_of(server.send(part, repeat=repeat), ("true", "false"), what) == "true":
        return
    host.until(
        lambda: server.send(part, repeat=repeat) == Value(True),
        server,
        what=f"{what}, tried again while the client reads, returns true",
        got=lambda: "false each time",
    )


def accepted_echoes(server: HostObject) -> bytearray:
    """What has to come back of an object that echoes: the data of every callback in which its send said true.

    How much it takes at once, nobody promises: what it refused does not come back.
    """
    accepted, data = bytearray(), b""
    for fired in server.fired:
        if fired.event.what == "data":
            data = fired.event.data
        elif fired.event.action == "echo" and fired.event.outcome == Value(True):
            accepted += data
    return accepted


def until_received(host: Host, server: HostObject, count: int, *ticked: HostObject, through: str = "tick") -> None:
    """Tick until data callbacks on `server` have brought so many bytes in all."""
    host.until(
        lambda: len(server.received) >= count,
        *(ticked or (server,)),
        what=f"{count} bytes in data callbacks on {server}",
        got=lambda: host.came(server.received),
        through=through,
    )


def order(server: HostObject) -> list[str]:
    """The names of the client callbacks that fired, in order, repeats told once: how often is another question."""
    names: list[str] = []
    for fired in server.fired:
        what = fired.event.what
        if what in CLIENT_CALLBACKS and names[-1:] != [what]:
            names.append(what)
    return names


def hear(host: Host, server: HostObject, peer: Peer) -> None:
    """Bytes from the client to the server, counted: for checks that are about something else than what they are."""
    heard = len(server.received)
    peer.send(QUESTION)
    until_received(host, server, heard + len(QUESTION))


def visit(host: Host, server: HostObject) -> None:
    """A new client is taken, heard and seen off, without a word to it: as much of serving as most checks need."""
    connects, disconnects = server.count("connect"), server.count("disconnect")
    peer = host.peer(server.port)
    until_fired(host, server, "connect", connects + 1)
    hear(host, server, peer)
    peer.close()
    until_fired(host, server, "disconnect", disconnects + 1)


def talk(host: Host, server: HostObject, peer: Peer) -> None:
    """Bytes from the client to the server and back again, compared on both sides."""
    heard, told = len(server.received), len(peer.received)
    peer.send(QUESTION)
    until_received(host, server, heard + len(QUESTION))
    expect.same_bytes(server.received[heard:], QUESTION, f"what the client sent, at {server}")
    expect.returns(server.send(ANSWER), True, f"send from {server} with its client there")
    host.await_peer(peer, told + len(ANSWER), server)
    expect.same_bytes(peer.received[told:], ANSWER, f"what {server} sent, at its client")


def serve_one(host: Host, server: HostObject) -> None:
    """One whole conversation with a new client: taken, bytes both ways, departure noticed."""
    connects, disconnects = server.count("connect"), server.count("disconnect")
    peer = host.peer(server.port)
    until_fired(host, server, "connect", connects + 1)
    talk(host, server, peer)
    peer.close()
    until_fired(host, server, "disconnect", disconnects + 1)


def serve_in_the_end(host: Host, server: HostObject) -> None:
    """As `serve_one`, where ticks may first have something to tell of earlier clients: it is not held against them."""
    host.settle(server)
    # Without waiting for the connection: earlier clients may fill the listen queue until ticks take them.
    peer = host.peer(server.port, wait=False)
    peer.send(QUESTION)
    host.until(
        lambda: server.received.endswith(QUESTION),
        server,
        what="data callbacks with the next client's bytes",
        got=lambda: host.came(server.received),
    )
    departures = server.count("disconnect")
    expect.returns(server.send(ANSWER), True, "send to the next client")
    host.await_peer(peer, len(ANSWER), server)
    expect.same_bytes(peer.received, ANSWER, f"what {server} sent, at the next client")
    peer.close()
    until_fired(host, server, "disconnect", departures + 1)


def put_aside(server: HostObject, orphan: int = 1) -> None:
    """Save the object into an orphan, as setup."""
    with expect.needing("save.moves-handle"):
        expect.returns(server.save(orphan), None, f"save of {server} into orphan {orphan}")


def take_over(host: Host, old: HostObject, new: HostObject | None = None, orphan: int = 1) -> HostObject:
    """Restore what `old` saved into another object, a new one of class A unless given; it has the port from then on."""
    taker = new or host.new(CLASS_A)
    with expect.needing("restore.takes-handle"):
        expect.returns(taker.restore(orphan), None, f"restore of orphan {orphan} into {taker}")
    taker.port = old.port
    return taker


def unused_port(host: Host) -> int:
    """A port on which nothing listens, for checks that it stays so."""
    for _ in range(PORT_ATTEMPTS):
        port = host.port()
        if host.refuses_connections(port):
            break
    return port


def tick_whatever(host: Host, server: HostObject, ticks: int, *, through: str = "tick") -> None:
    """Tick an object that need not take it: a refusal is as good as a return. The peers are stepped along."""
    for _ in range(ticks):
        server.call(through)
        host.step_peers()


def outcome_inside(server: HostObject, action: str) -> Outcome:
    """What the first reaction of this action led to, inside its callback, which has fired.

    Raises `AdapterBroken` when nothing was told of it: the driver forgot, and no check may take that for a refusal.
    """
    done = server.did(action)
    if not done or done[0].outcome is None:
        raise AdapterBroken(
            f"the callback fired, and nothing was told of the reaction {action}",
            culprit="driver",
            hint="write `event OBJECT did ...` after each reaction",
        )
    return done[0].outcome
