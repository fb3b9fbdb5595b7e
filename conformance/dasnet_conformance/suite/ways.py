"""The table of states and of ways into them, from which the checks of agreement are generated.

A `Life` is one server with its client that goes from state to state, up to the departure of the client. A way is a
detour on it: a reload, an init that fails, a callback that raises. Where it may be taken stands in `WAYS`; a check
walks a life per entry and asks in each state. It knows `Host` and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from dasnet_adapters.contract import CLASS_B, Outcome, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import FRUITLESS_TICKS, SETTLING_TICKS
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.peer import Peer

from .scenes import tick_whatever, until_fired, unused_port

#: The states of a life, in their order, by the names of the state table.
STATES: Final = ("handle-made", "listening", "client-pending", "client-taken", "client-gone", "departure-noticed")
_OPEN: Final = STATES[1:]
#: The states in which nobody is connected and nobody waits to be noticed.
QUIET: Final = ("handle-made", "listening", "departure-noticed")
QUERIES: Final = ("has_session", "is_open", "is_connected")
#: The orphans of reloads, of the empty ones, and of the full ones.
_RELOADS, _EMPTY, _FULL = 1, 2, 3

WORD: Final = b"word"


class Life:
    """One server with its client, from state to state.

    Arguments: `low`, whether it is opened and ticked by the low-level functions instead of the methods.
    """

    def __init__(self, host: Host, *, low: bool = False) -> None:
        self.host = host
        self.server = host.made()
        self.state = STATES[0]
        #: The command by which it is ticked.
        self.tick: str
        self._init, self.tick = ("server_init", "server_tick") if low else ("init", "tick")
        self._peer: Peer | None = None
        self._other: HostObject | None = None

    @property
    def other(self) -> HostObject:
        """Another server, which has a port and a handle of its own."""
        if self._other is None:
            self._other = self.host.listening()
        return self._other

    def replace_other(self, other: HostObject) -> None:
        """The other server is in this object from now on."""
        self._other = other

    @property
    def peer(self) -> Peer:
        """The client of the moment."""
        if self._peer is None:
            raise ValueError(f"there is no client in the state {self.state}")
        return self._peer

    def step(self) -> None:
        """Go on to the next state; after the last, to a further client that waits."""
        # A departure that was noticed is as good as listening.
        following = "client-pending" if self.state == STATES[-1] else STATES[STATES.index(self.state) + 1]
        doing: dict[str, Callable[[], None]] = {
            "listening": self._listen,
            "client-pending": self._wait,
            "client-taken": lambda: self._await("connect", "tick.takes-pending-client"),
            "client-gone": self._leave,
            "departure-noticed": lambda: self._await("disconnect", "tick.notices-departure"),
        }
        doing[following]()
        self.state = following

    def reach(self, state: str) -> None:
        """Go on until that state."""
        while self.state != state:
            self.step()

    def anew(self) -> None:
        """Come into the state again with a new client, where the one of before was lost, or may have been."""
        state = self.state
        if self._peer is not None:
            self._peer.close()
            self._peer = None
        self.host.settle(self.server, through=self.tick)
        if state not in QUIET:
            self.state = "listening"
            self.reach(state)

    def needing(self, requirement: str) -> AbstractContextManager[None]:
        """A stretch of the way to a state, of which something else is asked elsewhere."""
        return expect.needing(requirement)

    def follow_client(self) -> None:
        """Take the state from what the server says of its client, where keeping it and letting it go are both fine."""
        self.state = "client-taken" if self.server.is_connected() == Value(True) else "departure-noticed"

    def end(self) -> None:
        """Give its port back."""
        self.server.destroy()
        if self._other is not None:
            self._other.destroy()

    def _listen(self) -> None:
        with self.needing("init.free-port"):
            expect.returns(self.host.init_free(self.server, self._init), True, f"{self._init} on a free port")

    def _wait(self) -> None:
        with self.needing("init.connectable-before-tick"):
            self._peer = self.host.peer(self.server.port)

    def _leave(self) -> None:
        self.peer.close()

    def _await(self, callback: str, requirement: str) -> None:
        with self.needing(requirement):
            until_fired(self.host, self.server, callback, self.server.count(callback) + 1, through=self.tick)


# Detours. Each leaves the life in the state in which it found it, or in an equal one.


def _reload(life: Life) -> None:
    _hand_over(life, life.server, life.server)


def _reload_into_another(life: Life) -> None:
    _hand_over(life, life.server, life.host.new(CLASS_B))


def _hand_over(life: Life, old: HostObject, new: HostObject) -> None:
    with expect.needing("save.moves-handle"):
        expect.returns(old.save(_RELOADS), None, f"save of {old}, {life.state}")
    with expect.needing("restore.takes-handle"):
        expect.returns(new.restore(_RELOADS), None, f"restore into {new}, {life.state}")
    new.port, life.server = old.port, new


def _client_before(life: Life) -> None:
    state = life.state
    life.reach("departure-noticed")
    if state == "listening":
        life.state = state
    else:
        life.reach(state)


def _failed_init(life: Life) -> None:
    _init(life, life.other.port)


def _bad_port(life: Life) -> None:
    _init(life, (life.server.port or life.other.port) + 65_536)


def _second_init(life: Life) -> None:
    _init(life, unused_port(life.host))


def _init(life: Life, port: int) -> None:
    # An open server may refuse and stay, or move. One that gave up its port for nothing is judged elsewhere.
    server, before = life.server, life.server.port
    outcome = server.init(port)
    if outcome == Value(True):
        with expect.needing("init.port-beyond-range"):
            expect.that(port < 65_536, f"init with {port}", expected="not true", got="true")
        life.anew()
        return
    server.port = before
    if life.state != STATES[0] and server.is_open() != Value(True):
        raise expect.Moot("an init that failed closed the open server: see init.already-open")


def _empty_orphan(life: Life) -> None:
    with expect.needing("restore.from-empty"):
        expect.one_of(life.server.restore(_EMPTY), ("refused",), f"restore from an empty orphan, {life.state}")


def _full_orphan(life: Life) -> None:
    filler = life.host.made()
    with expect.needing("save.moves-handle"):
        expect.returns(filler.save(_FULL), None, "save into the orphan that is to be full")
    with expect.needing("save.into-full-orphan"):
        outcome = life.server.save(_FULL)
        expect.one_of(outcome, ("none", "refused"), f"save into a full orphan, {life.state}")
    # Either handle is in the orphan now; it is emptied for the next time, or gives back what it took.
    taker = life.server if outcome == Value(None) else filler
    with expect.needing("restore.takes-handle"):
        expect.returns(taker.restore(_FULL), None, f"restore from the full orphan, {life.state}")
    filler.destroy()


def _bad_size(life: Life) -> None:
    for size in (-1, len(WORD) + 1):
        life.server.send(WORD, size)


def _raise_in_connect(life: Life) -> None:
    _raise(life, "connect")
    life.follow_client()


def _raise_in_data(life: Life) -> None:
    life.step()
    life.peer.send(WORD)
    _raise(life, "data")
    life.follow_client()


def _raise_in_disconnect(life: Life) -> None:
    life.step()
    life.step()
    _raise(life, "disconnect")
    life.state = "departure-noticed"


def _raise(life: Life, callback: str) -> None:
    server, before = life.server, life.server.count(callback)
    server.react(callback, "raise")
    for fruitless in range(FRUITLESS_TICKS):
        if server.count(callback) > before:
            break
        life.host.pause(fruitless)
        tick_whatever(life.host, server, 1, through=life.tick)
    else:
        raise expect.Moot(f"no {callback} callback that could raise came: judged in section tick")
    server.react(callback, "none")
    # Where the client is let go because of it, some ticks may do that.
    tick_whatever(life.host, server, SETTLING_TICKS, through=life.tick)


@dataclass(frozen=True)
class Way:
    """A detour, and the states in which it may be taken."""

    take: Callable[[Life], None]
    states: tuple[str, ...]


#: Every way into the states, by its name.
WAYS: Final[dict[str, Way]] = {
    "fresh": Way(lambda _: None, STATES[:1]),
    "reload": Way(_reload, STATES),
    "reload into another object": Way(_reload_into_another, STATES),
    "departure": Way(_client_before, ("listening", "client-pending", "client-taken", "client-gone")),
    "failed init": Way(_failed_init, STATES[:1]),
    "bad port": Way(_bad_port, STATES[:1]),
    "second init": Way(_second_init, _OPEN),
    "second init on a taken port": Way(_failed_init, _OPEN),
    "second init on a bad port": Way(_bad_port, _OPEN),
    "empty orphan": Way(_empty_orphan, STATES),
    "full orphan": Way(_full_orphan, STATES),
    "bad size": Way(_bad_size, tuple(state for state in STATES if state != "client-gone")),
    "raise in connect": Way(_raise_in_connect, ("client-pending",)),
    "raise in data": Way(_raise_in_data, ("client-pending",)),
    "raise in disconnect": Way(_raise_in_disconnect, ("client-pending",)),
}


def walk(host: Host, way: str, *at: str, low: bool = False) -> Iterator[tuple[Life, str]]:
    """A life through all states, with the detour in each state of `at`; yields it in each, with words for messages.

    After the first client comes a second one, up to the state in which it is taken.
    """
    life = Life(host, low=low)
    for number, state in enumerate((*STATES, "client-pending", "client-taken")):
        if number:
            life.reach(state)
        second = ", second client" if number >= len(STATES) else ""
        yield life, f"{state}{second}"
        if not second and state in at:
            WAYS[way].take(life)
            yield life, f"{life.state}, after {way} in the state {state}"
    life.end()


def asked(life: Life) -> dict[str, str]:
    """What the queries and send answer in the state; nothing that the state table leaves open."""
    server = life.server
    if life.state == "client-gone":
        return {"is_open": expect.spell(server.is_open())}
    answers = {query: expect.name_of(server.call(query)) for query in QUERIES}
    answers["send"] = expect.name_of(server.send(WORD))
    if life.state == "client-taken":
        life.host.step_peers()
        answers["what the client sees"] = life.peer.closed or "its connection"
    return answers


def usual(host: Host, *, low: bool = False) -> dict[str, dict[str, str]]:
    """What they answer by state on a fresh server: whether that is right, the state table is asked elsewhere."""
    found: dict[str, dict[str, str]] = {}
    for life, _ in walk(host, "fresh", low=low):
        found.setdefault(life.state, asked(life))
    return found


def same_as_usual(got: dict[str, str], wanted: dict[str, str], where: str) -> None:
    """Expect the answers of a fresh server in that state."""
    for call, answer in got.items():
        expect.equal(answer, wanted[call], f"{call}, {where}, compared with a fresh server")


def ask_twins(ask: Callable[[str], Outcome], name: str, where: str) -> None:
    """Expect a method and the function beneath it to give one answer.

    A departure may become known in between: the method is asked before and after.
    """
    first, between, last = (expect.name_of(ask(each)) for each in (name, f"server_{name}", name))
    if first == last:
        expect.equal(between, first, f"server_{name}, {where}, compared with {name}")
