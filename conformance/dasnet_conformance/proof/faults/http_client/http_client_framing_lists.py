"""Faults of section http-client-framing: several lengths, and what may stand behind a chunk."""

from __future__ import annotations

import re

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_request import listed
from dasnet_conformance.proof.faults.sound_http_response import HttpResponse


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
