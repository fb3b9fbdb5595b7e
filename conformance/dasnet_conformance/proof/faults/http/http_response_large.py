"""Faults of section http-response, continued: heads that do not fit, and fields that are known in one case."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_answer import HttpAnswer


@fault("http-response.fields-arrive")
class SixteenKibibytesOfHead(HttpAnswer):
    """The head of an answer has a buffer of sixteen kibibytes, and fields that do not fit are left out."""

    def field_lines(self, fields: list[tuple[bytes, bytes]]) -> list[bytes]:
        lines, size = [], 0
        for line in super().field_lines(fields):
            size += len(line) + 2
            if size <= 16_384:
                lines.append(line)
        return lines


@fault("http-response.framing-fields-given")
class SendsACodingInSmallLetters(HttpAnswer):
    """A Transfer-Encoding of the host is left out as it is usually written, and in small letters it is sent."""

    def field_lines(self, fields: list[tuple[bytes, bytes]]) -> list[bytes]:
        given = [name + b": " + value for name, value in fields if name == b"transfer-encoding"]
        return [*super().field_lines(fields), *given]


@fault("http-response.framing-fields-given")
class SendsAConnectionInCapitals(HttpAnswer):
    """A Connection of the host in capitals is sent, and the server goes by the one that it knows."""

    def field_lines(self, fields: list[tuple[bytes, bytes]]) -> list[bytes]:
        given = [name + b": " + value for name, value in fields if name == b"CONNECTION"]
        return [*super().field_lines(fields), *given]

    def asks_to_close(self, fields: list[tuple[bytes, bytes]]) -> bool:
        return super().asks_to_close([field for field in fields if field[0] != b"CONNECTION"])


@fault("http-response.body-exact")
class TrimsTheEndOfAShortBody(HttpAnswer):
    """A short body is a text, and the NULs at its end are none of it."""

    def trimmed(self, body: bytes) -> bytes:
        """The text."""
        return body.rstrip(b"\0") if len(body) < 64 else body

    def length(self, body: bytes) -> int:
        return len(self.trimmed(body))

    def content(self, method: bytes, status: int, body: bytes) -> bytes:
        return super().content(method, status, self.trimmed(body))
