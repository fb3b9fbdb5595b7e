"""Faults of section close: the client ends its connection."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
from typing import ClassVar

from dasnet_conformance.proof.faults.both_halves import KnowsOfErrors
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle
from dasnet_conformance.proof.faults.tools import LOST


@fault("close.server-sees-end", "client-destroy.ends-connection", may_kill=("client-close-function.ends",))
class CloseForgetsTheSocket(ClientHandle):
    """close lets go of the socket and does not close it: the server waits for ever."""

    def close(self) -> None:
        LOST.append(self.client)
        self.client = None


@fault("close.calls-nothing-back", may_kill=("client-close-function.ends", "together.client-closes"))
class CloseTellsDisconnect(ClientHandle):
    """close is told as a departure."""

    def close(self) -> None:
        there = self.client is not None
        super().close()
        if there:
            self.tell_disconnect()


@fault("close.calls-nothing-back")
class CloseDeliversWhatWaits(ClientHandle):
    """close delivers what has come before it ends the connection."""

    def close(self) -> None:
        if not self.ticking:
            self.tick()
        super().close()


@fault("close.twice", may_kill=("client-close-function.ends",))
class SecondCloseRaises(ClientHandle):
    """close without a connection is an error, if there was one before."""

    was = False

    def close(self) -> None:
        if self.client is None and self.was:
            raise ConnectionError("closed already")
        self.was = self.was or self.client is not None
        super().close()


@fault("close.before-connect")
class CloseBeforeConnectRaises(ClientHandle):
    """close before any connect is an error."""

    used = False

    def tell_connect(self) -> None:
        self.used = True
        super().tell_connect()

    def close(self) -> None:
        if not self.used:
            raise ConnectionError("never connected")
        super().close()


@fault("close.accepted-arrives", may_kill=("close.unread-cuts-nothing",))
class CloseDropsItsQueue(ClientHandle):
    """What the system has not taken when close is called is thrown away."""

    def leave_behind(self, connection: socket.socket, rest: bytearray) -> None:
        rest.clear()
        super().leave_behind(connection, rest)


@fault("close.inside-connect")
class CloseInsideConnectIsUndone(ClientHandle):
    """connect enters the connection once more behind its callback, though that has closed it."""

    def tell_connect(self) -> None:
        connection = self.client
        super().tell_connect()
        if connection is not None and self.client is None:
            self.client = socket.socket(connection.family, connection.type)


@fault("close.inside-data")
class CloseInsideDataDeliversOn(ClientHandle):
    """A tick delivers all the pieces that it has read, though the first of them closed the connection."""

    CHUNK = 1 << 12

    def receive(self) -> None:
        pieces: list[bytes] = []
        while (data := self.read()) and len(pieces) < 256:
            pieces.append(data)
        for piece in pieces:
            self.tell_data(piece)
        if data == b"" and self.client is not None:
            self.end_of_input()


@fault("close.inside-disconnect")
class CloseInsideDisconnectTellsAgain(ClientHandle):
    """close inside the disconnect callback finds the departure under way, and tells it as its own."""

    departing = False

    def depart(self) -> None:
        self.departing = True
        super().depart()
        self.departing = False

    def close(self) -> None:
        super().close()
        if self.departing:
            self.departing = False
            self.tell_disconnect()


@fault("close.of-one-alone")
class CloseEndsEveryClient(ClientHandle):
    """close shuts the network down for the module as a whole."""

    every: ClassVar[list[ClientHandle]] = []

    def __init__(self) -> None:
        super().__init__()
        self.every.append(self)

    def close(self) -> None:
        for handle in self.every:
            if handle.client is not None and handle is not self:
                handle.client.shutdown(socket.SHUT_RDWR)
        super().close()


@fault("close.accepted-arrives", may_kill=("close.unread-cuts-nothing",))
class CloseResets(ClientHandle):
    """close ends the connection by a reset, and what the system has not sent yet is lost, with no word to anybody."""

    def close(self) -> None:
        if self.client is not None:
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        super().close()


@fault("close.accepted-arrives-at-each")
class OneIsLeftBehindAtMost(ClientHandle):
    """There is one place for a connection that still owes bytes, and the next one that is closed takes it."""

    def leave_behind(self, connection: socket.socket, rest: bytearray) -> None:
        while self.leaving:
            self.leaving.pop()[0].close()
        super().leave_behind(connection, rest)


@fault("close.accepted-arrives-at-each", may_kill=("close.accepted-arrives",))
class ConnectForgetsWhoIsLeftBehind(ClientHandle):
    """A connect begins anew: what an earlier connection was still owed is forgotten."""

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        while self.leaving:
            self.leaving.pop()[0].close()
        return super().connect(host, port, timeout_ms)


@fault("close.unread-cuts-nothing")
class CloseLeavesTheRestUnread(ClientHandle):
    """close leaves unread what has come, for which a system resets the connection, and what it has not sent is lost."""

    def discard_input(self, connection: socket.socket) -> None:
        pass


@fault("close.twice", "client-destroy.twice")
class ClosesTheNumberAgain(ClientHandle):
    """The number of a connection's descriptor outlives it: after a departure close gives it back a second time."""

    descriptor = -1

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.descriptor = client.fileno()

    def close(self) -> None:
        if self.client is None and self.descriptor >= 0:
            _close_number(self.descriptor)
        self.descriptor = -1
        super().close()


@fault("close.twice")
class ClosesTheAttemptAgain(ClientHandle):
    """The number of an attempt's descriptor outlives it: after a failure close gives it back a second time."""

    descriptor = -1

    def discard(self, connection: socket.socket) -> None:
        self.descriptor = connection.fileno()
        super().discard(connection)

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.descriptor = -1

    def close(self) -> None:
        if self.client is None and self.descriptor >= 0:
            _close_number(self.descriptor)
        self.descriptor = -1
        super().close()


@fault("close.inside-disconnect")
class CloseInAnErrorRaises(KnowsOfErrors, ClientHandle):
    """A client that tells of an error is busy, and turns down what it is asked meanwhile."""

    def close(self) -> None:
        if self.telling:
            raise RuntimeError("an error is being told")
        super().close()


def _close_number(descriptor: int) -> None:
    with contextlib.suppress(OSError):
        os.close(descriptor)


@fault("close.twice")
class NothingToCloseIsAnError(ClientHandle):
    """close where there is no connection tells an error."""

    def close(self) -> None:
        if self.client is None:
            self.tell_error("there is no connection", errno.ENOTCONN)
        super().close()
