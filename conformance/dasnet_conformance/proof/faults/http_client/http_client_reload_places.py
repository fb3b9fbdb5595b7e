"""Faults of section http-client-reload: where exactly an answer, or a request, is when the handle is saved."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle


@fault("http-client-reload.sending")
class SavingSendsAnew(HttpClientHandle):
    """A request of which a part is out is sent from its beginning after a reload, on the same connection."""

    def disown(self) -> None:
        super().disown()
        if self.outgoing and self.current is not None:
            self.outgoing[:] = self.current.data


@fault("http-client-reload.sending")
class SavingSendsOnANewConnection(HttpClientHandle):
    """A body that was not yet sent whole is begun anew on another connection."""

    def disown(self) -> None:
        super().disown()
        if self.outgoing and self.current is not None and self.connection is not None and not self.connecting:
            asked = self.current
            self.retire()
            self.begin(asked)


@fault("http-client-reload.in-body")
class SavingForgetsTheLength(HttpClientHandle):
    """Saved between head and body, the length is forgotten, and the body lasts until the end."""

    def disown(self) -> None:
        super().disown()
        if self.response is not None and self.response.state == "length" and not self.response.body:
            self.response.state = "end"


@fault("http-client-reload.in-body")
class SavingForgetsTheCoding(HttpClientHandle):
    """Saved between head and first chunk, the chunks are forgotten, and the body lasts until the end."""

    def disown(self) -> None:
        super().disown()
        response = self.response
        if response is not None and response.state == "size" and not response.body and not response.buffer:
            response.state = "end"


@fault("http-client-reload.in-body")
class SavingForgetsALineEnd(HttpClientHandle):
    """Saved between a chunk's data and the line end behind it, the size of the next is looked for at once."""

    def disown(self) -> None:
        super().disown()
        if self.response is not None and self.response.state == "data-end":
            self.response.state = "size"


@fault("http-client-reload.in-body")
class SavingForgetsTheTrailer(HttpClientHandle):
    """Saved in the trailer, what is left of it is read as the beginning of an answer."""

    def disown(self) -> None:
        super().disown()
        if self.response is not None and self.response.state == "trailer":
            self.response.state = "line"


@fault("http-client-reload.in-head")
class SavingBehindAnInterimFails(HttpClientHandle):
    """Saved behind an interim answer, the request fails: something had come, and it was no answer."""

    def disown(self) -> None:
        super().disown()
        behind = self.response is not None and self.response.begun and self.response.state == "line"
        if self.current is not None and behind:
            self.fail_current("the script was reloaded", 125)


@fault("http-client-reload.before-connecting")
class SavingForgetsWhatWasNotBegun(HttpClientHandle):
    """Requests that no tick has seen are forgotten where a connection is kept."""

    def disown(self) -> None:
        super().disown()
        if self.current is None and self.connection is not None:
            self.queue.clear()


@fault("http-client-reload.waiting")
class ThirdSaveFails(HttpClientHandle):
    """A request outlives two reloads, and the third makes it fail."""

    saves = 0

    def disown(self) -> None:
        super().disown()
        self.saves += 1
        if self.saves > 2 and self.current is not None:
            self.fail_current("the script was reloaded", 125)
