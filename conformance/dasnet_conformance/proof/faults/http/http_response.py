"""Faults of section http-response: what an answer looks like on the wire, and what a host may put into it."""

from __future__ import annotations

import re
import time
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_answer import HttpAnswer
from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_request import Request

Fields = list[tuple[bytes, bytes]]


@fault("http-response.status-line")
class NoSpaceWithoutAReason(HttpAnswer):
    """Where there are no words for a status, the space behind the number is left out."""

    def status_line(self, status: int) -> bytes:
        return super().status_line(status).rstrip()


@fault("http-response.status-line")
class AlwaysOk(HttpAnswer):
    """The status line says 200 OK whatever the host gave."""

    def status_line(self, status: int) -> bytes:
        return super().status_line(200 if 200 <= status < 600 else status)


@fault("http-response.status-line")
class LinesEndWithLf(HttpAnswer):
    """Lines of an answer end with LF alone."""

    def write(self, status: int, fields: Fields, body: bytes, **more: Any) -> bytes:
        head, _, content = super().write(status, fields, body, **more).partition(b"\r\n\r\n")
        return head.replace(b"\r\n", b"\n") + b"\n\n" + content


@fault("http-response.version")
class AnswersInTheVersionOfTheRequest(HttpConnection):
    """A client of HTTP/1.0 is answered in HTTP/1.0, though the version is the server's own."""

    def write(self, request: Request, *arguments: Any, **more: Any) -> bytes:
        answer = super().write(request, *arguments, **more)
        return answer.replace(b"HTTP/1.1", b"HTTP/1.%d" % request.minor, 1)


@fault("http-response.framing")
class AnswersWithoutALength(HttpAnswer):
    """An answer has no length, and on a connection that stays open nobody knows where it ends."""

    def framing_lines(self, status: int, body: bytes) -> list[bytes]:  # noqa: ARG002
        return []


@fault("http-response.body-exact")
class LengthInCharacters(HttpAnswer):
    """The length of a body is counted in characters of UTF-8, and its last bytes are read as the next answer."""

    def length(self, body: bytes) -> int:
        return len(body.decode("utf-8", "ignore")) if not body.isascii() else len(body)


@fault("http-response.framing")
class LengthCountsTheEndOfAString(HttpAnswer):
    """The length counts the NUL behind a string of C, which is not sent."""

    def length(self, body: bytes) -> int:
        return len(body) + 1


@fault("http-response.framing")
class LengthAndCoding(HttpAnswer):
    """An answer has both a length and a coding, and is not chunked."""

    def framing_lines(self, status: int, body: bytes) -> list[bytes]:
        lines = super().framing_lines(status, body)
        return [*lines, b"Transfer-Encoding: chunked"] if lines else []


@fault("http-response.old-version-framing")
class ChunksForOldClients(HttpAnswer):
    """Answers are chunked, for clients of HTTP/1.0 as well."""

    def framing_lines(self, status: int, body: bytes) -> list[bytes]:
        return [b"Transfer-Encoding: chunked"] if super().framing_lines(status, body) else []

    def content(self, method: bytes, status: int, body: bytes) -> bytes:
        content = super().content(method, status, body)
        if method == b"HEAD" or status in (204, 304):
            return content
        return (b"%x\r\n%s\r\n" % (len(content), content) if content else b"") + b"0\r\n\r\n"


@fault("http-response.body-exact")
class BodiesInTextMode(HttpAnswer):
    """A body is written in text mode: LF becomes CR LF."""

    def content(self, method: bytes, status: int, body: bytes) -> bytes:
        return super().content(method, status, body).replace(b"\n", b"\r\n")

    def length(self, body: bytes) -> int:
        return len(body.replace(b"\n", b"\r\n"))


@fault("http-response.body-exact")
class BodiesEndAtANul(HttpAnswer):
    """A body is a string of C, and ends at its first NUL."""

    def write(self, status: int, fields: Fields, body: bytes, **more: Any) -> bytes:
        return super().write(status, fields, body.partition(b"\0")[0], **more)


@fault("http-response.body-exact")
class BodiesOfSixtyFourKibibytes(HttpAnswer):
    """A body has a buffer of 64 KiB, and what does not fit is not sent."""

    def content(self, method: bytes, status: int, body: bytes) -> bytes:
        return super().content(method, status, body)[: 1 << 16]


