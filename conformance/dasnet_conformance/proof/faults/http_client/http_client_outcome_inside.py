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
