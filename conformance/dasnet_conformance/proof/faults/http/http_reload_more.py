"""Faults of section http-reload, continued: what is counted, and what stands at the end of a buffer."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_connection import HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_request import Request


@fault("http-reload.in-head", may_kill=("http-reload.in-body", "http-reload.in-chunk"))
class TrimsWhatIsSaved(HttpHandle):
    """What has come of a line is trimmed when it is saved, and its CR is missing when the LF comes."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        for connection in self.connections:
            if connection.parser.buffer.endswith(b"\r"):
                del connection.parser.buffer[-1:]


@fault("http-reload.idle-connection")
class EightConnectionsAreSaved(HttpHandle):
    """An orphan has places for eight connections, and those beyond are closed."""

    def disown(self) -> None:
        super().disown()
        for connection in self.connections[8:]:
            connection.drop()


@fault("http-reload.exchanges-go-on")
class CountsOnFromThoseThatWait(HttpHandle):
    """The count of exchanges is not saved, but made anew from those that wait for their answers."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.count = max(self.pending, default=0)


@fault("http-reload.inside-callback")
class TellsTheOldObjectWhatIsBehind(HttpHandle):
    """When the object is saved in a callback, what the same client has asked behind that request is told to it too."""

    former: Any = None

    def deliver(self, connection: HttpConnection, request: Request) -> bool:
        lent = self.owner is None
        if lent:
            self.owner = self.former
        self.former = self.owner
        super().deliver(connection, request)
        if lent:
            self.owner = None
        return True


@fault("http-reload.inside-callback")
class LosesWhatIsBehindASave(HttpHandle):
    """When the object is saved in a callback, what has been read behind that request is in a local buffer, and lost."""

    def deliver(self, connection: HttpConnection, request: Request) -> bool:
        going = super().deliver(connection, request)
        if self.owner is None:
            connection.parser.buffer.clear()
        return going