@fault("http-connection.slow-reader-whole")
class ForgetsWhatDidNotFit(HttpConnection):
    """How much the system took is not looked at, and the rest of a large answer is lost."""

    def flush(self) -> None:
        super().flush()
        self.outgoing.clear()


@fault("http-response.head-has-no-content")
class HeadHasABody(HttpAnswer):
    """An answer to HEAD has a body, which is read as the next answer."""

    def content(self, method: bytes, status: int, body: bytes) -> bytes:  # noqa: ARG002
        return body


@fault("http-response.head-has-no-content")
class ErrorsOfHeadHaveABody(HttpConnection):
    """An error answer has a text in its body, also where HEAD was asked for."""

    def refuse(self, status: int, why: str) -> None:
        self.parser.request.method = b"GET"
        super().refuse(status, why)

    def write(self, request: Request, status: int, fields: Fields, body: bytes, *, persistent: bool) -> bytes:
        return super().write(request, status, fields, body or b"an error", persistent=persistent)


@fault("http-response.head-has-no-content")
class FailedHeadHasABody(HttpHandle):
    """When the callback raised, the client gets a page that says so, also where it asked with HEAD."""

    def callback_failed(self, exchange: Exchange) -> None:
        if exchange.number in self.pending:
            exchange.request.method = b"GET"
            self.respond(exchange.number, 500, (), b"the callback raised")


@fault("http-response.head-has-the-fields")
class HeadSaysThereIsNothing(HttpAnswer):
    """An answer to HEAD says that its length is 0, though a GET would give more."""

    def write(self, status: int, fields: Fields, body: bytes, **more: Any) -> bytes:
        return super().write(status, fields, b"" if more["method"] == b"HEAD" else body, **more)


@fault("http-response.head-has-the-fields")
class HeadLosesItsFields(HttpAnswer):
    """An answer to HEAD has none of the host's fields."""

    def write(self, status: int, fields: Fields, body: bytes, **more: Any) -> bytes:
        return super().write(status, [] if more["method"] == b"HEAD" else fields, body, **more)


@fault("http-response.date")
class NoDate(HttpAnswer):
    """Answers have no Date."""

    def date_lines(self, status: int, fields: Fields) -> list[bytes]:  # noqa: ARG002
        return []


@fault("http-response.date")
class DateBesideTheHostsOwn(HttpAnswer):
    """An answer has its Date twice."""

    def date_lines(self, status: int, fields: Fields) -> list[bytes]:
        return super().date_lines(status, fields) * 2


@fault("http-response.date")
class DateAsTheSystemWritesIt(HttpAnswer):
    """The Date is written as ctime does, without a comma and without GMT."""

    def date(self, now: float) -> bytes:
        return time.asctime(time.gmtime(now)).encode()


@fault("http-response.date")
class DateWithoutZeros(HttpAnswer):
    """The day of a Date has no zero before it, and its hour none either."""

    def date(self, now: float) -> bytes:
        at = time.gmtime(now)
        return f"{at.tm_mday}-{at.tm_mon}-{at.tm_year} {at.tm_hour}:{at.tm_min} GMT".encode()


@fault("http-response.injection")
class ValuesAreNotLookedAt(HttpAnswer):
    """CR and LF in a value are sent, and whoever gave the value writes fields and answers of its own."""

    def check_value(self, value: bytes) -> None:
        pass


@fault("http-response.injection")
class OnlyPairsAreLookedFor(HttpAnswer):
    """CR LF in a value is refused, but LF alone is sent, and most clients take it for the same."""

    def check_value(self, value: bytes) -> None:
        super().check_value(value if b"\r\n" in value else value.replace(b"\n", b" ").replace(b"\r", b" "))


@fault("http-response.injection")
class ANulInAValueIsSent(HttpAnswer):
    """A NUL in a value is sent."""

    def check_value(self, value: bytes) -> None:
        super().check_value(value.replace(b"\0", b" "))


@fault("http-response.name-refused")
class NamesAreNotLookedAt(HttpAnswer):
    """The name of a field is sent whatever is in it, a colon and line ends included."""

    def check_name(self, name: bytes) -> None:
        pass


