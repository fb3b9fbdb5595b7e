"""Faults of section http-client-outcome: requests that end in an odd state, and what clients share."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from typing import ClassVar

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_fields import Text
from dasnet_conformance.proof.faults.sound_http_response import ClientLimits, HttpResponse
from dasnet_conformance.proof.faults.tools import LOST


@fault("http-client-outcome.cancel-under-way")
class CancelledBodyIsCutShort(HttpClientHandle):
    """A request that is cancelled while its body goes out leaves the connection to the next, which that swallows."""

    def cancel_current(self) -> None:
        if not self.outgoing or self.connecting:
            super().cancel_current()
            return
        asked, self.current = self.current, None
        assert asked is not None
        self.outgoing.clear()
        self.fail(asked, "it was cancelled", errno.ECANCELED)


@fault("http-client-outcome.request-inside")
class OneRequestOfACallback(HttpClientHandle):
    """Of the requests that callbacks of one tick make the last is kept."""

    made: tuple[int, Asked] | None = None

    def request(self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], body: bytes) -> int:
        number = super().request(method, target, headers, body)
        if self.ticking and number:
            if self.made is not None and self.made[0] == self.ticks and self.made[1] in self.queue:
                self.queue.remove(self.made[1])
            self.made = (self.ticks, self.queue[-1])
        return number


@fault("http-client-outcome.two-clients")
class ClientsShareTheirFields(HttpResponse):
    """The fields of an answer are put together in one place for all clients."""

    FIELDS: ClassVar[list[tuple[bytes, bytes]]] = []

    def __init__(self, method: bytes, limits: ClientLimits) -> None:
        super().__init__(method, limits)
        self.FIELDS.clear()
        self.head.fields = self.FIELDS

    def head_is_whole(self) -> None:
        self.head.fields = list(self.head.fields)
        super().head_is_whole()


@fault("http-client-outcome.init-port")
class InitClosesFirst(HttpClientHandle):
    """An init that is turned down has closed the client already."""

    def init(self, host: str, port: int) -> bool:
        if not self.port_exists(port):
            self.finish()
        return super().init(host, port)


@fault("http-client-outcome.close-fails-all", "http-client-outcome.destroy-silent")
class CloseKeepsWhatIsIdle(HttpClientHandle):
    """close ends a connection on which something is asked, and gives an idle one back to a pool that nobody empties."""

    def finish(self) -> None:
        if self.current is None and self.owner is not None:
            LOST.append(self.connection)
            self.connection = None
        super().finish()


@fault("http-client-outcome.not-connected")
class ConnectedWhileItTries(HttpClientHandle):
    """is_connected is true as soon as a connection is tried."""

    def is_connected(self) -> bool:
        return self.connection is not None


@fault("http-client-outcome.is-open")
class OpenWhileSomebodyIsThere(HttpClientHandle):
    """is_open is false behind a connection that was refused."""

    absent = False

    def try_next(self, failure: OSError) -> None:
        try:
            super().try_next(failure)
        except OSError:
            self.absent = True
            raise

    def is_open(self) -> bool:
        return super().is_open() and not self.absent


@fault("http-client-outcome.cancel-nothing")
class CancelTakesTheLast(HttpClientHandle):
    """cancel of a number beyond all that were given takes the last one that waits."""

    def cancel(self, number: int) -> None:
        super().cancel(self.queue[-1].number if number > self.last and self.queue else number)


@fault("http-client-outcome.is-connected")
class ConnectedWhileSomethingIsAsked(HttpClientHandle):
    """is_connected is false on a connection that is kept, until something is asked there."""

    def is_connected(self) -> bool:
        return super().is_connected() and self.current is not None


@fault("http-client-outcome.failure-code")
class TooLargeIsNoCode(HttpClientHandle):
    """What goes beyond a limit of bytes is told with the code 0."""

    def fail(self, asked: Asked, message: str, code: int) -> None:
        super().fail(asked, message, 0 if "too large" in message else code)
