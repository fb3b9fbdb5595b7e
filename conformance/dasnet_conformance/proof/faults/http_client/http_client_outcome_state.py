"""Faults of section http-client-outcome: what a client says of connections that ended, and of many requests."""

from __future__ import annotations

import errno
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client import HttpClient
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle


class _Remembers(HttpClientHandle):
    # Says that it is connected until the next request begins, or a close.

    believed = False

    def begin(self, asked: Asked) -> None:
        self.believed = False
        super().begin(asked)

    def finish(self) -> None:
        super().finish()
        self.believed = False

    def is_connected(self) -> bool:
        return self.believed or super().is_connected()


@fault("http-client-outcome.failure-code")
class WhatIsWantedHasNoCode(HttpClientHandle):
    """A failure that the program has asked for, or that a limit brings about, has the code 0."""

    def fail(self, asked: Asked, message: str, code: int) -> None:
        super().fail(asked, message, 0 if code in (errno.ECANCELED, errno.ETIMEDOUT) else code)


@fault("http-client-outcome.not-connected")
class ConnectedBehindAFailure(_Remembers):
    """is_connected stays true behind a request that failed."""

    def fail_current(self, message: str, code: int) -> None:
        believed = super().is_connected()
        super().fail_current(message, code)
        self.believed = believed


@fault("http-client-outcome.not-connected")
class ConnectedWhereNobodyListens(_Remembers):
    """is_connected is true behind a connection that was refused."""

    def fail_current(self, message: str, code: int) -> None:
        super().fail_current(message, code)
        self.believed = code == errno.ECONNREFUSED


@fault("http-client-outcome.not-connected")
class ConnectedBehindACloseAnswer(_Remembers):
    """is_connected stays true behind an answer that said close."""

    def respond(self) -> None:
        super().respond()
        self.believed = self.connection is None


@fault("http-client-outcome.not-connected")
class ConnectedBehindACancel(_Remembers):
    """is_connected stays true behind a cancelled request."""

    def cancel_current(self) -> None:
        believed = super().is_connected()
        super().cancel_current()
        self.believed = believed


@fault("http-client-outcome.close-fails-each")
class CloseForgetsWhatWasNotBegun(HttpClientHandle):
    """close forgets requests for which there is no connection yet."""

    def finish(self) -> None:
        if self.connection is None:
            self.queue.clear()
        super().finish()


@fault("http-client-outcome.close-fails-each")
class CloseForgetsWhatWasCancelled(HttpClientHandle):
    """close drops the failures that were still to be told, and tells of what it ends itself."""

    def finish(self) -> None:
        self.outcomes.clear()
        super().finish()


@fault("http-client-outcome.close-fails-each")
class CloseForgetsWhatWaitsOnAKept(HttpClientHandle):
    """close forgets requests that no tick has seen where a connection is kept."""

    def finish(self) -> None:
        if self.current is None and self.connection is not None:
            self.queue.clear()
        super().finish()


@fault("http-client-outcome.many-waiting")
class AHundredMayWait(HttpClientHandle):
    """A request beyond a hundred that wait is turned down, and nothing says why."""

    def request(self, *arguments: Any) -> int:
        return 0 if len(self.queue) >= 100 else super().request(*arguments)


@fault("http-client-outcome.many-waiting")
class SixtyFourMayWait(HttpClientHandle):
    """Of more than 64 requests that wait the oldest is dropped in silence."""

    def request(self, *arguments: Any) -> int:
        number = super().request(*arguments)
        if len(self.queue) > 64:
            self.queue.popleft()
        return number


@fault("http-client-outcome.adapter-again")
class AdapterTakesTheServerOver(HttpClient):
    """A second adapter knows the server of the first, and asks what that had asked once more."""

    def make_http_client_adapter(self) -> None:
        earlier = self._client
        kept = [each for each in (earlier.current, *earlier.queue) if each] if earlier is not None else []
        server = earlier.server if earlier is not None else None
        super().make_http_client_adapter()
        assert self._client is not None
        self._client.server = server
        self._client.queue.extend(kept)


@fault("http-client-outcome.init-again-open")
class InitMovesInSilence(HttpClientHandle):
    """A second init moves to the other server, and what was asked before has no outcome."""

    def init(self, host: str, port: int) -> bool:
        if self.server is not None and self.port_exists(port):
            self.current = None
            self.queue.clear()
            self.retire()
            self.server = None
        return super().init(host, port)


@fault("http-client-outcome.init-again-open")
class InitSaysFalseAndMoves(HttpClientHandle):
    """A second init is false, and the next request goes to the other server all the same."""

    def init(self, host: str, port: int) -> bool:
        if self.server is None:
            return super().init(host, port)
        self.retire()
        self.server = (host, port)
        return False
