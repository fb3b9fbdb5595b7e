"""How the sound HTTP server writes an answer: what a host may give, and what goes out; each decision a method.

The sections named are those of RFC 9110, but where another is said. Imports nothing of ours but the data beside it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Final

from .sound_http_fields import FieldRules, Text
from .sound_http_request import listed

_REASONS: Final = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "No Content",
    301: "Moved Permanently",
    302: "Found",
    304: "Not Modified",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    413: "Content Too Large",
    414: "URI Too Long",
    417: "Expectation Failed",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class HttpAnswer(FieldRules):
    """Writes answers. Whatever HTTP forbids is a `ValueError`, and then nothing was written."""

    #: Fields of the host that are left out, for the server writes its own.
    OWN: tuple[bytes, ...] = (b"content-length", b"transfer-encoding", b"connection")

    #: What goes out before the body of a client that asked (10.1.1).
    CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

    # What a host may give

    def check(self, status: int, headers: Iterable[tuple[Text, Text]], body: bytes) -> list[tuple[bytes, bytes]]:
        """The fields as bytes. Raises `ValueError` for a status, field or body that HTTP forbids."""
        self.check_status(status)
        self.check_body(status, body)
        return [self.check_field(self.to_bytes(name), self.to_bytes(value)) for name, value in headers]

    def check_status(self, status: int) -> None:
        """A final status: the interim ones are not for hosts, and there are none beyond (15)."""
        if not 200 <= status <= 599:
            raise ValueError(f"a status is 200 to 599, not {status}")

    def check_body(self, status: int, body: bytes) -> None:
        """There are answers without content (15.3.5, 15.3.6, 15.4.5)."""
        if body and status in (204, 205, 304):
            raise ValueError(f"an answer {status} has no body")

    # What goes out

    def write(
        self,
        status: int,
        fields: list[tuple[bytes, bytes]],
        body: bytes,
        *,
        method: bytes,
        minor: int,
        persistent: bool,
    ) -> bytes:
        """The whole answer.

        Arguments: `fields`, checked; `method` and `minor`, of the request; `persistent`, whether it is not the last.
        """
        lines = [
            self.status_line(status),
            *self.date_lines(status, fields),
            *self.field_lines(fields),
            *self.framing_lines(status, body),
            *self.connection_lines(minor, persistent=persistent),
        ]
        return b"".join(line + b"\r\n" for line in lines) + b"\r\n" + self.content(method, status, body)

    def status_line(self, status: int) -> bytes:
        """The version of the server, whatever the request's; the space stays without a reason (RFC 9112, 4)."""
        return b"HTTP/1.1 %d %s" % (status, self.reason(status))

    def reason(self, status: int) -> bytes:
        """The words for a status, or none."""
        return _REASONS.get(status, "").encode()

    def date_lines(self, status: int, fields: list[tuple[bytes, bytes]]) -> list[bytes]:  # noqa: ARG002
        """One Date (6.6.1), unless the host gave one."""
        return [] if any(name.lower() == b"date" for name, _ in fields) else [b"Date: " + self.date(time.time())]

    def date(self, now: float) -> bytes:
        """A time in seconds as HTTP writes it (5.6.7): in English, whatever the system speaks."""
        at = time.gmtime(now)
        day, month = _DAYS[at.tm_wday], _MONTHS[at.tm_mon - 1]
        clock = f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02}"
        return f"{day}, {at.tm_mday:02} {month} {at.tm_year:04} {clock} GMT".encode()

    def field_lines(self, fields: list[tuple[bytes, bytes]]) -> list[bytes]:
        """The host's fields, in its order, but those that the server writes itself."""
        return [name + b": " + value for name, value in fields if name.lower() not in self.OWN]

    def framing_lines(self, status: int, body: bytes) -> list[bytes]:
        """How the client knows where the content ends; not where there can be none (8.6)."""
        return [] if status in (204, 304) else [b"Content-Length: %d" % self.length(body)]

    def length(self, body: bytes) -> int:
        """The bytes of a body."""
        return len(body)

    def connection_lines(self, minor: int, *, persistent: bool) -> list[bytes]:
        """Whether the connection goes on: said where it does not go without saying (RFC 9112, 9.3)."""
        if not persistent:
            return [b"Connection: close"]
        return [b"Connection: keep-alive"] if minor < 1 else []

    def content(self, method: bytes, status: int, body: bytes) -> bytes:  # noqa: ARG002
        """The body, which an answer to HEAD does not have (9.3.2)."""
        return b"" if method == b"HEAD" else body

    def asks_to_close(self, fields: list[tuple[bytes, bytes]]) -> bool:
        """Whether the host wants the connection to end with this answer."""
        options = listed([value for name, value in fields if name.lower() == b"connection"])
        return b"close" in [option.lower() for option in options]
