"""The host side of a check: objects of the implementation under test, driven command by command through the adapter.

`Host` is the frame loop of a check that knows how to get somewhere: it makes objects, peers and ports, and brings an
object into the state that a check begins with. How commands are given and recorded is in `calls`, how is waited in
`frame_loop`.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Iterable

from dasnet_adapters.contract import CLASS_A, Outcome, Session, Value
from dasnet_conformance.catalogue.loader import Requirement

from . import expect
from .black_box import BlackBox, NoBlackBox
from .bounds import CONNECT_WAIT, CUT_SHORT, FRUITLESS_TICKS, IDLE_WINDOW, REFUSAL_WAIT
from .contents import Contents
from .differing import Sent
from .expect import Mismatch
from .frame_loop import FrameLoop
from .host_object import Fired, HostObject
from .peer import Peer
from .ports import PORT_ATTEMPTS, Ports, foreign
from .recording import Acted, Waited

#: What the system says of a port on which nobody listens; the second, where the listener closed with the attempt in it.
REFUSALS = tuple(os.strerror(number) for number in (errno.ECONNREFUSED, errno.ECONNRESET))


class Host(FrameLoop):
    """The host program of one check, over one fresh session.

    Arguments: `requirement`, what is judged; `peer_host`, where peers reach a server; `seed`, of the run; `black_box`,
    where calls are noted beforehand, for whoever watches this process; `idled_enough`, whether the idle window may end
    before its time, as far as the run is concerned.
    """

    def __init__(
        self,
        session: Session,
        requirement: Requirement,
        ports: Ports,
        peer_host: str,
        seed: int,
        black_box: BlackBox | NoBlackBox | None = None,
        idled_enough: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(session, str(seed), black_box)
        self.requirement = requirement
        self.random = Contents(str(seed), requirement.id)
        #: Which of several legal outcomes was seen, for requirements that only inform.
        self.observed = ""
        self._ports = ports
        self._peer_host = peer_host
        self._peer_count = 0
        self._idled_enough = idled_enough

    def idle(self, *objects: HostObject, enough: Callable[[], bool] | None = None) -> float:
        """As of the frame loop; where the window ended before its time, what is observed says so."""
        passed = super().idle(*objects, enough=enough or self._idled_enough)
        if passed < IDLE_WINDOW:
            self.observed = f"{CUT_SHORT}{passed:.1f} s of {IDLE_WINDOW:g} s"
        return passed

    # What a check is made of

    def new(self, class_number: int = CLASS_A, needs: str = "construct.succeeds") -> HostObject:
        """Construct an object of a class of the contract. One that cannot be constructed is what it `needs`."""
        made = self.reserve()
        with expect.needing(needs):
            expect.returns(
                self.call("new", made.number, class_number), None, f"constructing an object of class {class_number}"
            )
        return made

    def reserve(self) -> HostObject:
        """The next object, which a command is about to construct."""
        objects = self._calls.objects
        made = objects[len(objects) + 1] = HostObject(self._calls.call, len(objects) + 1)
        return made

    def object(self, number: int) -> HostObject:
        """The object of that number, for checks that built it in a helper."""
        return self._calls.objects[number]

    def between_calls(self) -> list[Fired]:
        """What fired while no command ran and tells of clients or errors; a line for the log may come at any time."""
        return [fired for fired in self.strays if fired.event.what != "log"]

    def note(self, text: str) -> None:
        """A line of the suite's own in the transcript."""
        self.transcript.add("suite", "note", text)

    def holds(self, orphan: int = 1) -> Outcome:
        """Whether an orphan holds a handle."""
        return self.call("holds", orphan)

    def port(self) -> int:
        """A port number that no other check uses."""
        return self._ports.take()

    def init_free(self, server: HostObject, through: str = "init") -> Outcome:
        """Init on a port of our own (`server.port`); one that turns out to be another program's is exchanged."""

        before = len(server.fired)

        def init(port: int) -> Outcome:
            # What an init told that failed for another program's sake is nothing that the check has to hear.
            del server.fired[before:]
            server.port = port
            return server.call(through, port)

        return self.on_free_port(init, server.is_open)[1]

    def on_free_port(self, init: Callable[[int], Outcome], is_open: Callable[[], Outcome]) -> tuple[int, Outcome]:
        """Let `init` have ports of our own until one is not another program's; the last one, and what came of it.

        An object that says no and listens all the same (`is_open`) holds the port itself, and gets no other.
        """
        for _ in range(PORT_ATTEMPTS):
            port = self.port()
            outcome = init(port)
            if outcome == Value(True) or not foreign(port) or is_open() == Value(True):
                break
            self.note(f"port {port} belongs to another program; trying the next")
        return port, outcome

    def peer(self, port: int, *, wait: bool = True, seconds: float = CONNECT_WAIT) -> Peer:
        """A new peer, connected to the port; see `Peer.connect`."""
        self._peer_count += 1
        peer = Peer(f"peer {self._peer_count}", self.transcript, self.recording)
        self.peers.append(peer)
        return peer.connect(self._peer_host, port, wait=wait, seconds=seconds)

    def adopt(self, connection: socket.socket) -> Peer:
        """A new peer for a connection that a listener of the suite has accepted."""
        self._peer_count += 1
        peer = Peer(f"peer {self._peer_count}", self.transcript, self.recording)
        self.peers.append(peer)
        return peer.adopt(connection)

    def reaches(self, address: str, port: int) -> bool:
        """Whether a connection to the port is taken at this address of the machine; it is undone.

        False as well where the machine has no such address.
        """
        self._peer_count += 1
        peer = Peer(f"peer {self._peer_count}", self.transcript, self.recording)
        try:
            peer.connect(address, port, seconds=REFUSAL_WAIT).reset()
        except Mismatch:
            return False
        return True

    @property
    def peer_host(self) -> str:
        """Where peers reach a server."""
        return self._peer_host

    def dismiss(self, peer: Peer) -> None:
        """End a peer, by reset if it is still there, and forget it: for checks that go through many."""
        if peer.socket is not None:
            self.recording.add(Acted(self.transcript.tick, peer.name, "reset"))
        peer.dispose()
        self.peers.remove(peer)

    def refuses_connections(self, port: int) -> bool:
        """Whether a connection to the port is refused right away; an attempt that succeeds is undone.

        One that is neither taken nor refused is a listener whose queue is full, which is there all the same.
        """
        return self._attempt(port) == "refused"

    def await_refusal(self, port: int, what: str) -> None:
        """Wait until a connection to the port is refused: it may take a server a moment to let go of one.

        Raises `Mismatch` with `what` as the expectation when it goes on taking connections, or has taken so many that
        its listen queue is full: then nobody will ever take them, and waiting would not change that.
        """
        self.recording.add(Waited(self.transcript.tick, what))
        for fruitless in range(FRUITLESS_TICKS):
            self._pause(fruitless)
            came = self._attempt(port)
            if came == "refused":
                return
            if came == "waits":
                break
        self.waits.gave_up(what)
        raise Mismatch(f"port {port}", what, "a listener")

    # What becomes of a connection to the port: "refused", "taken", or it "waits" for a place in the listen queue.
    def _attempt(self, port: int) -> str:
        try:
            self.peer(port, seconds=REFUSAL_WAIT).reset()
        except Mismatch as mismatch:
            return "refused" if mismatch.got in REFUSALS else "waits"
        return "taken"

    # States, each reached from a fresh object. A mismatch on the way is laid to the requirement it belongs to.

    def made(self, class_number: int = CLASS_A) -> HostObject:
        """An object with a handle, not listening."""
        made = self.new(class_number)
        with expect.needing("adapter.opens-nothing"):
            expect.one_of(made.adapter(), ("none", "true"), "making the adapter")
        return made

    def listening(self, class_number: int = CLASS_A) -> HostObject:
        """An object that listens on a port of its own (`.port`)."""
        with expect.needing("init.free-port"):
            made = self.made(class_number)
            expect.returns(self.init_free(made), True, "init on a free port")
        return made

    def connected(self, class_number: int = CLASS_A) -> tuple[HostObject, Peer]:
        """A listening object that has taken a client by a tick, and that client."""
        server = self.listening(class_number)
        return server, self.take_client(server)

    def take_client(self, server: HostObject) -> Peer:
        """Connect a peer to the server and tick until it is taken."""
        with expect.needing("init.connectable-before-tick"):
            peer = self.peer(server.port)
        self.await_taken(server)
        return peer

    def await_taken(self, server: HostObject) -> None:
        """Tick until the server has taken the client that waits."""
        before = server.count("connect")
        with expect.needing("tick.takes-pending-client"):
            self.until(lambda: server.count("connect") > before, server, what="a connect callback")

    def await_departure(self, server: HostObject) -> None:
        """Tick until the server has noticed that its client left."""
        before = server.count("disconnect")
        with expect.needing("tick.notices-departure"):
            self.until(lambda: server.count("disconnect") > before, server, what="a disconnect callback")

    def await_received(self, server: HostObject, count: int) -> None:
        """Tick until the server's data callbacks have brought so many bytes in all."""
        with expect.needing("tick.delivers-data"):
            self.until(
                lambda: len(server.received) >= count,
                server,
                what=f"{count} bytes in data callbacks",
                got=lambda: self.came(server.received),
            )

    def came(self, received: bytes | bytearray) -> str:
        """What data callbacks brought, in words, and where it parts from what the clients sent."""
        return Sent.by_peers(self.recording).against(received)

    def reached(self, peer: Peer) -> str:
        """What a peer received, in words, and where it parts from what the host sent; and how its connection ended."""
        told = Sent.by_host(self.recording).against(peer.received)
        return f"{told}; then {peer.closed}" if peer.closed else told

    # Ends

    def await_peer(self, peer: Peer, count: int, *objects: HostObject, what: str = "") -> None:
        """Tick until the peer has received so many bytes in all."""
        self.until(
            lambda: len(peer.received) >= count,
            *objects,
            what=what or f"{count} bytes at {peer.name}",
            got=lambda: self.reached(peer),
        )

    def await_closed(self, peer: Peer, *objects: HostObject) -> None:
        """Step (and tick the objects) until the peer sees the end of its connection."""
        self.until(lambda: peer.closed is not None, *objects, what=f"{peer.name} sees end of file or reset")

    @property
    def traceback(self) -> tuple[str, ...]:
        """Where in the port the last call's error came from, a line each, if it ended in one and told so."""
        return self._calls.last_traceback

    def observe(self, outcome: str) -> None:
        """Record which legal outcome was seen. It must be one that the catalogue allows for this requirement."""
        if outcome not in self.requirement.allowed:
            raise Mismatch(self.requirement.text, " or ".join(self.requirement.allowed), outcome)
        self.observed = outcome

    def allowed(self) -> Iterable[str]:
        """The outcomes that the catalogue allows for this requirement."""
        return self.requirement.allowed
