"""Faults of section http-client-answer: marks of a head that are read as something else."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_response import HttpResponse


@fault("http-client-answer.folded")
class FirstLineMayBeIndented(HttpResponse):
    """White space in front of the first field is passed over, and what stands behind it is a field."""

    def folded(self, line: bytes) -> None:
        if self.state == "field" and not self.head.fields:
            self.read_field(line.lstrip(b" \t"))
        else:
            super().folded(line)


@fault("http-client-answer.value-line-ends")
class ReasonsUnchecked(HttpResponse):
    """A lone CR in a reason is handed over with it."""

    def reason_of(self, words: list[bytes]) -> bytes:
        return words[2] if len(words) > 2 else b""


@fault("http-client-answer.value-bytes")
class CommasHaveABlank(HttpResponse):
    """A value is taken for a list, and handed over with a blank behind each comma."""

    def trim(self, value: bytes) -> bytes:
        return b", ".join(part.strip(b" \t") for part in value.split(b","))


@fault("http-client-answer.version-old")
class OldConnectionsByKeepAlive(HttpResponse):
    """A connection of HTTP/1.0 goes on where there is a field Keep-Alive, whatever Connection says."""

    def old_goes_on(self, options: list[bytes]) -> bool:
        return super().old_goes_on([*options, b"keep-alive"] if self.head.values(b"keep-alive") else options)


@fault("http-client-answer.version-old")
class OldConnectionsByProxyConnection(HttpResponse):
    """Proxy-Connection counts as Connection does."""

    def old_goes_on(self, options: list[bytes]) -> bool:
        return super().old_goes_on([*options, *self.head.values(b"proxy-connection")])


@fault("http-client-answer.version-old")
class OldCodingsAreOverlooked(HttpResponse):
    """HTTP/1.0 knows no Transfer-Encoding, so that the field is passed over, and Content-Length counts."""

    def head_is_whole(self) -> None:
        if self.head.minor == 0 and self.head.values(b"content-length"):
            self.head.fields = [each for each in self.head.fields if each[0].lower() != b"transfer-encoding"]
        super().head_is_whole()


@fault("http-client-connection.keep-alive")
class OfferedUpgradeEndsTheConnection(HttpResponse):
    """Where a server offers another protocol the connection is given up: it might be spoken there already."""

    def keeps(self) -> bool:
        return not self.head.values(b"upgrade") and super().keeps()


@fault("http-client-connection.idle-end")
class DataAloneIsSeenWhenIdle(HttpClientHandle):
    """On an idle connection bytes are looked for, and its end is found when the next request is out."""

    def watch_idle(self) -> None:
        if self.connection is None or self.connecting:
            return
        try:
            if self.connection.recv(1):
                self.retire()
        except OSError:
            pass
