"""Faults of section exceptions: what becomes of a client when the log callback fails that tells of it."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import LOST


@fault("exceptions.every-client-told-once")
class LogsBeforeItTellsConnect(Handle):
    """A client is entered, logged and then told of: where the log callback fails, its connect is never told."""

    def tell_connect(self) -> None:
        if self.owner is not None:
            self.owner.on_log("a client was taken")
        super().tell_connect()


@fault("exceptions.every-client-told-once")
class LogsBeforeItEntersTheClient(Handle):
    """A client is accepted, logged and then entered: where the log callback fails, nobody knows of it, and it waits."""

    def accept(self) -> None:
        client = self.take_waiting()
        if client is None:
            return
        LOST.append(client)
        if self.owner is not None:
            self.owner.on_log("a client was accepted")
        LOST.remove(client)
        self.adopt(client)
        self.tell_connect()


@fault("exceptions.every-client-told-once")
class LogsBeforeItTellsDisconnect(Handle):
    """A client is let go, logged and then told to have left: where the log callback fails, its disconnect is lost."""

    def tell_disconnect(self) -> None:
        if self.owner is not None:
            self.owner.on_log("the client has left")
        super().tell_disconnect()
