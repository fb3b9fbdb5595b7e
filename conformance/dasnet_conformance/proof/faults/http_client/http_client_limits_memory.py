"""Faults of section http-client-limits: what is kept of requests that are over."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle

#: What is kept, for as long as the program runs.
_KEPT: list[bytes] = []


@fault("http-client-limits.memory-per-request")
class KeepsEveryAnswer(HttpClientHandle):
    """The body of each answer is copied for the callback, and nobody frees the copy."""

    def respond(self) -> None:
        assert self.response is not None
        _KEPT.append(bytes(bytearray(self.response.body)))
        super().respond()


@fault("http-client-limits.memory-per-request")
class KeepsEveryRequest(HttpClientHandle):
    """What is sent is kept for a second time, and let go of when the client is closed."""

    def respond(self) -> None:
        assert self.current is not None
        _KEPT.append(bytes(bytearray(self.current.data)))
        super().respond()
