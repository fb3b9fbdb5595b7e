"""Faults of section http-client-answer: whose fields are handed over, and which of them are made one."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_response import HttpResponse


@fault("http-client-answer.cookies-apart")
class CookiesAreJoined(HttpResponse):
    """Lines of one name are joined with a comma, those of Set-Cookie too."""

    def head_is_whole(self) -> None:
        joined: dict[bytes, list[bytes]] = {}
        for name, value in self.head.fields:
            joined.setdefault(name.lower(), []).append(value)
        if len(joined.get(b"set-cookie", [])) > 1:
            self.head.fields = [(name, b", ".join(values)) for name, values in joined.items()]
        super().head_is_whole()


@fault("http-client-answer.interim-fields")
class InterimFieldsStay(HttpResponse):
    """The fields of an interim answer are handed over with those of the final one."""

    def interim(self) -> None:
        early = list(self.head.fields)
        super().interim()
        self.head.fields.extend(early)


@fault("http-client-answer.status-line")
class FieldsInSmallLetters(HttpResponse):
    """A line is put into small letters before it is split, and so is the place that it tells of."""

    def trim(self, value: bytes) -> bytes:
        return super().trim(value).lower()


@fault("http-client-answer.value-bytes")
class TrimsAsALibraryDoes(HttpResponse):
    """Values of answers are trimmed as text, and of what a library calls white space, not as HTTP has it."""

    def trim(self, value: bytes) -> bytes:
        return value.decode("latin-1").strip().encode("latin-1")


@fault("http-client-framing.trailers")
class TakesCookiesFromTrailers(HttpResponse):
    """A cookie that is set behind a body is handed over with those of the head."""

    def read_trailer(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"set-cookie":
            self.head.fields.append((name, value))


@fault("http-client-answer.fields-in-order")
class EqualLinesAreOne(HttpResponse):
    """Of lines with equal names and equal values the first alone is handed over."""

    def head_is_whole(self) -> None:
        self.head.fields = list(dict.fromkeys(self.head.fields))
        super().head_is_whole()


@fault("http-client-answer.value-line-ends")
class LinesByCrLfAlone(HttpResponse):
    """A line ends with CR LF, and a lone LF is a byte of a value like any other."""

    line_end = b"\r\n"

    def check_value(self, value: bytes) -> None:
        super().check_value(value.replace(b"\n", b""))


@fault("http-client-answer.cookies-apart")
class CookiesByTheirUsualName(HttpResponse):
    """Lines of one name are joined with a comma, and Set-Cookie is left out of that where it is written so."""

    def head_is_whole(self) -> None:
        joined: dict[bytes, list[bytes]] = {}
        apart = [(name, value) for name, value in self.head.fields if name == b"Set-Cookie"]
        for name, value in self.head.fields:
            if name != b"Set-Cookie":
                joined.setdefault(name.lower(), []).append(value)
        self.head.fields = apart + [(name, b", ".join(values)) for name, values in joined.items()]
        super().head_is_whole()
