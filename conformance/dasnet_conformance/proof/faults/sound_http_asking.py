"""How the sound HTTP client writes a request: what a program may give, and what goes out; each decision a method.

The sections named are those of RFC 9112, but where another is said. Imports nothing of ours but the data beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .sound_http_fields import FieldRules, Text
from .sound_http_request import TOKEN, listed

Fields = list[tuple[bytes, bytes]]


@dataclass
class Asked:
    """One request that was accepted: its number, what goes out for it, and the tick in which it was made."""

    number: int
    method: bytes
    data: bytes
    since: int
    closes: bool = False


class HttpAsking(FieldRules):
    """Writes requests. Whatever HTTP forbids is a `ValueError`, and then nothing was written."""

    #: Fields of the program that are left out, for the client writes its own.
    OWN: tuple[bytes, ...] = (b"content-length", b"transfer-encoding")
    #: Methods that mean a body, so that none is told of as well (RFC 9110, 8.6).
    WITH_BODY: tuple[bytes, ...] = (b"POST", b"PUT", b"PATCH")
    VERSION = b"HTTP/1.1"

    def write(
        self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], body: bytes, host: str, port: int
    ) -> tuple[bytes, bytes, bool]:
        """The whole request.

        Returns the method, what goes out, and whether it says close. Raises `ValueError` for what HTTP forbids.
        """
        verb, path = self.to_bytes(method), self.to_bytes(target)
        self.check_method(verb)
        path = self.target_of(path)
        self.check_target(verb, path)
        fields = [self.check_field(self.to_bytes(name), self.to_bytes(value)) for name, value in headers]
        lines = [
            self.request_line(verb, path),
            *self.host_lines(fields, host, port),
            *self.field_lines(fields),
            *self.framing_lines(verb, body),
        ]
        return verb, b"".join(line + b"\r\n" for line in lines) + b"\r\n" + self.content(body), self.closes(fields)

    def check_method(self, method: bytes) -> None:
        """A method is a token (RFC 9110, 9.1)."""
        if not method or not all(byte in TOKEN for byte in method):
            raise ValueError(f"{method!r} is no method")

    def target_of(self, target: bytes) -> bytes:
        """A path, a slash where there is none (3.2.1)."""
        return target or b"/"

    def check_target(self, method: bytes, target: bytes) -> None:
        """A path and a query in visible ASCII, or the asterisk of OPTIONS; no fragment (RFC 9110, 7.1)."""
        if not all(0x21 <= byte <= 0x7E for byte in target) or b"#" in target:
            raise ValueError(f"{target!r} has bytes that no target has")
        if not target.startswith(b"/") and (method, target) != (b"OPTIONS", b"*"):
            raise ValueError(f"{target!r} is no path")

    def request_line(self, method: bytes, target: bytes) -> bytes:
        """The three words (3)."""
        return b"%s %s %s" % (method, target, self.VERSION)

    def host_lines(self, fields: Fields, host: str, port: int) -> list[bytes]:
        """One Host, first of all; the program's own if it has one (3.2)."""
        own = [value for name, value in fields if name.lower() == b"host"]
        if len(own) > 1 or not all(map(self.is_host, own)):
            raise ValueError("more than one Host, or one that is none")
        return [b"Host: " + (own[0] if own else self.host_of(host, port))]

    def is_host(self, value: bytes) -> bool:
        """A name or an address, and perhaps a port (RFC 9110, 7.2)."""
        return re.fullmatch(rb"(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z!$%&'()*+,;=._~-]*)(:[0-9]*)?", value) is not None

    def host_of(self, host: str, port: int) -> bytes:
        """Name and port, an address of IPv6 in brackets; 80 goes without saying."""
        name = f"[{host}]" if ":" in host else host
        return (name if port == 80 else f"{name}:{port}").encode("ascii")

    def field_lines(self, fields: Fields) -> list[bytes]:
        """The program's fields, in its order, but those that the client writes itself."""
        return [name + b": " + value for name, value in fields if name.lower() not in (*self.OWN, b"host")]

    def framing_lines(self, method: bytes, body: bytes) -> list[bytes]:
        """How the server knows where the body ends (6.3)."""
        return [b"Content-Length: %d" % self.length(body)] if body or method in self.WITH_BODY else []

    def length(self, body: bytes) -> int:
        """The bytes of a body."""
        return len(body)

    def content(self, body: bytes) -> bytes:
        """The body as it goes out."""
        return body

    def closes(self, fields: Fields) -> bool:
        """Whether the program says that nothing follows (9.6)."""
        options = listed([value for name, value in fields if name.lower() == b"connection"])
        return b"close" in [option.lower() for option in options]
