"""Faults of section robustness: clients at their worst."""

from __future__ import annotations

import socket

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import die


@fault("robustness.connection-storm", may_kill=("robustness.reset-storm",))
class CountsClientsInAByte(Handle):
    """Clients are numbered by a byte, and after 255 of them none is taken."""

    clients = 0

    def accept(self) -> None:
        if self.clients < 255:
            super().accept()

    def tell_connect(self) -> None:
        self.clients += 1
        super().tell_connect()


@fault("robustness.reset-storm", may_kill=("lifetime.clients-leak-nothing",))
class HundredResetsAreAnAttack(Handle):
    """After a hundred resets the server takes itself to be under attack and closes its port."""

    resets = 0

    def read_broken(self) -> bytes | None:
        self.resets += 1
        if self.resets == 100:
            self.close_listener()
        return super().read_broken()


@fault("robustness.connection-storm", "robustness.reset-storm")
class StormKillsHost(Handle):
    """A table of clients grows with every connection and is never cleared; at the five hundredth the host dies."""

    clients = 0

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.clients += 1
        if self.clients > 500:
            die()


@fault("robustness.reset-storm")
class ResetsUseUpSessions(Handle):
    """Each reset leaves an entry in a table of sessions; the client after the three hundredth has none."""

    resets = 0

    def read_broken(self) -> bytes | None:
        self.resets += 1
        return super().read_broken()

    def has_session(self) -> bool:
        return super().has_session() and self.resets < 300


class NotesWhoSpeaks(Handle):
    """Knows whether the client has sent anything."""

    said = False

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.said = False

    def tell_data(self, data: bytes) -> None:
        self.said = True
        super().tell_data(data)


@fault("robustness.silent-clients")
class SilenceIsDeliveredAtTheEnd(NotesWhoSpeaks):
    """When a client leaves that said nothing, its empty buffer is delivered."""

    def depart(self) -> None:
        if not self.said:
            super().tell_data(b"")
        super().depart()


@fault("robustness.silent-clients")
class TwentySilentClientsStopIt(NotesWhoSpeaks):
    """A client that left without a word still counts as one to wait for; after twenty of them no other is taken."""

    silent = 0

    def depart(self) -> None:
        self.silent += not self.said
        super().depart()

    def accept(self) -> None:
        if self.silent < 20:
            super().accept()


@fault("robustness.noise", may_kill=("data.large",))
class NoiseIsACommand(Handle):
    """Two bytes of the telnet protocol that occur in any large noise end the connection."""

    def tell_data(self, data: bytes) -> None:
        super().tell_data(data)
        if b"\xff\xf4" in data:
            self.depart()


@fault("robustness.small-packets", may_kill=("data.byte-per-packet",))
class HundredPacketsPerClient(Handle):
    """A slot is used up with every packet; there are eighty of them, and then the client is not read any more."""

    packets = 0

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.packets = 0

    def read(self) -> bytes | None:
        if self.packets >= 80:
            return None
        data = super().read()
        self.packets += bool(data)
        return data


@fault("robustness.leaves-while-waiting", may_kill=("init.already-open",))
class AsksAGoneClientForItsAddress(Handle):
    """A new client is asked for its address, and the error of one that has broken off by then comes out of the tick."""

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        client.getpeername()
