"""Faults of section process: too many descriptors, too few, bytes out of band, and sockets that children inherit."""

from __future__ import annotations

import errno
import os
import select
import socket
from typing import Final

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import die, ready

#: Where a set of descriptors of fixed size ends.
_SET_SIZE: Final = 1_024
_LACKING: Final = (errno.EMFILE, errno.ENFILE)


def _is_urgent(client: socket.socket | None) -> bool:
    """Whether an urgent byte of this client waits."""
    if client is None or client.fileno() >= _SET_SIZE:
        return False
    return bool(select.select([], [], [client], 0)[2])


@fault("process.high-descriptors")
class WaitsWithSelect(Handle):
    """Readiness is asked for with select, which takes no descriptor from 1,024 on, and the tick raises."""

    def turn(self) -> None:
        watched = [each for each in (self.listener, self.client) if each is not None]
        if select.select(watched, [], [], 0)[0] or self.outgoing:
            super().turn()


@fault("process.high-descriptors")
class SetOfFixedSize(Handle):
    """Descriptors from 1,024 on do not fit into the set, and such a client is never seen to be ready."""

    def read(self) -> bytes | None:
        if self.client is not None and self.client.fileno() >= _SET_SIZE:
            return None
        return super().read()


@fault("process.high-descriptors")
class ClientsInATable(Handle):
    """Clients stand in a table by their descriptors, and one beyond its end is turned away."""

    def take_waiting(self) -> socket.socket | None:
        client = super().take_waiting()
        if client is not None and client.fileno() >= _SET_SIZE:
            client.close()
            return None
        return client


@fault("process.high-descriptors")
class WritesBeyondTheTable(Handle):
    """A descriptor beyond the end of the table is entered all the same, and the host dies of it."""

    def adopt(self, client: socket.socket) -> None:
        if client.fileno() >= _SET_SIZE:
            die()
        super().adopt(client)


class _SeesLack(Handle):
    """Knows why it cannot take a client."""

    def take_waiting(self) -> socket.socket | None:
        if self.listener is None:
            return None
        try:
            client, _ = self.listener.accept()
        except OSError as error:
            if error.errno in _LACKING:
                self.lack()
            return None
        client.setblocking(False)
        return client

    def lack(self) -> None:
        """There is no descriptor for the client."""


@fault("process.no-descriptor-for-client")
class ClosesForLackOfDescriptors(_SeesLack):
    """An accept that fails for want of a descriptor is taken for the end of the listener, which is closed."""

    def lack(self) -> None:
        self.close_listener()


@fault("process.no-descriptor-for-client")
class GivesUpAccepting(_SeesLack):
    """After an accept that failed for want of a descriptor nobody is taken any more, though the port stays open."""

    gave_up = False

    def lack(self) -> None:
        self.gave_up = True

    def take_waiting(self) -> socket.socket | None:
        return None if self.gave_up else super().take_waiting()


@fault("process.no-descriptor-for-client")
class DiesForLackOfDescriptors(_SeesLack):
    """An accept that fails for want of a descriptor ends the host."""

    def lack(self) -> None:
        die()


@fault("process.no-descriptor-for-listener")
class LackOfDescriptorsIsForGood(Handle):
    """An init that failed for want of a descriptor leaves the object broken, and every later one fails."""

    broken = False

    def init(self, port: int) -> bool:
        return self.fail_init("the server is broken", errno.EMFILE) if self.broken else super().init(port)

    def fail_init(self, message: str, code: int) -> bool:
        self.broken = self.broken or code in _LACKING
        return super().fail_init(message, code)


@fault("process.no-descriptor-for-listener")
class SucceedsWithoutListener(Handle):
    """An init that gets no socket says true all the same, as only the errors of bind are looked at."""

    def fail_init(self, message: str, code: int) -> bool:
        return super().fail_init(message, code) or code in _LACKING


@fault("process.urgent-ends-nothing")
class UrgentIsADeparture(Handle):
    """An exceptional condition on the client's socket is taken for its end, and the client is let go."""

    def receive(self) -> None:
        if _is_urgent(self.client):
            self.depart()
        else:
            super().receive()


@fault("process.urgent-ends-nothing")
class UrgentDropsTheRest(Handle):
    """An urgent byte is taken as a command to throw away what came before it, as telnet has it."""

    def receive(self) -> None:
        if _is_urgent(self.client) and ready(self.client):
            self.read()
        super().receive()


@fault("process.urgent-ends-nothing")
class UrgentStopsReading(Handle):
    """Where an urgent byte came, nothing is read until somebody fetches it, which nobody does."""

    def read(self) -> bytes | None:
        return None if _is_urgent(self.client) else super().read()


@fault("process.urgent-ends-nothing")
class UrgentIsAskedForTwice(Handle):
    """The urgent byte is fetched again and again, and the error of the second time is taken for a broken connection."""

    def receive(self) -> None:
        try:
            if self.client is not None and _is_urgent(self.client):
                self.client.recv(1, socket.MSG_OOB)
                self.client.recv(1, socket.MSG_OOB)
        except OSError:
            self.depart()
            return
        super().receive()


@fault("process.child-leaves-port")
class ListenerIsInherited(Handle):
    """The listener is passed on to every program that the host starts, and holds the port as long as one lives."""

    def open_listener(self, port: int) -> socket.socket:
        listener = super().open_listener(port)
        listener.set_inheritable(True)
        return listener


@fault("process.child-leaves-port")
class ReloadPassesListenerOn(Handle):
    """The listener is made inheritable when it is saved, for a new process to take over, and stays so."""

    def disown(self) -> None:
        super().disown()
        if self.listener is not None:
            self.listener.set_inheritable(True)


@fault("process.child-leaves-client")
class ClientIsInherited(Handle):
    """The connection of a client is passed on to every program that the host starts, and ends only with the last."""

    def adopt(self, client: socket.socket) -> None:
        client.set_inheritable(True)
        super().adopt(client)


@fault("process.child-leaves-client")
class WritesThroughACopy(Handle):
    """Sends go through a copy of the client's descriptor, and copies made in that way are inherited."""

    copy = -1

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.copy = os.dup(client.fileno())
        os.set_inheritable(self.copy, True)

    def drop_client(self) -> None:
        super().drop_client()
        if self.copy >= 0:
            os.close(self.copy)
            self.copy = -1
