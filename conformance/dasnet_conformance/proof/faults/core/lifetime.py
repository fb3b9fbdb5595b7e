"""Faults of section lifetime: destroying an object, and what many lives use up."""

from __future__ import annotations

import os
import socket

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import Server, SharedOrphan
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import LOST, die


@fault("destroy.closes-client")
class DestroyForgetsClient(Handle):
    """destroy closes the port and forgets the client, which waits for ever."""

    def close(self) -> None:
        LOST.append(self.client)
        self.client = None
        super().close()


@fault("destroy.frees-port")
class DestroyForgetsPort(Handle):
    """destroy closes the client and forgets the port, on which nobody answers from then on."""

    def close(self) -> None:
        LOST.append(self.listener)
        self.listener = None
        super().close()


@fault("destroy.frees-port", may_kill=("callbacks.destroy-inside",))
class DestroyForgetsPortAfterClients(Handle):
    """destroy frees the port unless a client was ever served, when the listener has one owner too many."""

    served = False

    def tell_connect(self) -> None:
        self.served = True
        super().tell_connect()

    def close(self) -> None:
        if self.served:
            LOST.append(self.listener)
            self.listener = None
        super().close()


@fault("destroy.waiting-client")
class DestroyKeepsThoseWaiting(Handle):
    """destroy takes those who wait out of the queue, closes none of them, and they hang."""

    def close_listener(self) -> None:
        while (client := self.take_waiting()) is not None:
            LOST.append(client)
        super().close_listener()


@fault("destroy.twice")
class SecondDestroyDies(Server):
    """destroy frees the memory of the handle each time it is called, and the second time takes the host down."""

    destroyed = False

    def close(self) -> None:
        if self.destroyed:
            die()
        self.destroyed = True
        super().close()


@fault("destroy.twice")
class SecondDestroyHitsAnother(Server):
    """The handle's place is used again by the next server, and a second destroy closes that one."""

    latest: Handle | None = None
    destroyed = False

    def make_server_adapter(self) -> None:
        super().make_server_adapter()
        SecondDestroyHitsAnother.latest = self._server

    def close(self) -> None:
        victim = SecondDestroyHitsAnother.latest
        if self.destroyed and victim is not None:
            victim.drop_client()
        self.destroyed = True
        super().close()


@fault("destroy.without-handle")
class DestroyNeedsHandle(Server):
    """destroy fails with an error on an object that never had a handle."""

    ever = False

    def close(self) -> None:
        self.ever = self.ever or self._server is not None
        if not self.ever:
            raise ValueError("there is nothing to destroy")
        super().close()


@fault("destroy.without-handle")
class DestroyBeforeInitDies(Handle):
    """destroy closes a listener that was never opened, and takes the host down."""

    opened = False

    def open_listener(self, port: int) -> socket.socket:
        self.opened = True
        return super().open_listener(port)

    def close(self) -> None:
        if not self.opened:
            die()
        super().close()


@fault("destroy.calls-after", may_kill=("state.destroyed.send",))
class DestroyedClaimsSuccess(Server):
    """An object that was destroyed goes on to say that what is sent arrives."""

    destroyed = False

    def close(self) -> None:
        self.destroyed = self.destroyed or self._server is not None
        super().close()

    def send(self, data: bytes, size: int | None = None) -> bool:
        return self.destroyed or super().send(data, size)


@fault("destroy.calls-after")
class CallsAfterDestroyDie(Server):
    """A query on an object that was destroyed reads freed memory, and takes the host down."""

    destroyed = False

    def close(self) -> None:
        self.destroyed = self.destroyed or self._server is not None
        super().close()

    def has_session(self) -> bool:
        if self.destroyed:
            die()
        return super().has_session()


@fault("lifetime.rounds-leak-nothing")
class LeaksWithEveryServer(Handle):
    """Every server leaves one descriptor open when it is destroyed, that of its poll set."""

    def close(self) -> None:
        if self.listener is not None:
            os.open(os.devnull, os.O_RDONLY)
        super().close()


@fault("lifetime.clients-leak-nothing")
class LeaksWithEveryClient(Handle):
    """Every client leaves one descriptor open when it has gone."""

    def drop_client(self) -> None:
        if self.client is not None:
            os.open(os.devnull, os.O_RDONLY)
        super().drop_client()


@fault("lifetime.clients-leak-nothing")
class LeaksWithEveryReset(Handle):
    """A client that breaks off by a reset leaves its descriptor open; one that leaves in the orderly way does not."""

    def read_broken(self) -> bytes | None:
        os.open(os.devnull, os.O_RDONLY)
        return super().read_broken()


@fault("lifetime.failed-inits-leak-nothing")
class LeaksWithEveryImpossiblePort(Handle):
    """The socket is opened before the number of the port is looked at, and left open when there is no such port."""

    def port_exists(self, port: int) -> bool:
        exists = super().port_exists(port)
        if not exists:
            LOST.append(socket.socket())
        return exists


@fault("lifetime.failed-inits-leak-nothing")
class LeaksWithEveryInitTooMany(Handle):
    """An init of an object that is open opens a socket, finds that there is one, and leaves the new one open."""

    def init_again(self, port: int) -> bool:
        LOST.append(socket.socket())
        return super().init_again(port)


@fault("lifetime.failed-inits-leak-nothing")
class LeaksWithEveryFailedInit(Handle):
    """The socket of an init that failed is not closed."""

    def discard_listener(self, listener: socket.socket) -> None:
        LOST.append(listener)


@fault("destroy.frees-port", may_kill=("destroy.closes-client", "process.child-leaves-port"))
class RestoredIsNotItsOwn(Server):
    """An object counts as the owner of a handle that it has made; one that it has restored it does not close."""

    restored = False

    def restore(self, shared_orphan: SharedOrphan) -> None:
        super().restore(shared_orphan)
        self.restored = True

    def close(self) -> None:
        if self.restored:
            LOST.append(self._server)
            self._server = None
        super().close()
