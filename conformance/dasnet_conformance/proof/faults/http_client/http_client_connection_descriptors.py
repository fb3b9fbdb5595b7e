"""Faults of section http-client-connection: hosts that have many descriptors open, or as many as they may have."""

from __future__ import annotations

import errno
import select
import socket

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle


@fault("http-client-connection.high-descriptors")
class LooksByASetOfDescriptors(HttpClientHandle):
    """Whether a connection stands is looked up in a set of 1,024 descriptors, and one beyond is an error."""

    def has_answered(self, connection: socket.socket) -> bool:
        if connection.fileno() >= 1_024:
            raise OSError(errno.EINVAL, "the descriptor is beyond the set")
        return bool(select.select([], [connection], [], 0)[1])


@fault("http-client-connection.no-descriptor")
class WaitsForWhatNobodyMakes(HttpClientHandle):
    """A connection for which there was no descriptor is waited for, and nobody makes it."""

    hopeless = False

    def try_next(self, failure: OSError) -> None:
        try:
            super().try_next(failure)
        except OSError as error:
            self.hopeless = error.errno == errno.EMFILE
            if not self.hopeless:
                raise

    def go_on_connecting(self) -> bool:
        if not self.hopeless and self.connection is None and self.server is not None:
            self.addresses = self.look_up(*self.server)
            self.try_next(OSError(errno.EADDRNOTAVAIL, "the host has no address"))
        return not self.hopeless and super().go_on_connecting()
