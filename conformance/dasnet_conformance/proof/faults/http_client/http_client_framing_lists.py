"""Faults of section http-client-framing: several fields of a name, and what stands behind a chunk or an answer."""

from __future__ import annotations

import re
import socket
from contextlib import suppress

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_request import listed
from dasnet_conformance.proof.faults.sound_http_response import BrokenError, HttpResponse


@fault("http-client-framing.length-differ")
class TwoLengthsAreCompared(HttpResponse):
    """Of several values of Content-Length the first two are compared."""

    def lengths_differ(self, values: list[bytes]) -> int:
        numbers = listed(values)
        return self.length_number(numbers[0]) if numbers[:1] == numbers[1:2] else super().lengths_differ(values)


@fault("http-client-framing.length-invalid")
class LengthsThatAreNoneAreDropped(HttpResponse):
    """A Content-Length that is no number is passed over where another one is."""

    def length_of(self, values: list[bytes]) -> int:
        good = [value for value in values if re.fullmatch(rb"[0-9]+", value)]
        return super().length_of(good or values)


@fault("http-client-framing.chunk-data-end")
class WhiteSpaceEndsAChunk(HttpResponse):
    """Of the two bytes behind a chunk's data it is asked that they are white space."""

    def check_data_end(self, end: bytes) -> None:
        if end.strip():
            super().check_data_end(end)


class _Spelt(HttpResponse):
    """Of several fields of a name those count that are spelt as the first one."""

    NAME = b"content-length"

    def head_is_whole(self) -> None:
        first = next((name for name, _ in self.head.fields if name.lower() == self.NAME), b"")
        self.head.fields = [
            (name, value) for name, value in self.head.fields if name.lower() != self.NAME or name == first
        ]
        super().head_is_whole()


@fault("http-client-framing.length-differ")
class LengthsByTheirSpelling(_Spelt):
    """Fields lie in a table that tells capitals from small letters: Content-Length and content-length do not differ."""


@fault("http-client-framing.coding-not-final")
class CodingsByTheirSpelling(_Spelt):
    """Fields lie in a table that tells capitals from small letters: a coding in another spelling is not seen."""

    NAME = b"transfer-encoding"


@fault("http-client-connection.close")
class ConnectionByItsSpelling(_Spelt):
    """Fields lie in a table that tells capitals from small letters: a close in another spelling is not seen."""

    NAME = b"connection"


@fault("http-client-framing.chunked", "http-client-framing.head", "http-client-framing.no-content")
class EndRightBehindIsACut(HttpClientHandle):
    """An answer in chunks, or without content, is taken for cut where the connection ends right behind it."""

    def respond(self) -> None:
        response = self.response
        if response is not None and (response.has_no_content() or response.head.values(b"transfer-encoding")):
            with suppress(BlockingIOError):
                if self.connection is not None and not self.connection.recv(1, socket.MSG_PEEK):
                    raise BrokenError("the connection ended")
        super().respond()
