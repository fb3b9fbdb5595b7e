"""Faults of section http-client-outcome: callbacks that raise, and requests that are made inside them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_fields import Text


@fault("http-client-outcome.raise-loses-none")
class RaisingLosesTheRest(HttpClientHandle):
    """What was to be told in a tick is put aside first, and is lost when one of the callbacks raises."""

    def tell_all(self) -> None:
        due, self.outcomes = list(self.outcomes), deque()
        for name, *rest in due:
            if self.owner is not None:
                getattr(self.owner, name)(*rest)


@fault("http-client-outcome.request-inside")
class InsideReplacesWhatWaits(HttpClientHandle):
    """A request that is made inside a callback takes the place of the one that waits longest."""

    def request(self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], body: bytes) -> int:
        if self.ticking and self.queue:
            self.queue.popleft()
        return super().request(method, target, headers, body)


@fault("http-client-outcome.close-inside")
class CloseInAFailureForgets(HttpClientHandle):
    """close inside the callback of a failure forgets what is left, for that is how a failure goes on."""

    failing = False

    def tell_all(self) -> None:
        for _ in range(len(self.outcomes)):
            if self.outcomes and self.owner is not None:
                name, *rest = self.outcomes.popleft()
                self.failing = name == "on_failure"
                getattr(self.owner, name)(*rest)
                self.failing = False

    def finish(self) -> None:
        if self.failing:
            self.current = None
            self.queue.clear()
            self.outcomes.clear()
        super().finish()


@fault("http-client-outcome.close-fails-each")
class EachCloseTellsAgain(HttpClientHandle):
    """A second close before the tick tells once more what the first one ended."""

    def finish(self) -> None:
        again = list(self.outcomes) if self.server is None else []
        super().finish()
        self.outcomes.extend(again)
