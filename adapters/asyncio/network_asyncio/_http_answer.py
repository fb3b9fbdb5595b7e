"""Answers as bytes, and what may not stand in one. No socket, no connection."""

from __future__ import annotations

import time
from collections.abc import Iterable
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from ._http_rules import check_fields

if TYPE_CHECKING:
    from ._http_rules import Field

#: Fields that say where an answer ends, and whether its connection does: the server's own.
_RESERVED: Final = frozenset((b"content-length", b"transfer-encoding", b"connection"))
#: Statuses whose answers have no content, and those among them that have no length either (RFC 9110, section 8.6; of
#: 304 a length would be that of another answer).
_BARE: Final = frozenset((204, 205, 304))
_UNMEASURED: Final = frozenset((204, 304))
_REASONS: Final = {status.value: status.phrase for status in HTTPStatus}


def check_answer(
    status: int, headers: Iterable[tuple[bytes | str, bytes | str]], body: bytes
) -> tuple[list[Field], bytes, bool]:
    """The fields of an answer without the server's own, a copy of its body, and whether it is to end the connection.

    Arguments are those of `HttpServer.respond`. Raises `ValueError` for what HTTP forbids: a status other than 200 to
    599, a name that is no token, a control character in a value. Raises `TypeError` for what is none of the types.

    Clause: RFC 9110, sections 5.1, 5.5 and 15; RFC 9112, section 11.1
    """
    if isinstance(status, bool) or not isinstance(status, int):
        raise TypeError(f"status must be an int, not {type(status).__name__}")
    if not 200 <= status <= 599:
        raise ValueError(f"status must be 200 to 599, not {status}")
    fields, ends = [], False
    for name, value in check_fields(headers):
        if name.lower() not in _RESERVED:
            fields.append((name, value))
        elif name.lower() == b"connection":
            ends = ends or b"close" in [word.strip(b"\t ") for word in value.lower().split(b",")]
    with memoryview(body) as content:  # a number would be taken for so many zeros
        return fields, content.tobytes(), ends


def answer(status: int, fields: list[Field], body: bytes, *, is_head: bool, connection: bytes) -> bytes:
    """An answer, head and body in one piece.

    Arguments: the first three as `check_answer` gave them; `is_head`, whether it answers a HEAD; `connection`, the
    value of the field Connection, empty for none.

    Clause: RFC 9112, sections 4 and 6; RFC 9110, sections 6.6.1, 8.6 and 9.3.2
    """
    bare = status in _BARE
    lines = [b"HTTP/1.1 %d %b" % (status, _REASONS.get(status, "").encode("ascii"))]
    if not any(name.lower() == b"date" for name, _ in fields):
        lines.append(b"Date: " + formatdate(time.time(), usegmt=True).encode("ascii"))
    lines += [b"%b: %b" % field for field in fields]
    if status not in _UNMEASURED:
        lines.append(b"Content-Length: %d" % (0 if bare else len(body)))
    if connection:
        lines.append(b"Connection: " + connection)
    return b"\r\n".join([*lines, b"", b"" if bare or is_head else body])


def error_answer(status: int, is_head: bool) -> bytes:
    """The answer to a request that is turned down, or whose callback has raised: the last one on its connection."""
    body = f"{status} {_REASONS[status]}\n".encode("ascii")
    fields = [(b"Content-Type", b"text/plain; charset=utf-8")]
    return answer(status, fields, body, is_head=is_head, connection=b"close")


#: What a client is told that waits before it sends its body.
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
