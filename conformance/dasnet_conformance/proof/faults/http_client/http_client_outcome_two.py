"""Faults of section http-client-outcome: what is one for all clients of a process, and would be one for each."""

from __future__ import annotations

from collections import deque
from typing import Any, ClassVar

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked, HttpAsking
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_response import ClientLimits, HttpResponse


@fault("http-client-outcome.two-clients")
class RequestsWaitInOneQueue(HttpClientHandle):
    """The list of requests that wait is a value of the class, and so one for all clients."""

    QUEUE: ClassVar[deque[Asked]] = deque()

    def __init__(self, limits: ClientLimits, response_class: type[HttpResponse], asking: HttpAsking) -> None:
        super().__init__(limits, response_class, asking)
        self.queue = self.QUEUE


@fault("http-client-outcome.two-clients")
class OutcomesWaitInOneList(HttpClientHandle):
    """The list of outcomes that are still to be told is a value of the class, and so one for all clients."""

    OUTCOMES: ClassVar[deque[tuple[Any, ...]]] = deque()

    def __init__(self, limits: ClientLimits, response_class: type[HttpResponse], asking: HttpAsking) -> None:
        super().__init__(limits, response_class, asking)
        self.outcomes = self.OUTCOMES


@fault("http-client-outcome.two-clients")
class BodiesInOnePlace(HttpResponse):
    """The body of an answer is put together in one place for all clients."""

    BODY: ClassVar[bytearray] = bytearray()

    def __init__(self, method: bytes, limits: ClientLimits) -> None:
        super().__init__(method, limits)
        self.BODY.clear()
        self.body = self.BODY


@fault("http-client-outcome.two-clients")
class WhatIsLeftInOnePlace(HttpResponse):
    """How much of a body, or of a chunk, is still to come is kept in one place for all clients."""

    LEFT: ClassVar[list[int]] = [0]

    @property
    def left(self) -> int:
        return self.LEFT[0]

    @left.setter
    def left(self, count: int) -> None:
        self.LEFT[0] = count


@fault("http-client-outcome.two-clients")
class SendsFromOneBuffer(HttpClientHandle):
    """What is still to be sent lies in one buffer for all clients, which is empty between two requests."""

    OUTGOING: ClassVar[bytearray] = bytearray()

    def __init__(self, limits: ClientLimits, response_class: type[HttpResponse], asking: HttpAsking) -> None:
        super().__init__(limits, response_class, asking)
        self.outgoing = self.OUTGOING
