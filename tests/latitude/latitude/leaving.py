"""Variants of when a departure counts, what is told with it, and what destroying does to the connection."""

from __future__ import annotations

import errno
import socket
import struct
import threading
from typing import Final

from dasnet_conformance.proof.faults.sound_conversation import Conversation
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import peek, ready

from .registry import variant
from .sending import unsent

#: Seconds for which the last bytes are tried to be delivered after the object was destroyed.
FAREWELL: Final = 5.0


class NoticesLate(Conversation):
    """The end of the other side's bytes counts as its departure in the tick of this number after the end was found."""

    TICKS = 1

    def __init__(self) -> None:
        super().__init__()
        self.since_end = 0

    def depart(self) -> None:
        """Not before it is time."""
        self.since_end += 1
        if self.since_end >= self.TICKS:
            super().depart()

    def drop_client(self) -> None:
        """The next one has an end of its own."""
        super().drop_client()
        self.since_end = 0


@variant(
    "when the end of a client's bytes counts as its departure",
    shows={"data.half-close": "stays connected"},
    counts_ticks=True,
)
class HalfCloseIsKept(NoticesLate, Handle):
    """Keeps a client that has shut down writing for a dozen ticks more, as it can still receive: only then it counts as
    gone, for a client that has left looks no different from here."""

    TICKS = 12


@variant(
    "when the end of a client's bytes counts as its departure",
    shows={"endings.accepted-before-half-close": "stays connected"},
    counts_ticks=True,
)
class NoticesAfterThirtyTicks(NoticesLate, Handle):
    """Notices a departure in the thirtieth tick: 32 are the bound that the catalogue states."""

    TICKS = 30


class BreakIsAnError(Conversation):
    """A connection that the other side resets is told as an error as well."""

    broken = False

    def read_broken(self) -> bytes | None:
        """Remembered until the departure."""
        self.broken = True
        return super().read_broken()

    def depart(self) -> None:
        """The error first; a failure or a save in its callback does not keep the departure from being told."""
        broken, self.broken = self.broken, False
        try:
            if broken:
                self.tell_error("the other side broke the connection off", errno.ECONNRESET)
        finally:
            # An error callback that saves leaves the departure to the next owner.
            if self.owner is not None:
                super().depart()


@variant(
    "what is told of a connection that breaks off",
    shows={"data.abortive-close-error": "error fired", "callbacks.raise-inside-error": "error fired"},
)
class ResetIsAnError(BreakIsAnError, Handle):
    """Fires the error callback as well when the client resets the connection: it is an error, and a departure."""


@variant(
    "what the queries say of a client that has left, before a tick noticed",
    shows={"state.client-gone.has-session": "false", "state.client-gone.is-connected": "false"},
)
class QueriesSeeDeparture(Handle):
    """Looks at the connection when asked, and says that nobody is connected once the client has left: the documented
    sentence says 'currently'."""

    def is_connected(self) -> bool:
        """A client with more to come, or without an end."""
        return self.client is not None and peek(self.client) != b""

    def has_session(self) -> bool:
        """The same."""
        return self.is_connected()


class _LeavesAfterwards(Handle):
    # The client counts as connected until its disconnect callback has returned.

    def __init__(self) -> None:
        super().__init__()
        self.telling_departure = False

    def depart(self) -> None:
        if self.telling_departure:
            return
        client = self.client
        self.outgoing.clear()
        self.telling_departure = True
        try:
            self.tell_disconnect()
        finally:
            self.telling_departure = False
            # Unless the callback has destroyed the object.
            if self.client is client:
                self.drop_client()


@variant("is_connected inside disconnect", shows={"callbacks.inside-disconnect": "true"})
class ConnectedInsideDisconnect(_LeavesAfterwards):
    """Is still connected inside the disconnect callback, and send says false there: the departure counts once it has
    been told."""

    def send(self, data: bytes, size: int) -> bool:
        """Not to a client that is being seen off."""
        self.check_size(data, size)
        if self.telling_departure:
            return self.fail_send(data, size, "nothing sent: the client has left", errno.EPIPE)
        return super().send(data, size)


@variant("send inside disconnect", shows={"callbacks.sends-inside-disconnect": "true"})
class SendInsideDisconnectIsTrue(_LeavesAfterwards):
    """Takes what is sent inside the disconnect callback as long as the system does, as before a tick has noticed: the
    next client gets none of it."""


@variant(
    "the disconnect callback of a client that destroying throws out", shows={"destroy.disconnect-callback": "fired"}
)
class DisconnectInsideDestroy(Handle):
    """Fires disconnect inside destroy when there is a client: it goes, and the callback exists to tell so."""

    def close(self) -> None:
        """The owner hears of it, at the end of all."""
        owner, had_client = self.owner, self.client is not None
        super().close()
        if owner is not None and had_client:
            owner.on_disconnect()


@variant("bytes that are still to be sent when the object is destroyed")
class LingersOnDestroy(Handle):
    """Delivers what send accepted though the object is destroyed, on a thread and for some seconds at most; the port is
    free at once."""

    def close(self) -> None:
        """The connection is handed over to a thread if there is something left."""
        if self.client is not None and self.outgoing and self.owner is not None:
            rest, client = bytes(self.outgoing), self.client
            self.client = None
            threading.Thread(target=_see_off, args=(client, rest), daemon=True).start()
        super().close()


def _see_off(client: socket.socket, rest: bytes) -> None:
    with client:
        client.settimeout(FAREWELL)
        try:
            client.sendall(rest)
        except OSError:
            pass


@variant("how the connection ends when the object is destroyed")
class ResetsOnDestroy(Handle):
    """Ends the client's connection by a reset when the object is destroyed and everything accepted has arrived: end of
    file and reset are both an end."""

    def close(self) -> None:
        """Abortive, unless that could cost the client something."""
        if self.client is not None and not self.outgoing and not unsent(self.client):
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        super().close()


@variant("when a departure is found")
class FindsDepartureInSend(Handle):
    """Ends the connection in a send that fails, and tells the departure in the next tick: what came before is still
    delivered first."""

    def fail_flush(self, error: OSError) -> bool:
        """The next tick reads what is left, and then the end."""
        if self.client is not None:
            try:
                self.client.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        return super().fail_flush(error)


@variant("what one tick does")
class DepartureAndArrivalInOneTick(Handle):
    """Takes the next client in the tick that told the departure of the last one: the documentation asks for no tick
    between them."""

    def depart(self) -> None:
        """And on with the next, unless the callback has moved the handle or ended it."""
        owner = self.owner
        super().depart()
        if self.owner is owner and self.client is None and ready(self.listener):
            self.accept()
