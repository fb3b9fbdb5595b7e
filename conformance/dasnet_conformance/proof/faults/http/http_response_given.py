"""Faults of section http-response, continued: what a server makes of what a program gives it."""

from __future__ import annotations

import gzip
import re
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_answer import HttpAnswer
from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection

Fields = list[tuple[bytes, bytes]]


@fault("http-response.fields-arrive")
class OneCookieOfAName(HttpAnswer):
    """Of cookies with one name the last is sent, though the program has set them for two paths."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        lines = super().field_lines(fields)
        names = [re.match(rb"(?i)set-cookie: *[^=]*=", line) for line in lines]
        kept = {found[0]: number for number, found in enumerate(names) if found}
        return [line for number, line in enumerate(lines) if not names[number] or number in kept.values()]


@fault("http-response.fields-arrive")
class TypesHaveACharset(HttpAnswer):
    """A type of text gets a charset, where the program has named none."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        return [
            line + b"; charset=utf-8" if re.fullmatch(rb"(?i)content-type: text/[^;]*", line) else line
            for line in super().field_lines(fields)
        ]


@fault("http-response.fields-arrive")
class CachingIsItsOwn(HttpAnswer):
    """What is said of caching is the server's own, and what the program says of it is left out."""

    OWN = (*HttpAnswer.OWN, b"cache-control", b"vary", b"etag")


@fault("http-response.date")
class NoDateWithoutContent(HttpAnswer):
    """Answers that have no content have no Date, as they are written in another place."""

    def date_lines(self, status: int, fields: Fields) -> list[bytes]:
        return [] if status in (204, 304) else super().date_lines(status, fields)


@fault("http-response.error-answers-have-date")
class TooLargeIsSaidWithoutDate(HttpAnswer):
    """What is too large is turned down by an answer that is written ahead, without Date."""

    def date_lines(self, status: int, fields: Fields) -> list[bytes]:
        return [] if status in (413, 414, 431) else super().date_lines(status, fields)


@fault("http-response.no-content")
class SendsALengthThatIsGivenWith204(HttpAnswer):
    """The framing of a program is left out where the server writes its own, which it does not with 204."""

    def write(self, status: int, *arguments: Any, **more: Any) -> bytes:
        self.OWN = (b"connection",) if status == 204 else HttpAnswer.OWN
        return super().write(status, *arguments, **more)


@fault("http-response.framing-fields-given")
class SendsAFramingThatIsGivenForHead(HttpAnswer):
    """In an answer to HEAD the fields of the program are sent as they are, and those of the server beside them."""

    def write(self, *arguments: Any, method: bytes, **more: Any) -> bytes:
        self.OWN = (b"connection",) if method == b"HEAD" else HttpAnswer.OWN
        return super().write(*arguments, method=method, **more)


@fault("http-response.injection")
class ValuesMayGoOnInTheNextLine(HttpAnswer):
    """A line end in a value is sent where a blank follows it, as long values were folded once."""

    def check_value(self, value: bytes) -> None:
        super().check_value(re.sub(rb"\r?\n[ \t]", b" ", value))


@fault("http-response.body-exact")
class CompressesForWhoAccepts(HttpConnection):
    """A body of more than a thousand bytes is compressed for a client that accepts it, whatever the program gave."""

    def answer(self, exchange: Exchange, status: int, fields: Fields, body: bytes) -> None:
        if len(body) > 1_000 and b"gzip" in b"".join(exchange.request.values(b"accept-encoding")):
            body = gzip.compress(body)
            fields = [*fields, (b"Content-Encoding", b"gzip")]
        super().answer(exchange, status, fields, body)
