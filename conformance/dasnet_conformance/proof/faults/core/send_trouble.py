"""Faults of section send that show with clients that make trouble: departed, reset, not reading, flooding."""

from __future__ import annotations

import errno
import signal
import socket

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle


@fault("send.to-departed-survives", "send.to-reset-survives")
class DiesOfBrokenPipe(Handle):
    """Writing to a connection that was closed raises SIGPIPE, which nobody ignores, and the host dies."""

    def flush(self) -> bool:
        before = signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        try:
            return super().flush()
        finally:
            signal.signal(signal.SIGPIPE, before)


@fault("send.to-departed-survives", "send.to-reset-survives")
class BrokenPipeEndsService(Handle):
    """After a send to a client that has gone the handle counts as broken, and no client is taken any more."""

    broken = False

    def fail_flush(self, error: OSError) -> bool:
        self.broken = True
        return super().fail_flush(error)

    def accept(self) -> None:
        if not self.broken:
            super().accept()


@fault("send.to-departed-one-departure")
class BrokenPipeIsADepartureToo(Handle):
    """A send that fails and a read that ends each count as a departure, and the next ticks tell both."""

    owed = False

    def fail_flush(self, error: OSError) -> bool:
        self.owed = True
        return super().fail_flush(error)

    def turn(self) -> None:
        if self.owed:
            self.owed = False
            self.tell_disconnect()
        super().turn()


@fault("send.to-departed-one-departure")
class BrokenPipeHidesDeparture(Handle):
    """A send that fails closes the connection at once, and no tick tells that the client has gone."""

    def fail_flush(self, error: OSError) -> bool:
        super().fail_flush(error)
        self.drop_client()
        return False


@fault("send.stalled-returns", may_kill=("send.echo-flood",), hangs=True)
class SendWaits(Handle):
    """The socket blocks in send, so that a client that does not read stops the host's frame loop."""

    def flush(self) -> bool:
        if self.client is not None:
            self.client.setblocking(True)
        try:
            return super().flush()
        finally:
            if self.client is not None:
                self.client.setblocking(False)


@fault("send.waiting-still-heard")
class DeafWhileQueueWaits(Handle):
    """While bytes wait to be sent, only room for them is polled for, and what the client says is not read."""

    def receive(self) -> None:
        if not self.outgoing:
            super().receive()


@fault("send.waiting-still-heard")
class DeafWhileItSends(Handle):
    """A tick that has sent something has done enough: a client that reads without end is never heard."""

    did_something = False

    def turn(self) -> None:
        self.did_something = False
        super().turn()

    def sent(self, count: int) -> None:
        super().sent(count)
        self.did_something = True

    def receive(self) -> None:
        if not self.did_something:
            super().receive()


@fault("send.stalled-accepted-arrives")
class QueueHoldsOneCall(Handle):
    """There is room for one call that waits; the next one takes its place, and send says true."""

    def enqueue(self, part: bytes) -> None:
        self.outgoing[:] = part


@fault("send.stalled-refused-is-clean")
class RefusesHalfway(Handle):
    """When too much waits, send says false after it has queued half of the call."""

    QUEUE_LIMIT = 16 << 20

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        if self.client is not None:
            self.enqueue(self.portion(data, size // 2))
        return super().fail_send(data, size, message, code)


@fault("send.echo-flood")
class FullQueueLosesEcho(Handle):
    """The outgoing queue holds 64 KiB, and an echo that finds it full is dropped while send says true."""

    QUEUE_LIMIT = 1 << 16
    BUDGET = 8 << 20

    def send(self, data: bytes, size: int) -> bool:
        return super().send(data, size) if self.client is None or len(data) <= self.QUEUE_LIMIT else self._large(data)

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:  # noqa: ARG002
        return True

    def _large(self, data: bytes) -> bool:
        # One call alone may be as large as it likes.
        self.enqueue(data)
        return self.flush()

    def adopt(self, client: socket.socket) -> None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 14)
        super().adopt(client)


@fault("send.stalled-refused-is-clean", may_kill=("pressure.refused-whole",))
class OneBoundForAllQueues(Handle):
    """What waits for all clients of the process counts against one bound, which one that does not read fills."""

    waiting = 0

    def send(self, data: bytes, size: int) -> bool:
        self.check_size(data, size)
        if self.client is not None and OneBoundForAllQueues.waiting + size > self.QUEUE_LIMIT:
            # Whoever was refused leaves no room for a small one either.
            OneBoundForAllQueues.waiting = self.QUEUE_LIMIT
            return self.fail_send(data, size, "nothing sent: too much waits to be sent", errno.ENOBUFS)
        return super().send(data, size)

    def enqueue(self, part: bytes) -> None:
        OneBoundForAllQueues.waiting += len(part)
        super().enqueue(part)

    def sent(self, count: int) -> None:
        OneBoundForAllQueues.waiting -= count
        super().sent(count)

    def drop_client(self) -> None:
        if self.client is not None:
            OneBoundForAllQueues.waiting = 0
        super().drop_client()
