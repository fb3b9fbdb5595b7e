"""Faults of section http-client-framing: connections that break off by a reset."""

from __future__ import annotations

from typing import ClassVar

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle


class _ResetIsAnEnd(HttpClientHandle):
    # Takes a reset for the end of an answer that is in one of these states.

    states: ClassVar[tuple[str, ...]] = ()

    def receive(self) -> bool:
        try:
            return super().receive()
        except ConnectionResetError:
            if self.response is None or self.response.state not in self.states:
                raise
            self.response.state = "done"
            self.respond()
            return True


@fault("http-client-framing.reset")
class ResetEndsALength(_ResetIsAnEnd):
    """A reset is taken for the end of a body, whatever its length was said to be."""

    states = ("length",)


@fault("http-client-framing.reset")
class ResetEndsChunks(_ResetIsAnEnd):
    """A reset is taken for the end of a body in chunks."""

    states = ("size", "data", "data-end", "trailer")


@fault("http-client-framing.until-close-reset")
class ResetEndsWhatLasts(_ResetIsAnEnd):
    """A reset is taken for the end of a body that lasts until the connection ends."""

    states = ("end",)