@fault("http-response.interim-refused")
class RefusesHalfWay(HttpHandle):
    """An answer with a field that HTTP forbids is refused, but the request counts as answered from then on."""

    def respond(self, number: int, status: int, headers: Any, body: bytes) -> bool:
        try:
            return super().respond(number, status, headers, body)
        except ValueError:
            self.pending.pop(number, None)
            raise


@fault("http-response.framing-fields-given")
class LengthOfTheHostBesideItsOwn(HttpAnswer):
    """A Content-Length of the host is sent beside the server's own, and they differ."""

    OWN = (b"transfer-encoding", b"connection")


@fault("http-response.framing-fields-given")
class CodingOfTheHostIsSent(HttpAnswer):
    """A Transfer-Encoding of the host is sent beside the length."""

    OWN = (b"content-length", b"connection")


@fault("http-response.status-refused")
class AnyNumberIsAStatus(HttpAnswer):
    """A status of two or four digits is sent."""

    def check_status(self, status: int) -> None:
        pass


@fault("http-response.interim-refused")
class InterimStatusesAreFinal(HttpAnswer):
    """An answer 100 of the host is sent as if it were final, and the client goes on waiting."""

    def check_status(self, status: int) -> None:
        super().check_status(200 if 100 <= status < 200 else status)


@fault("http-response.fields-arrive")
class FieldsOfTheHostAreLost(HttpAnswer):
    """Fields that the host gave are not sent."""

    def field_lines(self, fields: Fields) -> list[bytes]:  # noqa: ARG002
        return []


@fault("http-response.fields-arrive")
class OneFieldOfAName(HttpAnswer):
    """Fields of an answer are kept in a map, and of two cookies one is set."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        return super().field_lines(list({name.lower(): (name, value) for name, value in fields}.values()))


@fault("http-response.empty-body")
class NoLengthForNothing(HttpAnswer):
    """An answer without a body has no length, and the client waits for one until the connection ends."""

    def framing_lines(self, status: int, body: bytes) -> list[bytes]:
        return super().framing_lines(status, body) if body else []


class _OwnAnswers(HttpConnection):
    # What it answers by itself is written by other lines than what the host answers.

    def own(self, answer: bytes) -> bytes:
        return answer

    def write(self, request: Request, status: int, *arguments: Any, **more: Any) -> bytes:
        answer = super().write(request, status, *arguments, **more)
        return self.own(answer) if self.ending and not self.exchanges else answer


@fault("http-response.error-answers-are-whole")
class ErrorsAreJustALine(_OwnAnswers):
    """An error is answered by a status line alone, without the empty line that ends a head."""

    def own(self, answer: bytes) -> bytes:
        return answer.partition(b"\r\n")[0] + b"\r\n"


@fault("http-response.error-answers-are-whole")
class ErrorsHaveAWrongLength(_OwnAnswers):
    """The text of an error is longer than the length that is written in its head once and for all."""

    def own(self, answer: bytes) -> bytes:
        return answer.replace(b"Content-Length: 0", b"Content-Length: 11") + b"Bad Request\r\n"


@fault("http-response.error-answers-have-date")
class ErrorsHaveNoDate(_OwnAnswers):
    """Answers to faulty requests are written ahead, and have no Date."""

    def own(self, answer: bytes) -> bytes:
        return re.sub(rb"Date: [^\r]*\r\n", b"", answer)


@fault("http-response.framing-fields-given")
class LengthInSmallLettersIsNotItsOwn(HttpAnswer):
    """A Content-Length of the host is left out, but written in small letters it is sent beside the server's own."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        lines = super().field_lines(fields)
        return [*lines, *(name + b": " + value for name, value in fields if name == b"content-length")]


@fault("http-response.head-has-no-content")
class HeadIsForgottenInAPipeline(HttpConnection):
    """Whether an answer has content goes by the latest request, and behind a HEAD another one has come by then."""

    def write(self, request: Request, *arguments: Any, **more: Any) -> bytes:
        latest = self.exchanges[-1].request if self.exchanges else request
        return super().write(latest, *arguments, **more)


@fault("http-response.framing-fields-given")
class CloseOfTheHostIsSentAndForgotten(HttpAnswer):
    """A host that gives Connection: close has it sent, and the connection goes on."""

    OWN = (b"content-length", b"transfer-encoding")

    def asks_to_close(self, fields: Fields) -> bool:  # noqa: ARG002
        return False
