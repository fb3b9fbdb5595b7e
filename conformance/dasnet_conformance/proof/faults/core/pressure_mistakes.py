"""Faults of section pressure: a call that is turned down costs bytes that wait, in one direction or the other."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import Server, SharedOrphan
from dasnet_conformance.proof.faults.sound_handle import Handle


@fault("pressure.mistakes-cost-nothing")
class RefusedInitStopsSending(Handle):
    """An init that is turned down leaves the poller without its interest in sending, until the next send renews it."""

    wants = True

    def init_again(self, port: int) -> bool:
        self.wants = False
        return super().init_again(port)

    def send(self, data: bytes, size: int) -> bool:
        self.wants = True
        return super().send(data, size)

    def turn(self) -> None:
        owner = self.owner
        if self.client is None:
            self.accept()
        if self.client is not None and self.owner is owner:
            if self.wants:
                self.flush()
            self.receive()


@fault("pressure.mistakes-cost-nothing")
class EmptyOrphanEmptiesTheQueue(Server):
    """A restore makes room for what is to come before it finds the orphan empty: what waited is gone."""

    def restore(self, shared_orphan: SharedOrphan) -> None:
        if shared_orphan.server is None and self._server is not None:
            self._server.outgoing.clear()
        super().restore(shared_orphan)


@fault("pressure.mistakes-cost-nothing")
class FullOrphanEmptiesTheQueue(Server):
    """A save hands its queue over before it finds the orphan full: what waited is gone."""

    def save(self, shared_orphan: SharedOrphan) -> None:
        if shared_orphan.server is not None and self._server is not None:
            self._server.outgoing.clear()
        super().save(shared_orphan)


class ReadsAhead(Handle):
    """Reads all there is, and delivers 64 KiB of it in a tick."""

    def __init__(self) -> None:
        super().__init__()
        self.inbox = bytearray()
        self.over = False

    def receive(self) -> None:
        while len(self.inbox) < self.BUDGET and not self.over:
            data = self.read()
            if data is None:
                break
            self.over = not data
            self.inbox += data
        if self.inbox:
            part = bytes(self.inbox[: self.CHUNK])
            del self.inbox[: self.CHUNK]
            self.tell_data(part)
        elif self.over:
            self.over = False
            self.end_of_input()

    def drop_client(self) -> None:
        self.inbox.clear()
        self.over = False
        super().drop_client()


@fault("pressure.mistakes-cost-nothing")
class RefusedInitEmptiesTheInbox(ReadsAhead):
    """An init that is turned down begins with an empty inbox: what was read and not delivered yet is gone."""

    def init_again(self, port: int) -> bool:
        self.inbox.clear()
        return super().init_again(port)


@fault("pressure.refused-whole")
class RefusedSendEmptiesTheInbox(ReadsAhead):
    """A message that does not fit clears both directions: what was read and not delivered yet is gone."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        self.inbox.clear()
        return super().fail_send(data, size, message, code)
