"""Faults of section http-reload: what the new object does not know, and what comes while no object has the handle."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http import HttpServer
from dasnet_conformance.proof.faults.sound_http_connection import HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle


@fault("http-reload.answered")
class ReadsOnBehindAReload(HttpHandle):
    """That nothing is read any more behind an error is not saved, and behind a reload what follows is a request."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        for connection in self.connections:
            if connection.lingering:
                connection.lingering = connection.ending = False
                connection.parser.buffer.clear()
                connection.parser.begin()


@fault("http-reload.unanswered")
class VersionsAreNotSaved(HttpHandle):
    """Which version a request was of is not saved, and behind a reload a client of HTTP/1.0 waits for the end."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        for connection in self.connections:
            for exchange in connection.exchanges:
                if exchange.request.minor < 1:
                    exchange.request.minor, exchange.request.persistent = 1, True
                    connection.ending = False


@fault("http-reload.limits")
class CountsPlacesAnew(HttpHandle):
    """Places are counted by the object, and behind a reload there are as many again."""

    there = 0

    def bind(self, owner: Any) -> None:
        self.there = len(self.connections)
        super().bind(owner)

    def has_room(self) -> bool:
        return len(self.connections) - self.there < self.limits.connections


class _Marked(HttpConnection):
    # In which tick something moved last.
    mark = 0

    def count_tick(self, stall: int | None) -> None:  # noqa: ARG002
        super().count_tick(None)


@fault("http-reload.limits", also=(_Marked,))
class CountsTicksAnew(HttpHandle):
    """Ticks are counted by the object, and what moved in its tick 200 is silent for 200 more behind a reload."""

    now = 0

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.now = 0

    def turn(self, owner: Any) -> None:
        self.now += 1
        super().turn(owner)
        for connection in self.connections:
            if isinstance(connection, _Marked):
                if connection.quiet == 0:
                    connection.mark = self.now
                elif self.limits.stall is not None and self.now - connection.mark >= self.limits.stall:
                    connection.drop()


# Behind a reload some of the limits are those of a server that was given none.
class _ForgetsLimits(HttpHandle):
    forgotten: ClassVar[dict[str, int]]
    saved = False

    def disown(self) -> None:
        super().disown()
        self.saved = True

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        if self.saved:
            self.limits = replace(self.limits, **self.forgotten)
            for connection in self.connections:
                connection.parser.limits = self.limits


@fault("http-reload.limits")
class LimitsOfHeadsAreNotSaved(_ForgetsLimits):
    """Of the limits that of a body is saved, and heads have those of a server that was given none."""

    forgotten: ClassVar = {"line": 16_384, "head": 65_536}


@fault("http-reload.limits")
class LimitsOfFieldsAreNotSaved(_ForgetsLimits):
    """How many fields a request may have is not saved, and behind a reload it is as many as there are by default."""

    forgotten: ClassVar = {"fields": 256}


@fault("http-reload.meanwhile")
class EmptiesConnectionsFirst(HttpHandle):
    """A restored handle begins with what comes from then on: what came before is read and let go of."""

    def bind(self, owner: Any) -> None:
        for connection in self.connections:
            try:
                while connection.sock.recv(1 << 16):
                    pass
            except OSError:
                continue
        super().bind(owner)


@fault("http-reload.meanwhile")
class TurnsAwayWhoCameMeanwhile(HttpHandle):
    """Who has connected while no object had the handle is turned away when another takes it."""

    def bind(self, owner: Any) -> None:
        while (client := self.take_waiting()) is not None:
            client.close()
        super().bind(owner)


class _Deaf(HttpConnection):
    # What has come to a client, or its end, is never asked for again.
    deaf = False

    def read(self) -> bytes | None:
        return None if self.deaf else super().read()


@fault("http-reload.meanwhile", also=(_Deaf,))
class MissesWhoLeftMeanwhile(HttpHandle):
    """Who has reset a connection while no object had the handle is told by an event, which is over by then."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        for connection in self.connections:
            if isinstance(connection, _Deaf) and connection.exchanges:
                connection.deaf = True

    def ready(self) -> list[HttpConnection]:
        all_of_them = self.connections
        self.connections = [each for each in all_of_them if not (isinstance(each, _Deaf) and each.deaf)]
        try:
            return super().ready()
        finally:
            self.connections = [each for each in all_of_them if not each.gone]


@fault("http-reload.open")
class TheOldObjectEndsAll(HttpServer):
    """An object keeps the handle that it has made, and closes it when it is destroyed, wherever that is by then."""

    made: Any = None

    def make_http_server_adapter(self) -> None:
        super().make_http_server_adapter()
        self.made = self._server

    def close(self) -> None:
        super().close()
        if self.made is not None:
            self.made.close()


@fault("http-reload.open")
class OrphansKeepTheirHandle(HttpServer):
    """A restore leaves the handle in the orphan, and a second object gets it as well."""

    def restore(self, shared_orphan: Any) -> None:
        handle = shared_orphan.server
        super().restore(shared_orphan)
        shared_orphan.server = handle


@fault("http-reload.pipelined")
class AnswersAheadAreNotSaved(HttpHandle):
    """An answer that waits for the one before it belongs to the object, and is empty behind a reload."""

    def disown(self) -> None:
        super().disown()
        for connection in self.connections:
            for exchange in list(connection.exchanges)[1:]:
                if exchange.answer is not None and exchange.number:
                    exchange.answer = b""


@fault("http-reload.pipelined")
class InvitationsAreNotSaved(HttpHandle):
    """That a client waits for a word when its turn comes is not saved, and it waits for ever."""

    def disown(self) -> None:
        super().disown()
        for connection in self.connections:
            connection.continued = True


@fault("http-reload.answered", also=(_Deaf,))
class EndsOfHalvesAreNotSaved(HttpHandle):
    """That a client will say nothing more is not saved, and behind a reload its connection stays."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        for connection in self.connections:
            if isinstance(connection, _Deaf) and connection.ended:
                connection.ended = connection.ending = False
                connection.deaf = True
