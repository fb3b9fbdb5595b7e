"""Variants of send: with a queue, without, waiting, and when bytes leave.

What a server without a queue needs, Linux alone tells: how many bytes the system has not sent yet, and how many fit.
"""

from __future__ import annotations

import errno
import select
import socket
import struct
import sys
from collections import deque
from typing import Final

from dasnet_conformance.proof.faults.sound_conversation import Conversation
from dasnet_conformance.proof.faults.sound_handle import Handle

from .registry import variant

#: Asks Linux how many bytes of a socket the other side has not acknowledged yet.
SIOCOUTQ: Final = 0x5411

#: The send buffer that these servers ask for, in bytes; the system doubles it, and may grant less.
BUFFER: Final = 1 << 20


def unsent(connection: socket.socket) -> int:
    """Bytes of a connection that the system holds and the other side does not have yet; 0 where it does not tell."""
    if not sys.platform.startswith("linux"):
        return 0
    import fcntl

    return int(struct.unpack("i", fcntl.ioctl(connection, SIOCOUTQ, bytes(4)))[0])


class _Measured(Handle):
    # Knows how much the system takes for certain: half of its buffer less what is in it, for each byte costs it more.

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        # Else many small sends wait for each other, and each takes a whole page of the buffer.
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def room(self) -> int:
        """Bytes that the system takes for certain."""
        if self.client is None:
            return 0
        return self.client.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) // 2 - unsent(self.client)

    def send(self, data: bytes, size: int) -> bool:
        self.check_size(data, size)
        if self.client is None:
            return self.fail_send(data, size, "nothing sent: no client is connected", errno.ENOTCONN)
        if not self.flush():
            return False
        if not self.fits(size):
            return self.fail_send(data, size, f"nothing sent: no room for {size} bytes", errno.ENOBUFS)
        return self.send_now(data[:size], size)

    def fits(self, size: int) -> bool:
        """Whether a message of this size is taken now."""
        return not self.outgoing and size <= self.room()

    def send_now(self, part: bytes, size: int) -> bool:
        """Send it; what the system leaves over of it goes with later ticks."""
        self.enqueue(part)
        return self.flush()


@variant(
    "the bound of the outgoing queue",
    shows={
        "send.large": "refused whole",
        "send.stalled-refused-is-clean": "nothing of the refused call arrived",
    },
)
class NoQueue(_Measured):
    """Has no queue: a message that does not fit the system's buffer whole is refused whole, at any size, for the
    documentation promises none."""

    def send_now(self, part: bytes, size: int) -> bool:
        """All of it or nothing; should the system take a part after all, the connection ends and nobody is misled."""
        if self.client is None or not part:
            return self.client is not None
        try:
            sent = self.client.send(part)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError as error:
            return self.fail_flush(error)
        if sent == size:
            return True
        if sent:
            self.client.shutdown(socket.SHUT_RDWR)
        return self.fail_send(part, size, f"no room for {size} bytes", errno.ENOBUFS)


@variant("the bound of the outgoing queue", name="queue_of_4_kib")
class QueueOf4KiB(_Measured):
    """Has a queue of 4 KiB beyond the system's buffer, and refuses whole what is beyond that: the bound is its own
    choice."""

    QUEUE_LIMIT = 4096

    def fits(self, size: int) -> bool:
        """The queue counts as well."""
        return len(self.outgoing) + size <= max(self.room(), 0) + self.QUEUE_LIMIT


@variant("the bound of the outgoing queue", name="queue_of_256_messages")
class QueueOf256Messages(Handle):
    """Has a queue of 256 messages, whatever their sizes, and refuses whole what comes when it is full."""

    PLACES = 256

    def __init__(self) -> None:
        super().__init__()
        self.sizes: deque[int] = deque()

    def send(self, data: bytes, size: int) -> bool:
        """As ever while there is a place."""
        self.check_size(data, size)
        if self.client is not None and len(self.sizes) >= self.PLACES:
            return self.fail_send(data, size, "nothing sent: every place of the queue is taken", errno.ENOBUFS)
        return super().send(data, size)

    def enqueue(self, part: bytes) -> None:
        """With its size, for the places are counted."""
        super().enqueue(part)
        if part:
            self.sizes.append(len(part))

    def sent(self, count: int) -> None:
        """What has gone whole gives its place back."""
        super().sent(count)
        waiting = len(self.outgoing)
        while self.sizes and sum(self.sizes) - self.sizes[0] >= waiting:
            self.sizes.popleft()

    def drop_client(self) -> None:
        """The places as well."""
        super().drop_client()
        self.sizes.clear()


