"""Faults of section init: another init of a server that is open already."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import LOST


@fault("init.already-open")
class ListensOnBothPorts(Handle):
    """A second init opens the new port and forgets to close the old one."""

    def init_again(self, port: int) -> bool:
        LOST.append(self.listener)
        self.listener = self.open_listener(port)
        return True


@fault("init.already-open", may_kill=("init.already-open-same-port",))
class SecondInitLosesBoth(Handle):
    """A second init closes the old port first, then turns the call down because the server was open."""

    def init_again(self, port: int) -> bool:
        self.close_listener()
        return self.fail_init(f"already listening, and not on port {port}", 1)


@fault("init.already-open", may_kill=("init.already-open-same-port",))
class MovesWithoutLooking(Handle):
    """A second init closes the old port before it knows whether the new one can be had, and has none when it cannot."""

    def init_again(self, port: int) -> bool:
        self.close_listener()
        return self.init(port)


@fault("init.already-open")
class ImpossiblePortEndsAll(Handle):
    """An init that fails clears up after itself, and an open object that is given an impossible port ends with it."""

    def init_again(self, port: int) -> bool:
        if not self.port_exists(port):
            self.drop_client()
            self.close_listener()
        return super().init_again(port)


@fault("init.already-open-same-port", may_kill=("init.already-open",))
class SamePortFailsOnItself(Handle):
    """A second init on the same port finds the port in use, by itself, and gives up the listener that it had."""

    def init_again(self, port: int) -> bool:
        old, self.listener = self.listener, None
        made = self.init(port)
        if old is not None:
            old.close()
        return made
