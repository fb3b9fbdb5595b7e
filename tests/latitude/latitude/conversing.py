"""Variants of what a client does with its connection: how bytes come and go, when a departure counts, how it closes."""

from __future__ import annotations

import errno
import socket
import struct

from dasnet_conformance.proof.faults.sound_client import ClientHandle

from .delivering import Lends, UrgentAmongOthers
from .leaving import BreakIsAnError, NoticesLate
from .registry import variant
from .sending import HangsUp


@variant(
    "when the end of a server's bytes counts as its departure",
    shows={"client-data.half-close": "stays connected", "client-send.accepted-before-half-close": "stays connected"},
    counts_ticks=True,
)
class ServerHalfCloseIsKept(NoticesLate, ClientHandle):
    """Keeps a server that has shut down writing for thirty ticks more, as it can still receive: only then it counts as
    gone, for a server that has left looks no different from here, and 32 ticks are the catalogue's bound."""

    TICKS = 30


@variant("what a client is told of a connection that breaks off", shows={"client-data.reset-error": "error fired"})
class ServerResetIsAnError(BreakIsAnError, ClientHandle):
    """Fires the error callback as well when the server resets the connection: it is an error, and a departure."""


@variant(
    "the bound of a client's outgoing queue",
    name="client_queue_of_512_kib",
    shows={"client-send.large": "refused whole"},
)
class ClientQueueOf512KiB(ClientHandle):
    """Has a queue of 512 KiB and refuses whole what does not fit, with an error told: nobody promises how much one call
    takes."""

    QUEUE_LIMIT = 512 << 10


# It may refuse the answer to last words, too; whether it does is for the system's buffers to say.
@variant("the bound of a client's outgoing queue", name="client_queue_of_64_kib")
class ClientQueueOf64KiB(ClientHandle):
    """Has a queue of 64 KiB, which the largest ordinary message just fills, and refuses whole what does not fit."""

    QUEUE_LIMIT = 64 << 10


@variant("the bound of a client's outgoing queue")
class ClientOneMessageUnderWay(ClientHandle):
    """Takes a message of any size when nothing of the one before is left over, else says false: one that was begun has
    to be finished first."""

    def send(self, data: bytes, size: int) -> bool:
        """Not while one is under way."""
        if self.client is not None and not self.flush():
            return False
        if self.outgoing:
            self.check_size(data, size)
            return self.fail_send(data, size, "nothing sent: the last message is still under way", errno.ENOBUFS)
        return super().send(data, size)


@variant("when a client's bytes leave")
class ClientSendsPiecePerTick(ClientHandle):
    """Takes up to 64 KiB into its queue, and sends at most 16 KiB of it in a tick and nothing in send itself: what send
    accepted arrives, and by when nobody says."""

    QUEUE_LIMIT = 64 << 10
    PIECE = 16 << 10

    def send(self, data: bytes, size: int) -> bool:
        """Checked and queued."""
        self.check_size(data, size)
        if self.client is None:
            return self.fail_send(data, size, "nothing sent: there is no connection", errno.ENOTCONN)
        if len(self.outgoing) + size > self.QUEUE_LIMIT:
            return self.fail_send(data, size, "nothing sent: too much waits to be sent", errno.ENOBUFS)
        self.enqueue(self.portion(data, size))
        return True

    def flush(self) -> bool:
        """One piece."""
        if not self.outgoing or self.client is None:
            return True
        try:
            self.sent(self.client.send(self.outgoing[: self.PIECE]))
        except (BlockingIOError, InterruptedError):
            return True
        except OSError as error:
            return self.fail_flush(error)
        return True


@variant("when a client's bytes leave")
class ClientSendsInTicksOnly(ClientHandle):
    """Only queues in send, and sends in the next tick: ticks are where input and output are processed."""

    def send(self, data: bytes, size: int) -> bool:
        """Checked and queued."""
        self.check_size(data, size)
        if self.client is None:
            return self.fail_send(data, size, "nothing sent: there is no connection", errno.ENOTCONN)
        if len(self.outgoing) + size > self.QUEUE_LIMIT:
            return self.fail_send(data, size, "nothing sent: too much waits to be sent", errno.ENOBUFS)
        self.enqueue(self.portion(data, size))
        return True


@variant("how much one tick of a client delivers")
class ClientDeliversPiecePerTick(ClientHandle):
    """Delivers one piece of at most 64 KiB in a tick and leaves the rest to later ones: a frame is short."""

    BUDGET = 1


@variant("the size of a client's pieces")
class ClientDeliversSmallPieces(ClientHandle):
    """Delivers in pieces of 1,000 bytes at most: how the bytes are cut nobody promises."""

    CHUNK = 1000


@variant("how long what a client is told may be looked at", shows={"client-data.delivered-stays": "refused"})
class ClientLendsWhatItDelivers(Lends, ClientHandle):
    """Lends its own memory to the callback and takes it back afterwards: whoever looks again gets an error, and never
    other bytes."""


@variant("an urgent byte of a server", shows={"client-data.urgent-ends-nothing": "in line"})
class ClientHasUrgentInLine(UrgentAmongOthers, ClientHandle):
    """Has urgent bytes delivered in their place among the others: the server sent them, and a stream has one order."""


@variant("the connection of a client that makes a second adapter")
class SecondClientAdapterResets(ClientHandle):
    """Ends the connection by a reset when its handle is replaced by another: whoever makes a second one has given the
    first up, and end of file and reset are both an end."""

    def destroy(self) -> None:
        """No waiting, and nothing left behind in the system."""
        if self.client is not None:
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        super().destroy()


@variant("how a client closes")
class ClientShutsDownFirst(ClientHandle):
    """Shuts writing down before it closes the connection: the server reads the end behind everything that was sent."""

    def drop_client(self) -> None:
        """In the order of a farewell."""
        if self.client is not None:
            try:
                self.client.shutdown(socket.SHUT_WR)
            except OSError:
                # The server has broken the connection off already.
                pass
        super().drop_client()


@variant("whether send of a client waits", shows={"together.echo-flood": "the connection was closed"})
class ClientWaitsThenHangsUp(HangsUp, ClientHandle):
    """Waits in send for a server that is reading, and after a second without progress says false and ends the
    connection: a server that is ticked by the same loop cannot read meanwhile, and a refused send may do that."""
