"""The recording of one check: everything that host and peers did, as it happened, for whoever wants to play it again.

The transcript is for people and is shortened; this is complete, and cheap: a small tuple is appended for each thing
that happens, bytes are kept by reference, and nothing is spelled before a check has failed. It is bounded all the
same: past `KEPT_ROWS` or `KEPT_PAYLOAD` it stops and says so. It keeps records, and no sockets; `conversation` makes
sense of them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from dasnet_adapters.contract import Answer, Command, Event

#: Things that are recorded of one check; more happen only when an implementation never comes to rest.
KEPT_ROWS: Final = 100_000

#: Bytes of payload that a recording keeps alive, of commands and peers together. Checks send a quarter of it.
KEPT_PAYLOAD: Final = 64 << 20

_WITH_PAYLOAD: Final = frozenset({"send", "server_send", "client_send"})


class Called(NamedTuple):
    """A command and its answer, or how it ended without one."""

    tick: int
    command: Command
    answer: Answer | str


class Acted(NamedTuple):
    """Something that a peer did: its name, what ("connect", "send", ...), and the port or the bytes to it."""

    tick: int
    side: str
    action: str
    argument: int | bytes = 0


class Received(NamedTuple):
    """A peer received: the chunk's size, and how many bytes it has in all."""

    tick: int
    side: str
    size: int
    total: int


class Ended(NamedTuple):
    """A peer saw its connection end, or was refused one."""

    tick: int
    side: str
    how: str


class Strayed(NamedTuple):
    """A callback fired while no command ran."""

    tick: int
    event: Event


class Paused(NamedTuple):
    """The suite let time pass without a tick."""

    tick: int
    seconds: float


class Waited(NamedTuple):
    """From here on the suite ticked until something came: what."""

    tick: int
    what: str


Row = Called | Acted | Received | Ended | Strayed | Paused | Waited


class Recording:
    """Collects rows in order. `incomplete` says why it stopped, and is empty while it is whole.

    Arguments: `seed`, what the random contents of the check were drawn from, so that they need not be written out.
    """

    def __init__(self, seed: str = "") -> None:
        self.seed = seed
        self.rows: list[Row] = []
        self.incomplete = ""
        #: Bytes of payload in it.
        self.payload = 0
        #: What each peer received, by its name: the peer's own buffer, which goes on growing.
        self.received: dict[str, bytearray] = {}

    def add(self, row: Row) -> None:
        """Append one row without a payload of its own."""
        if not self.incomplete:
            if len(self.rows) == KEPT_ROWS:
                self.incomplete = f"more than {KEPT_ROWS:,} things happened"
            else:
                self.rows.append(row)

    def called(self, tick: int, command: Command, answer: Answer | str) -> None:
        """Append a command and what came of it."""
        if command.name in _WITH_PAYLOAD:
            self._charge(command.arguments[1])
        self.add(Called(tick, command, answer))

    def sent(self, tick: int, side: str, data: bytes) -> None:
        """Append the bytes that a peer sent."""
        self._charge(data)
        self.add(Acted(tick, side, "send", data))

    # Events need no charge: the host keeps them as long as the check runs.
    def _charge(self, data: object) -> None:
        if isinstance(data, bytes):
            self.payload += len(data)
            if self.payload > KEPT_PAYLOAD and not self.incomplete:
                self.incomplete = f"more than {KEPT_PAYLOAD >> 20} MiB of payload were sent"
