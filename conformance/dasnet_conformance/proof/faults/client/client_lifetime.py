"""Faults of section client-lifetime: destroying a client, and what many lives use up."""

from __future__ import annotations

import os
import socket

from dasnet_conformance.proof.faults.both_halves import KeepsAllThatItSends, KnowsOfErrors, ReadsOnAThread
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle
from dasnet_conformance.proof.faults.tools import LOST, die, shut_quietly


@fault("client-destroy.twice", may_kill=("close.of-one-alone", "close.twice"))
class ClientIsClosedByNumberTwice(ClientHandle):
    """The number of the socket is kept, and closing a second time ends whoever has that number by now."""

    number = -1

    def close(self) -> None:
        if self.client is not None:
            self.number = self.client.fileno()
        elif self.number >= 0:
            shut_quietly(self.number)
        super().close()


@fault("client-destroy.inside-callback", may_kill=("close.inside-data",))
class DestroyedInsideItsCallbackCrashes(ClientHandle):
    """The tick goes on with an object that its own callback has destroyed, and the process dies."""

    def close(self) -> None:
        if self.ticking and self.client is not None:
            die()
        super().close()


@fault("client-lifetime.rounds-leak-nothing")
class ClientLeaksADescriptorPerConnection(ClientHandle):
    """Each connection opens something beside its socket, and never closes it."""

    def adopt(self, client: socket.socket) -> None:
        LOST.append(os.open(os.devnull, os.O_RDONLY))
        super().adopt(client)


@fault("client-lifetime.failures-leak-nothing")
class FailedConnectKeepsItsSocket(ClientHandle):
    """The socket of an attempt that failed is never closed."""

    def discard(self, connection: socket.socket) -> None:
        LOST.append(connection)


@fault("client-lifetime.failures-leak-nothing")
class UnansweredConnectKeepsItsSocket(ClientHandle):
    """The socket of an attempt that got no answer in time is left to go on trying, and nobody ever closes it."""

    def wait(self, connection: socket.socket, seconds: float) -> bool:
        answered = super().wait(connection, seconds)
        if not answered:
            LOST.append(os.dup(connection.fileno()))
        return answered


@fault("client-lifetime.failures-leak-nothing")
class ImpossiblePortKeepsItsSocket(ClientHandle):
    """connect opens its socket before it looks at the number of the port, and leaves it open for an impossible one."""

    def port_exists(self, port: int) -> bool:
        exists = super().port_exists(port)
        if not exists:
            LOST.append(socket.socket())
        return exists


@fault("client-lifetime.failures-leak-nothing")
class ConnectTooManyKeepsItsSocket(ClientHandle):
    """A connect where there is a connection opens a socket, turns the call down, and leaves the socket open."""

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        if self.client is not None:
            LOST.append(socket.socket())
        return super().connect(host, port, timeout_ms)


@fault("client-lifetime.child-leaves-connection")
class ConnectionIsInherited(ClientHandle):
    """The connection is passed on to every program that the host starts, and ends only with the last of them."""

    def adopt(self, client: socket.socket) -> None:
        client.set_inheritable(True)
        super().adopt(client)


@fault("client-lifetime.memory-per-byte-sent")
class ClientKeepsAllThatItSends(KeepsAllThatItSends, ClientHandle):
    """A copy of what is sent to a server is kept for a repetition that nobody asks for."""


@fault("client-lifetime.unread-waits-outside")
class ClientReadsOnAThread(ReadsOnAThread, ClientHandle):
    """A thread reads whatever the server sends into a list that has no end, whether ticks come or not."""


@fault("client-destroy.inside-callback", may_kill=("close.inside-connect",))
class DestroyedInsideConnectCrashes(ClientHandle):
    """connect goes on with an object that its own callback has destroyed, and the process dies."""

    def tell_connect(self) -> None:
        super().tell_connect()
        if self.client is None:
            die()


@fault("client-destroy.inside-callback", may_kill=("close.inside-disconnect",))
class DestroyedInsideDisconnectCrashes(ClientHandle):
    """The departure is cleared away behind its callback, from an object that this has destroyed: the process dies."""

    ended = False

    def close(self) -> None:
        self.ended = True
        super().close()

    def tell_disconnect(self) -> None:
        self.ended = False
        super().tell_disconnect()
        if self.ended:
            die()


@fault("client-destroy.ends-connection")
class DestroyForgetsWhatIsOwed(ClientHandle):
    """A client that is closed and owes bytes forgets them and the socket when it is closed again, or destroyed."""

    def close(self) -> None:
        if self.client is None:
            LOST.append(self.leaving)
            self.leaving = []
        super().close()


@fault("client-destroy.inside-callback")
class DestroyInAnErrorIsPutOff(KnowsOfErrors, ClientHandle):
    """While an error is told nothing can be ended, and nobody thinks of it afterwards."""

    def close(self) -> None:
        if not self.telling:
            super().close()


@fault("client-lifetime.rounds-leak-nothing")
class OwesForEver(ClientHandle):
    """A closed connection owes its bytes although the server has broken it off, and is kept until they are sent."""

    def see_off(self) -> None:
        for connection, rest in list(self.leaving):
            try:
                del rest[: connection.send(rest)]
            except OSError:
                continue
            if not rest:
                self.discard_input(connection)
                connection.close()
                self.leaving.remove((connection, rest))
