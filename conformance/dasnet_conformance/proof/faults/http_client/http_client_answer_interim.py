"""Faults of section http-client-answer: interim answers, and another protocol that nobody asked for."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_response import BrokenError, HttpResponse


@fault("http-client-answer.interim")
class InterimIsTheAnswer(HttpResponse):
    """An interim answer is handed over as the answer."""

    def interim(self) -> None:
        if self.head.status == 101:
            self.switched()
        self.state = "done"


@fault("http-client-answer.interim")
class KnowsContinueOnly(HttpResponse):
    """Of the interim answers 100 is known, and any other is the answer."""

    def interim(self) -> None:
        if self.head.status in (100, 101):
            super().interim()
        else:
            self.state = "done"


@fault("http-client-answer.interim")
class OneInterimAtMost(HttpResponse):
    """A second interim answer is too many."""

    passed = 0

    def interim(self) -> None:
        self.passed += 1
        if self.passed > 1:
            raise BrokenError("another interim answer")
        super().interim()


@fault("http-client-answer.interim")
class InterimThenEnd(HttpResponse):
    """Where nothing follows an interim answer that is the answer."""

    passed = 0

    def interim(self) -> None:
        self.passed = self.head.status
        super().interim()

    def cut(self) -> None:
        if not self.passed:
            super().cut()
        self.head.status, self.state = self.passed, "done"


@fault("http-client-answer.interim")
class InterimHasABody(HttpResponse):
    """An interim answer with a length is read with a body of that length."""

    def interim(self) -> None:
        lengths = self.head.values(b"content-length")
        super().interim()
        if lengths:
            del self.buffer[: int(lengths[0])]


@fault("http-client-answer.switching-unasked")
class SwitchesUnasked(HttpResponse):
    """101 is handed over as an answer, although nobody asked."""

    def switched(self) -> None:
        pass

    def interim(self) -> None:
        if self.head.status == 101:
            self.state = "done"
        else:
            super().interim()


@fault("http-client-answer.switching-unasked")
class WaitsBehindSwitching(HttpResponse):
    """101 is passed over as another interim answer, and a further one is waited for without end."""

    def switched(self) -> None:
        pass
