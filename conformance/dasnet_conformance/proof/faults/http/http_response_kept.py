"""Faults of section http-response: what an answer has from another one, and what an answer says of itself."""

from __future__ import annotations

import re
import time

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_answer import HttpAnswer
from dasnet_conformance.proof.faults.sound_http_connection import HttpConnection


@fault("http-response.fields-arrive")
class FieldsOfTheAnswerBefore(HttpAnswer):
    """Fields of an answer are put into the map of those that every answer has, and go to the next client as well."""

    def __init__(self) -> None:
        self.always: dict[bytes, bytes] = {}

    def field_lines(self, fields: list[tuple[bytes, bytes]]) -> list[bytes]:
        given = {name.lower() for name, _ in fields}
        kept = [name + b": " + value for name, value in self.always.items() if name.lower() not in given]
        self.always.update(field for field in fields if field[0].lower() not in (*self.OWN, b"date"))
        return super().field_lines(fields) + kept


@fault("http-response.fields-arrive")
class BlanksOfAnswersAreOne(HttpAnswer):
    """Blanks in a value are made one, as in a page."""

    def check_field(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        name, value = super().check_field(name, value)
        return name, re.sub(rb"[ \t]+", b" ", value)


@fault("http-response.date")
class DaysBeginWithSunday(HttpAnswer):
    """Days are counted from Monday, and their names stand in a row that begins with Sunday."""

    def date(self, now: float) -> bytes:
        names = b"Sun Mon Tue Wed Thu Fri Sat".split()
        return names[time.gmtime(now).tm_wday] + super().date(now)[3:]


@fault("http-response.version")
class ErrorsOfAnOldVersion(HttpConnection):
    """Errors are written ahead, with the version that every client understands, HTTP/1.0."""

    def refuse(self, status: int, why: str) -> None:
        before = len(self.outgoing)
        super().refuse(status, why)
        self.outgoing[before:] = self.outgoing[before:].replace(b"HTTP/1.1", b"HTTP/1.0", 1)


@fault("http-response.head-has-no-content")
class PagesOfHeadAreWhole(HttpAnswer):
    """A program's page that says what is not there is sent with its body, whatever was asked for."""

    def content(self, method: bytes, status: int, body: bytes) -> bytes:
        return body if status >= 400 else super().content(method, status, body)


@fault("http-response.old-version-framing")
class LargeBodiesInChunks(HttpAnswer):
    """A body of a mebibyte or more is sent in chunks, also to who has never heard of them."""

    LARGE = 1 << 20

    def framing_lines(self, status: int, body: bytes) -> list[bytes]:
        large = len(body) >= self.LARGE and status not in (204, 304)
        return [b"Transfer-Encoding: chunked"] if large else super().framing_lines(status, body)

    def content(self, method: bytes, status: int, body: bytes) -> bytes:
        found = super().content(method, status, body)
        return b"%x\r\n%b\r\n0\r\n\r\n" % (len(found), found) if len(found) >= self.LARGE else found


@fault("http-response.name-refused")
class ControlsInAnswersAreSent(HttpAnswer):
    """Of the characters that no value may have, those are looked for that end a line or a string."""

    def check_value(self, value: bytes) -> None:
        if any(each in value for each in (b"\r", b"\n", b"\0")):
            raise ValueError(f"{value!r} is no value of a field")
