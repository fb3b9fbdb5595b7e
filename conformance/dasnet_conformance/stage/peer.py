"""The peer: the other end of the conversation, a client, or what a listener of the suite has accepted.

It may open loopback sockets and writes into the transcript.

A peer never blocks: it queues what it is to send and moves what the system takes when it is stepped, so that one
thread can play the host and several peers. Everything it waits for is bounded (`bounds`).
"""

from __future__ import annotations

import errno
import os
import socket
import struct
import threading
from typing import Any, NoReturn

from .addresses import addresses_of
from .bounds import CONNECT_WAIT
from .expect import Mismatch
from .ports import NoPortsLeft
from .recording import Acted, Ended, Received, Recording
from .segments import shorten_segments
from .transcript import Transcript, spell_bytes
from .waiting import wait_connected

# Under another name, as a peer has a property `socket`.
_Socket = socket.socket

_RECEIVE_SIZE = 1 << 18
_STALLED_BUFFER = 1 << 16
# Has what is sent wait for what comes behind it, where the system knows that.
_MORE = getattr(socket, "MSG_MORE", 0)
_RESET = struct.pack("ii", 1, 0)
# Windows has two shorts in that structure.
_RESET_SHORT = struct.pack("hh", 1, 0)


def reset_on_close(connection: _Socket) -> None:
    """Have a connection end by a reset when it is closed."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    except OSError:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_SHORT)


class Peer:
    """One TCP client of a server under test, or server of a client under test. The host ends it when the check ends.

    `received` holds every byte that came from the other side; `closed` is None while that is open, then
    "end of file" or "reset".
    """

    def __init__(self, name: str, transcript: Transcript, recording: Recording | None = None) -> None:
        self.name = name
        self.received = bytearray()
        self.closed: str | None = None
        self.reading = True
        #: Whether what is queued goes out although the other side has said all that it had to say, and may still read.
        self.answers_behind_end = False
        #: Bytes that could not be sent any more, since the server's side was gone.
        self.undelivered = 0
        self._transcript = transcript
        self._recording = recording or Recording()
        self._recording.received[name] = self.received
        self._socket: socket.socket | None = None
        # Reading may go on in another thread (see `reading`); the socket must not be closed under it.
        self._lock = threading.RLock()
        self._counted = 0
        self._outgoing: list[memoryview] = []
        self._half_close_due = False
        self._connecting = False
        self._port = 0

    @property
    def unsent(self) -> int:
        """Bytes that were queued by `send` and that the system has not taken yet."""
        return sum(len(part) for part in self._outgoing)

    @property
    def socket(self) -> socket.socket | None:
        """The socket while it is open, for waiting on it."""
        return self._socket

    def connect(self, host: str, port: int, *, wait: bool = True, seconds: float = CONNECT_WAIT) -> Peer:
        """Connect to a listening server.

        With `wait` (the default) it returns when the system has completed the connection, which needs no tick: the
        listen queue does that. Without, the connection may complete later, while the peer is stepped. Of a name that
        has several addresses, each is tried in turn. Raises `Mismatch` when the connection is refused or does not
        complete in so many `seconds`, `AdapterBroken` for a host without an address, and `NoPortsLeft` where the system
        has no port to connect from.
        """
        self._transcript.add(self.name, "connect", f"connect to port {port}")
        self._act("connect" if wait else "connect-later", port)
        self._port = port
        why = ""
        for family, address in addresses_of(host, port):
            why = self._try(family, address, seconds if wait else 0.0)
            if not why:
                break
        if why:
            self._refused(why)
        return self

    def adopt(self, connection: _Socket) -> Peer:
        """Be the server's end of a connection that was accepted."""
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection
        return self

    # Why there is no connection to this address; empty when there is one, or when it is under way and not waited for.
    def _try(self, family: int, address: Any, seconds: float) -> str:
        if self._socket is not None:
            self._socket.close()
        # First, as a thread that reads must leave the socket alone until then.
        self._connecting = True
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        shorten_segments(self._socket)
        try:
            self._socket.connect(address)
        except (BlockingIOError, InterruptedError):
            pass
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL and family == socket.AF_INET and self._port:
                # It is the near end that has no address: nobody has asked the server yet.
                told = f"the system has no port left to connect from ({error.strerror}); see to its range of them"
                raise NoPortsLeft(f"{told}, or give -n 1") from error
            return error.strerror or str(error)
        if not seconds:
            return ""
        if not wait_connected(self._socket, seconds):
            return f"no connection within {seconds:g} seconds"
        return self._finish_connecting()

    def _act(self, action: str, port: int = 0) -> None:
        self._recording.add(Acted(self._transcript.tick, self.name, action, port))

    def _refused(self, why: str) -> NoReturn:
        self._recording.add(Ended(self._transcript.tick, self.name, f"refused: {why}"))
        self._drop("reset")
        raise Mismatch(f"connecting to port {self._port}", "a connection", why)

    # Why an attempt that has come to its end failed; empty when it succeeded.
    def _finish_connecting(self) -> str:
        if self._socket is None:
            return ""
        error = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self._connecting = False
        return os.strerror(error) if error else ""

    def _still_connecting(self) -> bool:
        if not self._connecting or self._socket is None:
            return False
        if not wait_connected(self._socket, 0):
            return True
        why = self._finish_connecting()
        if why:
            self._refused(why)
        return False

    def send(self, data: bytes | bytearray, *, told: bool = True) -> None:
        """Queue bytes and send what the system takes at once; the rest goes with the next steps.

        Arguments: `told`, whether the transcript has a line of it, which is for who sends many to give once.
        """
        if told:
            self._transcript.add(self.name, "send", spell_bytes(data))
        kept = bytes(data)
        self._recording.sent(self._transcript.tick, self.name, kept)
        if kept:
            self._outgoing.append(memoryview(kept))
        self.step()

    def send_urgent(self, byte: int) -> None:
        """Send one byte as urgent data (out of band), behind everything queued: what a terminal does on Ctrl-C.

        Raises `Mismatch` where the system does not take it: the connection is gone, or the other end reads nothing.
        """
        self._transcript.add(self.name, "send", f"urgent byte {byte:#04x}")
        self._act("urgent", byte)
        self.step()
        try:
            if self._socket is not None and not self._outgoing:
                self._socket.send(bytes([byte]), socket.MSG_OOB)
                return
        except OSError as error:
            raise Mismatch("sending an urgent byte", "a connection that takes it", str(error.strerror)) from error
        raise Mismatch(
            "sending an urgent byte", "a connection that takes it", f"{self.unsent} bytes that wait before it"
        )

    def half_close(self) -> None:
        """Shut down writing once everything queued is sent; reading goes on."""
        self._transcript.add(self.name, "close", "half-close (shut down writing)")
        self._act("half-close")
        self._half_close_due = True
        self.step()

    def send_last(self, data: bytes) -> None:
        """Send bytes and shut down writing, as `send` and `half_close` do, with no moment between the two.

        Both leave together where the system can (elsewhere one at once behind the other): a server that reads the last
        byte finds the end behind it, and whether it has answered before it looks is not a matter of chance.
        """
        self._transcript.add(self.name, "send", spell_bytes(data))
        self._recording.sent(self._transcript.tick, self.name, data)
        self._outgoing.append(memoryview(data))
        self.half_close()

    def close(self) -> None:
        """Close in the orderly way (the server sees end of file)."""
        self._transcript.add(self.name, "close", "close")
        self._act("close")
        self._drop(None)

    def reset(self) -> None:
        """Close abortively: the server's side gets a reset."""
        self._transcript.add(self.name, "close", "reset")
        self._act("reset")
        self._reset()

    def _reset(self) -> None:
        if self._socket is not None:
            reset_on_close(self._socket)
        self._drop(None)

    def dispose(self) -> None:
        """End the connection without a word in the transcript; by a reset, which leaves nothing behind."""
        self._reset()

    def _drop(self, how: str | None) -> None:
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None
        self._outgoing.clear()
        self.closed = self.closed or how

    def pause_reading(self) -> None:
        """Stop reading, so that the server's bytes pile up in the system's buffers.

        The buffer on this side is kept small from then on: left alone, some systems let it grow to many mebibytes, and
        whether anything piles up on the server's side would be theirs to say.
        """
        self._act("pause-reading")
        self.reading = False
        self._limit_buffer(_STALLED_BUFFER)

    def resume_reading(self) -> None:
        """Read again."""
        self._act("resume-reading")
        self.reading = True
        self._limit_buffer(_RECEIVE_SIZE)

    def _limit_buffer(self, size: int) -> None:
        if self._socket is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)

    def step(self) -> int:
        """Send and receive what the system takes and has, without waiting; returns the bytes moved."""
        if self._socket is None or self._still_connecting():
            return 0
        if self.closed:
            return self._push() if self.answers_behind_end and self.closed == "end of file" else 0
        moved = self._push() if self._outgoing or self._half_close_due else 0
        with self._lock:
            if self.reading and not self._connecting:
                self._pull()
            moved += len(self.received) - self._counted
            self._counted = len(self.received)
        return moved

    def _push(self) -> int:
        moved = 0
        while self._outgoing and self._socket is not None:
            # The last bytes go with the end behind them.
            last = self._half_close_due and len(self._outgoing) == 1
            try:
                count = self._socket.send(self._outgoing[0], _MORE if last else 0)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                # The server's side is gone; what it still sent is read first, the reset shows there.
                self.undelivered = self.unsent
                self._outgoing.clear()
                break
            moved += count
            if count == len(self._outgoing[0]):
                del self._outgoing[0]
            else:
                self._outgoing[0] = self._outgoing[0][count:]
        if self._half_close_due and not self._outgoing and self._socket is not None:
            self._half_close_due = False
            try:
                self._socket.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        return moved

    def pull(self) -> None:
        """Receive what the system has. The one part of a peer that a second thread may do, beside everything else."""
        with self._lock:
            if not self._connecting:
                self._pull()

    def _pull(self) -> None:
        while self._socket is not None and self.closed is None:
            try:
                chunk = self._socket.recv(_RECEIVE_SIZE)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                self._end("reset")
                break
            if not chunk:
                self._end("end of file")
                break
            self.received += chunk
            self._recording.add(Received(self._transcript.tick, self.name, len(chunk), len(self.received)))
            self._transcript.add(self.name, "receive", spell_bytes(chunk))
            if len(chunk) < _RECEIVE_SIZE:
                break

    def _end(self, how: str) -> None:
        self.closed = how
        self._transcript.add(self.name, "close", f"sees {how}")
        self._recording.add(Ended(self._transcript.tick, self.name, how))
