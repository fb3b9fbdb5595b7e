"""Faults of section http-request, continued: fields that are looked for wherever they may be, and their odd names."""

from __future__ import annotations

import re

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Request


class _Raw(HttpParser):
    # Keeps the head as it came.
    head = b""

    def begin(self) -> None:
        super().begin()
        self.head = b""

    def read_request_line(self, request: Request, line: bytes) -> None:
        self.head += line + b"\r\n"
        super().read_request_line(request, line)

    def read_field(self, request: Request, line: bytes) -> None:
        self.head += line + b"\r\n"
        super().read_field(request, line)

    def anywhere(self, name: bytes) -> bytes | None:
        """What stands behind a name, wherever that is."""
        found = re.search(rb"(?i)" + name + rb":[ \t]*([^\r\n ]*)", self.head)
        return found and found[1]


@fault("http-framing.length-absent")
class FindsALengthAnywhere(_Raw):
    """Content-Length is searched for in the head as it came, and found in a value or a target that names it."""

    def read_framing(self, request: Request) -> None:
        super().read_framing(request)
        found = self.anywhere(b"content-length")
        if found and found.isdigit() and not request.chunked:
            request.length = int(found)


@fault("http-connection.keeps-alive")
class FindsCloseAnywhere(_Raw):
    """Connection is searched for in the head as it came, and a value that names it ends the connection."""

    def is_persistent(self, request: Request) -> bool:
        return super().is_persistent(request) and b"connection: close" not in self.head.lower()


@fault("http-framing.length-body")
class ABodyIsNoneBesideUpgrade(HttpParser):
    """Behind a head that names another protocol nothing is read as a body, although nothing is switched to."""

    def read_framing(self, request: Request) -> None:
        super().read_framing(request)
        if request.values(b"upgrade"):
            request.length, request.chunked = None, False


@fault("http-request.fields-in-order")
class NamesOfItsLanguage(HttpParser):
    """Fields are kept in an object as its language has them, which has values for some names beforehand."""

    OWN = frozenset({b"constructor", b"tostring", b"valueof", b"hasownproperty"})

    def add(self, request: Request, name: bytes, value: bytes) -> None:
        if name.lower() in self.OWN:
            value = b"function () { [native code] }, " + value
        super().add(request, name, value)


@fault("http-request.bare-cr")
class NamesMayHoldACr(HttpParser):
    """The pattern of a name takes a CR for the end of a line, and so for the end of what it has to look at."""

    def check_name(self, name: bytes) -> None:
        super().check_name(name.partition(b"\r")[0])