@variant(
    "the bound of the outgoing queue",
    shows={"send.stalled-refused-is-clean": "all accepted", "pressure.refused-whole": "taken"},
)
class QueueWithoutBound(Handle):
    """Queues whatever is sent, as long as there is memory: nobody promises that a queue has a bound."""

    QUEUE_LIMIT = sys.maxsize


@variant("the bound of the outgoing queue")
class OneMessageUnderWay(Handle):
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


class Waiting(Conversation):
    """Waits in send until the other end has taken everything, as long as it goes on."""

    #: Seconds without progress that it waits for.
    PATIENCE = 0.2

    def send(self, data: bytes, size: int) -> bool:
        before = bool(self.outgoing)
        if not super().send(data, size):
            return False
        return before or self.await_room()

    def await_room(self) -> bool:
        """Send on while the client reads."""
        while self.outgoing and self.client is not None:
            poll = select.poll()
            poll.register(self.client, select.POLLOUT)
            if not poll.poll(self.PATIENCE * 1000):
                return self.stalled()
            if not self.flush():
                return False
        return True

    def stalled(self) -> bool:
        """The client does not read: what to do with the rest."""
        return True


class HangsUp(Waiting):
    """Says false and ends the connection after a second in which the other end took nothing."""

    PATIENCE = 1.0

    def stalled(self) -> bool:
        """Nothing after the gap is ever sent."""
        self.outgoing.clear()
        if self.client is not None:
            self.client.shutdown(socket.SHUT_RDWR)
        self.tell_error("the other end does not read; the connection ends", errno.ETIMEDOUT)
        return False


@variant("whether send waits")
class WaitsThenQueues(Waiting, Handle):
    """Waits in send for a client that is reading, and after a fifth of a second without progress leaves the rest to
    ticks: only a client that does not read must not be waited for."""


@variant(
    "whether send waits",
    shows={
        "send.stalled-refused-is-clean": "the connection was closed",
        "send.waiting-still-heard": "the connection was closed",
        "pressure.refused-whole": "the connection was closed",
    },
)
class WaitsThenHangsUp(HangsUp, Handle):
    """Waits in send for a client that is reading, and after a second without progress says false and ends the
    connection: a refused send may do that."""


@variant(
    "when bytes leave",
    shows={"send.without-further-tick": "left with a tick", "send.to-reset-survives": "true"},
)
class SendsInTicksOnly(Handle):
    """Only queues in send, and sends in the next tick: ticks are where input and output are processed."""

    def send(self, data: bytes, size: int) -> bool:
        """Checked and queued."""
        self.check_size(data, size)
        if self.client is None:
            return self.fail_send(data, size, "nothing sent: no client is connected", errno.ENOTCONN)
        if len(self.outgoing) + size > self.QUEUE_LIMIT:
            return self.fail_send(data, size, "nothing sent: too much waits to be sent", errno.ENOBUFS)
        self.enqueue(self.portion(data, size))
        return True


@variant("when bytes leave")
class SendsPiecePerTick(SendsInTicksOnly):
    """Sends at most 64 KiB in a tick: what send accepted arrives, and by when nobody says."""

    PIECE = 1 << 16

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


@variant("when bytes leave")
class SmallQueueLeavesInTicks(SendsPiecePerTick):
    """Takes up to 64 KiB into its queue and sends at most 16 KiB of it in a tick: an echo of a flood is refused soon,
    and what is refused does not come back."""

    QUEUE_LIMIT = 64 << 10
    PIECE = 16 << 10


@variant("whether small messages wait for each other", shows={"process.small-replies": "at once"})
class SmallRepliesAtOnce(Handle):
    """Tells the system not to join small messages: a prompt is worth a packet of its own."""

    def adopt(self, client: socket.socket) -> None:
        """As the sound one."""
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().adopt(client)


@variant("whether small messages wait for each other", shows={"process.small-replies": "held back"})
class JoinsSmallReplies(Handle):
    """Writes what is short in every eighth tick only, with what was sent since: fewer packets, as systems do it."""

    #: From so many bytes on nothing is held back.
    SHORT = 1_400

    def __init__(self) -> None:
        super().__init__()
        self.turns = 0

    def flush(self) -> bool:
        """Now, or in one of the next ticks."""
        if len(self.outgoing) < self.SHORT and self.turns % 8:
            return True
        return super().flush()

    def turn(self) -> None:
        """Count."""
        self.turns += 1
        super().turn()
