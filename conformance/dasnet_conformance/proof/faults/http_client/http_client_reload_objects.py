"""Faults of section http-client-reload: saved inside a callback, and the objects that a handle leaves and comes to."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_client import HttpClient
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_response import ClientLimits
from dasnet_conformance.proof.faults.tools import LOST


@fault("http-client-reload.inside-callback")
class SavingInsideLosesOutcomes(HttpClientHandle):
    """Saved inside a callback, what else was to be told in that tick is lost."""

    def disown(self) -> None:
        super().disown()
        if self.ticking:
            self.outcomes.clear()


@fault("http-client-reload.inside-callback")
class SavingInsideTellsTheOld(HttpClientHandle):
    """Saved inside a callback, the object hears all other outcomes of that tick."""

    def tell_all(self) -> None:
        owner = self.owner
        for _ in range(len(self.outcomes)):
            name, *rest = self.outcomes.popleft()
            getattr(owner, name)(*rest)


@fault("http-client-reload.inside-callback")
class SavingInsideIsRefused(HttpClientHandle):
    """A save inside a callback is an error."""

    def disown(self) -> None:
        if self.ticking:
            raise RuntimeError("not inside a callback")
        super().disown()


@fault("http-client-reload.inside-callback")
class SavingInsideStopsTicks(HttpClientHandle):
    """Saved inside a callback, the handle counts as ticking for ever, and no tick does anything."""

    def tick(self) -> None:
        owner, ticking = self.owner, self.ticking
        super().tick()
        if self.owner is not owner and not ticking:
            self.ticking = True


@fault("http-client-reload.inside-callback")
class SavingInsideForgetsTheQueue(HttpClientHandle):
    """Saved inside a callback, the requests that wait are forgotten."""

    def disown(self) -> None:
        super().disown()
        if self.ticking:
            self.queue.clear()


@fault("http-client-reload.cancelled-behind")
class CancelKnowsItsOwnOnly(HttpClientHandle):
    """cancel does nothing for a request from before a reload."""

    before = 0

    def disown(self) -> None:
        super().disown()
        self.before = self.last

    def cancel(self, number: int) -> None:
        if number > self.before:
            super().cancel(number)


@fault("http-client-reload.limits")
class ReloadForgetsLimits(HttpClientHandle):
    """After a reload the limits are those that nobody asked for."""

    def disown(self) -> None:
        super().disown()
        self.limits = ClientLimits()


@fault("http-client-reload.limits")
class ReloadForgetsToStall(HttpClientHandle):
    """After a reload a server may say nothing for ever."""

    moved_over = False

    def disown(self) -> None:
        super().disown()
        self.moved_over = True

    def is_stalled(self) -> bool:
        return not self.moved_over and super().is_stalled()


@fault("http-client-reload.from-empty", "http-client-reload.from-empty-keeps-object")
class NothingIsRestored(HttpClient):
    """Restoring from an empty orphan leaves the object without a handle, and is no error."""

    def restore(self, shared_orphan: Any) -> None:
        if shared_orphan.server is None and self._client is not None:
            self._client.close()
        if shared_orphan.server is None:
            self._client = None
            return
        super().restore(shared_orphan)


@fault("http-client-reload.from-empty-keeps-object")
class EmptyOrphanEndsAll(HttpClient):
    """The handle that an object has is ended before it turns out that there is none to restore."""

    def restore(self, shared_orphan: Any) -> None:
        if self._client is not None and shared_orphan.server is None:
            self._client.close()
        super().restore(shared_orphan)


@fault("http-client-reload.into-occupied", "http-client-outcome.adapter-again")
class ReplacedStaysOpen(HttpClient):
    """The handle that another one takes the place of is forgotten, and its connection stays open."""

    def replace(self, handle: HttpClientHandle) -> None:
        LOST.append(self._client)
        self._client = handle


@fault("http-client-reload.into-occupied")
class RestoredIsDropped(HttpClient):
    """An object that asks keeps its handle, and the one that it restores is ended in silence."""

    def restore(self, shared_orphan: Any) -> None:
        handle = shared_orphan.server
        if self._client is None or handle is None or self._client.current is None:
            super().restore(shared_orphan)
            return
        handle.close()
        shared_orphan.server = None


@fault("http-client-reload.into-full-orphan")
class OrphanForgetsTheFirst(HttpClient):
    """What an orphan holds is forgotten when another one is saved there, and its connection stays open."""

    def save(self, shared_orphan: Any) -> None:
        LOST.append(shared_orphan.server)
        shared_orphan.server = None
        super().save(shared_orphan)


@fault("http-client-reload.two-orphans")
class HttpClientsShareAnOrphan(HttpClient):
    """There is one place for a saved handle, whatever orphan is named."""

    saved: tuple[HttpClientHandle, ...] = ()

    def save(self, shared_orphan: Any) -> None:
        super().save(shared_orphan)
        HttpClientsShareAnOrphan.saved = (*HttpClientsShareAnOrphan.saved[-3:], shared_orphan.server)

    def restore(self, shared_orphan: Any) -> None:
        if shared_orphan.server is not None:
            shared_orphan.server = HttpClientsShareAnOrphan.saved[-1]
        super().restore(shared_orphan)


@fault("http-client-reload.old-is-silent")
class SavedObjectsStillClose(HttpClient):
    """close of an object that was saved ends the connection that it had."""

    was: HttpClientHandle | None = None

    def save(self, shared_orphan: Any) -> None:
        handle = self._client
        super().save(shared_orphan)
        self.was = handle

    def close(self) -> None:
        super().close()
        if self.was is not None:
            self.was.retire()
