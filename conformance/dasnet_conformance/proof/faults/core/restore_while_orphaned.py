"""Faults of section restore: what happened on the network before the save or in between."""

from __future__ import annotations

import socket
from typing import ClassVar

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import drain, peek, ready

from .restore import Reloaded


class ReadsAtRestore(Reloaded):
    """Delivers at its next turn what a restore has read and kept."""

    kept = b""

    def receive(self) -> None:
        kept, self.kept = self.kept, b""
        if kept:
            self.tell_data(kept)
        super().receive()


@fault("restore.bytes-while-orphaned", "restore.unread-before-save")
class RestoreDiscardsUnread(Reloaded):
    """restore empties the client's buffer, so that what came in during the reload is lost."""

    def reloaded(self) -> None:
        if peek(self.client):
            drain(self.client)


@fault("restore.unread-before-save")
class SaveDiscardsUnread(Handle):
    """save empties the client's buffer: bytes that had arrived and were not delivered yet are lost."""

    def disown(self) -> None:
        super().disown()
        if peek(self.client):
            drain(self.client)


@fault("restore.unread-before-save")
class ForgetsItsInbox(Handle):
    """A tick reads all there is and hands out 8 KiB; what is left of it is forgotten when the object is saved."""

    CHUNK = 1 << 20
    inbox = b""

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.inbox = b""

    def disown(self) -> None:
        super().disown()
        self.inbox = b""

    def receive(self) -> None:
        if not self.inbox:
            data = self.read()
            if data == b"":
                self.end_of_input()
            self.inbox = data or b""
        if self.inbox:
            piece, self.inbox = self.inbox[:8192], self.inbox[8192:]
            self.tell_data(piece)


@fault("restore.bytes-while-orphaned")
class KeepsOnePacketWhileOrphaned(ReadsAtRestore):
    """Of what arrives during a reload only the first 1,024 bytes are kept."""

    def reloaded(self) -> None:
        self.kept = (drain(self.client)[0] if peek(self.client) else b"")[:1024]


@fault("restore.departure-while-orphaned", may_kill=("restore.exchange-while-orphaned",))
class MissesDepartureInReload(Reloaded):
    """A client that left during the reload is cleared away by the restore, and nobody is told."""

    def reloaded(self) -> None:
        if peek(self.client) == b"":
            self.drop_client()


@fault("restore.departed-with-data")
class DepartedInReloadSaidNothing(ReadsAtRestore):
    """Of a client that left during the reload the departure is told, but not what it sent before."""

    gone = False

    def reloaded(self) -> None:
        data = peek(self.client)
        if data:
            rest, self.gone = drain(self.client)
            self.kept = b"" if self.gone else rest


@fault("restore.arrival-while-orphaned", may_kill=("restore.waiting-client-kept",))
class RestoreEmptiesListenQueue(Reloaded):
    """restore clears the listen queue: a client that came during the reload is closed."""

    def reloaded(self) -> None:
        while ready(self.listener) and (other := self.take_waiting()) is not None:
            other.close()


@fault("restore.exchange-while-orphaned")
class TakesNewClientForTheOld(Reloaded):
    """When one client leaves and another comes during a reload, the new one goes on as if it were the old."""

    def reloaded(self) -> None:
        if peek(self.client) == b"" and ready(self.listener):
            self.drop_client()
            client = self.take_waiting()
            if client is not None:
                self.adopt(client)


@fault("restore.waiting-client-kept", may_kill=("restore.arrival-while-orphaned",))
class RestoreOpensPortAnew(Reloaded):
    """restore closes the port and opens it again, and those who waited there are turned away."""

    def reloaded(self) -> None:
        if self.listener is not None:
            port = self.listener.getsockname()[1]
            self.close_listener()
            self.listener = self.open_listener(port)


@fault("restore.other-server-meanwhile")
class OneInboxForAllServers(Handle):
    """What a tick reads and does not hand out, since its callback saved, is in a buffer of the module, and the next
    tick hands it out: that of another server."""

    inbox: ClassVar[list[bytes]] = []
    PIECE = 1 << 10

    def read(self) -> bytes | None:
        if not self.inbox:
            data = super().read()
            if not data:
                return data
            self.inbox.extend(data[at : at + self.PIECE] for at in range(0, len(data), self.PIECE))
        return self.inbox.pop(0)

    def drop_client(self) -> None:
        self.inbox.clear()
        super().drop_client()
