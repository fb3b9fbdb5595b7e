"""Faults of section client-robustness: servers that behave badly."""

from __future__ import annotations

import errno

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle


@fault("client-robustness.server-storm")
class GivesUpAfterAHundredServers(ClientHandle):
    """A table of connections has a hundred rows, and none is used again."""

    departures = 0

    def depart(self) -> None:
        self.departures += 1
        super().depart()

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        if self.departures > 100:
            return self.fail_connect("the table of connections is full", errno.ENFILE)
        return super().connect(host, port, timeout_ms)


@fault("client-robustness.noise")
class ResetUnderLoadIsNotNoticed(ClientHandle):
    """A reset that comes while much is being read is taken for nothing to read, for ever."""

    heard = 0
    deaf = False

    def tell_data(self, data: bytes) -> None:
        self.heard += len(data)
        super().tell_data(data)

    def read(self) -> bytes | None:
        return None if self.deaf else super().read()

    def read_broken(self) -> bytes | None:
        self.deaf = self.heard > 1 << 15
        return None if self.deaf else super().read_broken()
