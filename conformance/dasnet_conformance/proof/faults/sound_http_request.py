"""What the parts of the sound HTTP server hand to each other: a request, the limits, and why a request is refused.

Plain data; nothing here decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

#: The characters of a token (RFC 9110, 5.6.2): of methods, names of fields and codings.
TOKEN: Final = frozenset(b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


class Refused(Exception):
    """A request that is answered with an error and ends its connection.

    Arguments: `status`, that of the answer; `why`, for the log.
    """

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


@dataclass(frozen=True)
class Limits:
    """What one connection may cost: bytes of a request line, a head and a body, fields, connections, and idle ticks."""

    line: int = 16_384
    head: int = 65_536
    fields: int = 256
    body: int = 16 << 20
    connections: int = 64
    stall: int | None = None


@dataclass
class Request:
    """One request, as far as it has been read.

    `minor` is the version behind `HTTP/1.`. `length` is what Content-Length says, None without one.
    """

    method: bytes = b""
    target: bytes = b""
    minor: int = 1
    fields: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)
    length: int | None = None
    chunked: bool = False
    persistent: bool = True
    expects: bool = False
    #: Bytes that it took of the connection.
    size: int = 0

    def values(self, name: bytes) -> list[bytes]:
        """The values of all fields of a name, which matches without case."""
        return [value for each, value in self.fields if each.lower() == name]


def listed(values: list[bytes]) -> list[bytes]:
    """The elements of a field that is a list (RFC 9110, 5.6.1), on one line or several; empty ones are passed over."""
    elements = (element.strip(b" \t") for value in values for element in value.split(b","))
    return [element for element in elements if element]
