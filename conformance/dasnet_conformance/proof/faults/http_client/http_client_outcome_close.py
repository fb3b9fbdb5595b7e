"""Faults of section http-client-outcome: close, and what comes after it."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle


@fault("http-client-outcome.close-fails-all")
class CloseForgetsAll(HttpClientHandle):
    """close forgets what was accepted, and nobody hears of it."""

    def finish(self) -> None:
        self.current = None
        self.queue.clear()
        super().finish()


@fault("http-client-outcome.close-fails-all")
class CloseForgetsTheQueue(HttpClientHandle):
    """close tells of the request that was under way, and of none that waited."""

    def finish(self) -> None:
        self.queue.clear()
        super().finish()


@fault("http-client-outcome.close-fails-all")
class CloseLeavesConnection(HttpClientHandle):
    """close leaves the connection open."""

    def finish(self) -> None:
        kept, self.connection = self.connection, None
        super().finish()
        self.leaked = kept


@fault("http-client-outcome.init-again")
class InitOnce(HttpClientHandle):
    """After close another init is refused."""

    named = False

    def init(self, host: str, port: int) -> bool:
        if self.named:
            return False
        self.named = super().init(host, port)
        return self.named


@fault("http-client-outcome.init-again")
class AsksTheFirstServer(HttpClientHandle):
    """After close and another init the first server is asked."""

    first: tuple[str, int] | None = None

    def init(self, host: str, port: int) -> bool:
        self.first = self.first or (host, port)
        return super().init(*self.first)
