"""Answers as bytes: status line, fields, framing. Touches the clock alone, for Date.

The last answer of a connection is made by h11, which knows when it has to end; any other is the lines as `check_answer`
let them pass, which h11 would read once more.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Final

from ._http_library import h11

FieldLine = tuple[str | bytes, str | bytes]

#: Names and values that may be sent: no more than h11 lets pass, which reads them once more when they go out.
_NAME: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(rb"(?:[!-~\x80-\xff]+(?:[\t ]+[!-~\x80-\xff]+)*)?")
#: Fields that say where an answer ends, which is not for the program to say.
_FRAMING: Final = frozenset((b"content-length", b"transfer-encoding"))
_WITHOUT_CONTENT: Final = frozenset((204, 304))
_REASONS: Final = {status.value: status.phrase.encode("ascii") for status in HTTPStatus}

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"

_date: tuple[int, bytes] = (0, b"")


def date() -> bytes:
    """The field Date of this second. Clause: RFC 9110, section 6.6.1"""
    global _date
    now = int(time.time())
    if now != _date[0]:
        _date = (now, formatdate(now, usegmt=True).encode("ascii"))
    return _date[1]


def check_answer(status: int, headers: Iterable[FieldLine], body: bytes) -> tuple[list[tuple[bytes, bytes]], bool]:
    """The fields of an answer as bytes, without those about framing, and whether they end the connection.

    Raises `ValueError` for a status that ends no request (RFC 9110, section 15), and for a name or value that HTTP
    forbids (section 5); `TypeError` for what is none of the types.
    """
    if isinstance(status, bool) or not isinstance(status, int):
        raise TypeError(f"status must be an int, not {type(status).__name__}")
    if not 200 <= status <= 599:
        raise ValueError(f"status must be 200 to 599, not {status}")
    memoryview(body).release()
    given = [(_bytes(name), _bytes(value)) for name, value in headers]
    for name, value in given:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a field")
        if not _VALUE.fullmatch(value):
            raise ValueError(f"the field {name.decode()} cannot be sent with the value {value!r}")
    fields = [pair for pair in given if pair[0].lower() not in _FRAMING and pair[0].lower() != b"connection"]
    if len(fields) == len(given):
        return fields, False
    named = b",".join(value.lower() for name, value in given if name.lower() == b"connection")
    return fields, b"close" in [word.strip(b"\t ") for word in named.split(b",")]


def _bytes(part: str | bytes) -> bytes:
    return part.encode("latin-1") if isinstance(part, str) else bytes(part)


def answer(
    answering: Any, method: str, status: int, fields: list[tuple[bytes, bytes]], body: bytes, close: bool
) -> tuple[bytes, bool]:
    """An answer as bytes, and whether the connection goes on behind it.

    Arguments: `answering`, the h11 connection that has read the request; the rest as `check_answer` gave it; `close`,
    whether this one is to be the last.
    """
    if status == 205:
        body = b""  # there is nothing to show: RFC 9110, section 15.3.6
    if b"date" not in [name.lower() for name, _ in fields]:
        fields = [*fields, (b"Date", date())]
    # h11 leaves Content-Length out where an answer has none, but asks of 204 and 304 that there is no content.
    if status not in _WITHOUT_CONTENT:
        fields = [*fields, (b"Content-Length", b"%d" % len(body))]
    if not close and answering.their_state is h11.DONE:
        return _lines(status, fields, b"" if method == "HEAD" or status in _WITHOUT_CONTENT else body), True
    if close:
        fields = [*fields, (b"Connection", b"close")]
    response = h11.Response(status_code=status, headers=fields, reason=_REASONS.get(status, b""))
    parts = [answering.send(response)]
    if status not in _WITHOUT_CONTENT and method != "HEAD" and body:
        parts.append(answering.send(h11.Data(data=body)))
    parts.append(answering.send(h11.EndOfMessage()))
    return b"".join(part for part in parts if part), answering.our_state is h11.DONE


# Byte for byte what h11 makes of it where the connection goes on.
def _lines(status: int, fields: list[tuple[bytes, bytes]], body: bytes) -> bytes:
    lines = [b"HTTP/1.1 %d %b\r\n" % (status, _REASONS.get(status, b""))]
    lines += [b"%b: %b\r\n" % field for field in fields]
    lines += [b"\r\n", body]
    return b"".join(lines)


def error_answer(status: int, is_head: bool) -> bytes:
    """The answer to a request that is turned down, or whose callback has raised. The connection ends behind it."""
    reason = _REASONS.get(status, b"")
    body = b"" if is_head else b"%d %b\n" % (status, reason)
    fields = [(b"Content-Type", b"text/plain; charset=utf-8")]
    data, _ = answer(h11.Connection(h11.SERVER), "GET", status, fields, body, True)
    return data
