"""Variants that work on a thread of their own and are late: the tick only tells what the thread has ready by then.

Outside a tick they call nobody back and change no answer; what a thread does with a socket meanwhile nobody can see.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import deque
from typing import Final

from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import ready

from .registry import variant

#: Seconds between two looks of a thread that has nothing to do.
LOOK: Final = 0.002


class _LateReader(Handle):
    # Each client has a thread that reads, waits `DELAY` seconds, and only then hands over what it read.

    DELAY = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.ready_pieces: deque[bytes] = deque()
        # No socket is closed while a thread is at it: its number could be another's by then.
        self.using = threading.Lock()

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        # A queue for each client, so that a thread that is late beyond its client's end tells nobody.
        self.ready_pieces = deque()
        threading.Thread(target=self.read_on, args=(client, self.ready_pieces), daemon=True).start()

    def read_on(self, client: socket.socket, pieces: deque[bytes]) -> None:
        """The thread's work: to the end of the client's bytes, or until the tick has closed the connection."""
        while self.client is client:
            data = self.read_now(client)
            if data is None:
                time.sleep(LOOK)
                continue
            time.sleep(self.DELAY)
            pieces.append(data)
            if not data:
                return

    def read_now(self, client: socket.socket) -> bytes | None:
        """What a read gives: None when nothing is there, empty at the end."""
        with self.using:
            if self.client is not client:
                return None
            try:
                return client.recv(self.CHUNK)
            except (BlockingIOError, InterruptedError):
                return None
            except OSError:
                return b""

    def drop_client(self) -> None:
        with self.using:
            super().drop_client()

    def read(self) -> bytes | None:
        """What the thread has ready."""
        if not self.ready_pieces:
            return None
        # The end stays: it is found again by the next tick, should a callback have failed before it was told.
        return self.ready_pieces.popleft() if self.ready_pieces[0] else b""


@variant("when what came is delivered", name="late_reader_30_ms", waits=True)
class LateReader30(_LateReader):
    """Reads on a thread that hands each piece over 30 ms later: bounds are in ticks, and a tick has what is there."""

    DELAY = 0.03


@variant("when what came is delivered", name="late_reader_100_ms", waits=True)
class LateReader100(_LateReader):
    """Reads on a thread that hands each piece over 100 ms later, as an emulator or a loaded machine might."""

    DELAY = 0.1


@variant("when what came is delivered", name="late_reader_300_ms", waits=True)
class LateReader300(_LateReader):
    """Reads on a thread that hands each piece over 300 ms later: slow, and still nothing is lost, cut or told twice."""

    DELAY = 0.3


@variant("when a client is taken", name="late_accept_100_ms", waits=True)
class LateAccept(Handle):
    """Accepts on a thread that is 100 ms late, one client ahead: the tick takes whom the thread has ready."""

    DELAY = 0.1

    def __init__(self) -> None:
        super().__init__()
        self.accepted: deque[socket.socket] = deque()
        # No socket is closed while a thread is at it: its number could be another's by then.
        self.using = threading.Lock()

    def init(self, port: int) -> bool:
        """With a thread beside it."""
        before = self.listener
        done = super().init(port)
        if self.listener is not None and self.listener is not before:
            threading.Thread(target=self.accept_on, args=(self.listener,), daemon=True).start()
        return done

    def accept_on(self, listener: socket.socket) -> None:
        """The thread's work, until the listener is closed."""
        while self.listener is listener:
            if self.accepted or self.client is not None or not self.somebody_waits(listener):
                time.sleep(LOOK)
                continue
            time.sleep(self.DELAY)
            with self.using:
                client = super().take_waiting() if self.listener is listener else None
                if client is not None:
                    self.accepted.append(client)

    def somebody_waits(self, listener: socket.socket) -> bool:
        """Whether there is somebody to accept."""
        with self.using:
            return self.listener is listener and ready(listener)

    def take_waiting(self) -> socket.socket | None:
        """Whom the thread has accepted."""
        return self.accepted.popleft() if self.accepted else None

    def close_listener(self) -> None:
        """Whom the thread has accepted goes as well."""
        with self.using:
            super().close_listener()
            while self.accepted:
                self.accepted.popleft().close()


@variant(
    "when bytes leave", name="late_sender_30_ms", shows={"send.without-further-tick": "left with a tick"}, waits=True
)
class LateSender(Handle):
    """Puts what is sent into a queue that a thread empties, 30 ms late: send said true, and every byte arrives."""

    DELAY = 0.03

    def __init__(self) -> None:
        super().__init__()
        self.sending = threading.Lock()

    def adopt(self, client: socket.socket) -> None:
        """With a thread beside it."""
        super().adopt(client)
        threading.Thread(target=self.send_on, args=(client,), daemon=True).start()

    def send_on(self, client: socket.socket) -> None:
        """The thread's work, as long as this is the client."""
        while self.client is client:
            if not self.outgoing:
                time.sleep(LOOK)
                continue
            time.sleep(self.DELAY)
            with self.sending:
                if self.client is client:
                    self.push(client)

    def push(self, client: socket.socket) -> None:
        """Send what waits, as far as the system takes it; a broken connection is for reading to find."""
        try:
            while self.outgoing:
                del self.outgoing[: client.send(self.outgoing)]
        except (BlockingIOError, InterruptedError):
            pass
        except OSError:
            self.outgoing.clear()

    def enqueue(self, part: bytes) -> None:
        """Not while the thread is at it."""
        with self.sending:
            super().enqueue(part)

    def flush(self) -> bool:
        """That is the thread's."""
        return True

    def drop_client(self) -> None:
        """Not while the thread is at it."""
        with self.sending:
            super().drop_client()
