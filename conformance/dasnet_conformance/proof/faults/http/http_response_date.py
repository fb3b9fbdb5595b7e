"""Faults of section http-response: the time that answers tell does not go on."""

from __future__ import annotations

import socket
import time
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_answer import HttpAnswer
from dasnet_conformance.proof.faults.sound_http_connection import HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle


@fault("http-response.date-goes-on")
class DateOfTheFirstAnswer(HttpAnswer):
    """The Date is made for the first answer, since that costs something, and all others bear it too."""

    made = b""

    def date(self, now: float) -> bytes:
        self.made = self.made or super().date(now)
        return self.made


@fault("http-response.date-goes-on")
class DateOfTheMinute(HttpAnswer):
    """The Date is made anew once a minute, as on a page of news."""

    at = 0.0

    def date(self, now: float) -> bytes:
        if now - self.at > 60:
            self.at = now
        return super().date(self.at)


@fault("http-response.date-goes-on")
class DateOfTheSummerTimeZone(HttpAnswer):
    """The Date is local time with GMT behind it, on a machine two hours east of Greenwich."""

    def date(self, now: float) -> bytes:
        return super().date(now + 7_200)


@fault("http-response.date-goes-on")
class DateSinceTheStart(HttpAnswer):
    """The Date is made of a clock that counts from the start of the machine."""

    def date(self, now: float) -> bytes:  # noqa: ARG002
        return super().date(time.monotonic())


class _DatedBefore(HttpAnswer):
    # Answers of one connection, whose Date is that of the time when this was made.

    def __init__(self) -> None:
        self.at = time.time()

    def date(self, now: float) -> bytes:  # noqa: ARG002
        return super().date(self.at)


@fault("http-response.date-goes-on")
class DateOfTheConnection(HttpHandle):
    """The fields that every answer has are made when a connection is taken, and Date is one of them."""

    def make_connection(self, client: socket.socket) -> HttpConnection:
        connection = super().make_connection(client)
        connection.answers = _DatedBefore()
        return connection


@fault("http-response.date-goes-on")
class DateOfTheLastTickWithWork(HttpHandle):
    """The clock is asked when requests are read, behind the answers that are given inside their callbacks."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.answers = _DatedBefore()

    def turn(self, owner: Any) -> None:
        before = self.count
        super().turn(owner)
        if self.count != before and isinstance(self.answers, _DatedBefore):
            self.answers.at = time.time()
