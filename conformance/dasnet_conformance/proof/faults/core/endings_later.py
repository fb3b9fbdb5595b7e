"""Faults of section endings: a client that has ended its side, or all of it, and what is called before that is told."""

from __future__ import annotations

from dasnet_conformance.proof.faults.both_halves import RoomStaysTaken
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import LOST

_SENDS = ("send.to-departed-survives", "send.to-reset-survives", "restore.errors-to-new-object")


class _Deaf(Handle):
    # Notes that the connection is at its end; may be made to read no more.

    noted = deaf = False

    def read(self) -> bytes | None:
        return None if self.deaf else super().read()

    def drop_client(self) -> None:
        self.noted = self.deaf = False
        super().drop_client()


class _BrokenInSending(_Deaf):
    def fail_flush(self, error: OSError) -> bool:
        self.noted = True
        return super().fail_flush(error)


class _HalfClosed(_Deaf):
    def end_of_input(self) -> None:
        self.noted = True
        super().end_of_input()


@fault("send.to-departed-one-departure", may_kill=_SENDS)
class SaveForgetsWhatASendFound(_BrokenInSending):
    """A send finds the connection broken, which a save takes for seen to: nobody is told of the departure."""

    def disown(self) -> None:
        super().disown()
        self.deaf = self.noted


@fault("send.to-departed-one-departure", may_kill=_SENDS)
class RefusedInitForgetsWhatASendFound(_BrokenInSending):
    """A send finds the connection broken, and an init that is turned down clears that away, with the departure."""

    def init_again(self, port: int) -> bool:
        self.deaf = self.noted
        return super().init_again(port)


@fault("endings.half-closed-leaves")
class SaveForgetsTheHalfClose(_HalfClosed):
    """The end of what the client says is found while bytes wait for it, and not found again after a reload."""

    def disown(self) -> None:
        super().disown()
        self.deaf = self.noted


@fault("endings.half-closed-leaves")
class SaveDropsTheQueueOfTheHalfClosed(_HalfClosed):
    """A save takes a client that has ended its side for gone, and does not take along what waits for it."""

    def disown(self) -> None:
        super().disown()
        if self.noted:
            self.outgoing.clear()


@fault("destroy.closes-client")
class DestroyForgetsTheHalfClosed(_HalfClosed):
    """A client that has ended its side is seen off by later ticks, which do not come when the object is destroyed."""

    def close(self) -> None:
        if self.noted and self.client is not None:
            LOST.append(self.client)
            self.client = None
        super().close()


@fault("callbacks.destroy-inside")
class DestroyInsideLetsTheNextOneIn(Handle):
    """The tick takes the next client around a disconnect callback: that one is let in, and nobody is there for it."""

    def depart(self) -> None:
        self.drop_client()
        following = self.take_waiting()
        self.tell_disconnect()
        if following is not None and self.owner is None:
            LOST.append(following)
        elif following is not None:
            self.adopt(following)
            self.tell_connect()


@fault("robustness.never-reading-client")
class RoomOfTheLastClientStaysTaken(RoomStaysTaken, Handle):
    """The bytes that wait are counted for the server, and those of a client that left are never taken off."""
