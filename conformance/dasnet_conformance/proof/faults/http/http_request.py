"""Faults of section http-request: request lines, targets, methods and versions."""

from __future__ import annotations

import re
import socket
from urllib.parse import unquote_to_bytes

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_answer import HttpAnswer
from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Refused, Request


@fault("http-request.get")
class AnswersWithoutItsBody(HttpAnswer):
    """Of what the host answered only the head arrives, with the length of the body that does not follow."""

    def content(self, method: bytes, status: int, body: bytes) -> bytes:  # noqa: ARG002
        return b""


@fault("http-request.get")
class MethodAndTargetSwapped(HttpHandle):
    """The callback is given the target as the method and the method as the target."""

    def tell_request(self, number: int, request: Request) -> None:
        request.method, request.target = request.target, request.method
        super().tell_request(number, request)


@fault("http-request.in-next-tick")
class ReadsEverySecondTick(HttpHandle):
    """One tick takes who waits, the next reads: a request that has arrived is not called back in the next tick."""

    even = False

    def turn(self, owner: object) -> None:
        self.even = not self.even
        if self.even:
            self.accept()
        else:
            super().turn(owner)


@fault("http-request.in-next-tick")
class AnswerLeavesATickLater(HttpConnection):
    """An answer that is given inside the callback leaves with the next tick only."""

    late = False

    def settle(self) -> None:
        pass

    def turn(self, deliver: object, steps: int) -> None:
        super().turn(deliver, steps)  # type: ignore[arg-type]
        if self.outgoing and not self.late:
            self.late = True
            return
        self.late = False
        super().settle()


@fault("http-request.partial-head")
class TakesAReadForAHead(HttpParser):
    """One read is taken for one whole head, and a head that comes in two pieces is answered 400."""

    def feed(self, data: bytes) -> None:
        if self.state == self.request_line and data.strip() and b"\r\n\r\n" not in data:
            raise Refused(400, "the head is not whole")
        super().feed(data)


@fault("http-request.partial-head")
class ForgetsTheBeginningOfALine(HttpParser):
    """What a read leaves of a line that is not complete is forgotten when the rest of it comes."""

    def feed(self, data: bytes) -> None:
        if not self.head_complete:
            self.buffer.clear()
            self.searched = 0
        super().feed(data)


@fault("http-request.partial-head")
class MissesALineEndThatIsCut(HttpParser):
    """The end of a line is looked for where the last read ended, and one cut between CR and LF is never found."""

    def take_line(self, most: int, too_long: int) -> bytes | None:
        searched = self.searched
        found = self.buffer.find(b"\r\n", searched)
        if 0 < searched <= len(self.buffer) and found < 0:
            self.searched = len(self.buffer)
            return None
        return super().take_line(most, too_long)


@fault("http-request.after-head")
class CallsBackAfterTheRequestLine(HttpParser):
    """The callback fires as soon as the request line is there, without the fields that follow it."""

    skipping = False

    def begin(self) -> None:
        super().begin()
        if self.skipping:
            self.state = self.skip_fields

    def request_line(self) -> bool:
        advanced = super().request_line()
        if self.request.target:
            self.skipping = self.complete = True
        return advanced

    def skip_fields(self) -> bool:
        line = self.take_line(self.limits.head, 431)
        if not line:
            self.skipping = line is None
            self.state = self.skip_fields if self.skipping else self.request_line
        return line is not None


@fault("http-request.target-unchanged")
class DecodesTheTarget(HttpParser):
    """The target is handed over percent-decoded, and %2F has become a slash."""

    def end_of_request(self) -> None:
        self.request.target = unquote_to_bytes(self.request.target)
        super().end_of_request()


@fault("http-request.target-unchanged")
class CutsTheQueryOff(HttpParser):
    """The target ends at its question mark, and the query is lost."""

    def end_of_request(self) -> None:
        self.request.target = self.request.target.partition(b"?")[0]
        super().end_of_request()


@fault("http-request.target-unchanged")
class TargetEndsAtAnEncodedNul(HttpParser):
    """The target is kept as a string of C after decoding, and ends at %00."""

    def end_of_request(self) -> None:
        self.request.target = self.request.target.partition(b"%00")[0]
        super().end_of_request()


@fault("http-request.method-case")
class TakesSmallGetForGet(HttpParser):
    """Methods are compared without case, and get is handed over as GET."""

    def end_of_request(self) -> None:
        self.request.method = self.request.method.upper()
        super().end_of_request()


@fault("http-request.method-case")
class TakesSmallHeadForHead(HttpAnswer):
    """Methods are compared without case where an answer is written, and the one to a head has no content."""

    def content(self, method: bytes, status: int, body: bytes) -> bytes:
        return super().content(method.upper(), status, body)


@fault("http-request.connect-refused")
class SaysYesToConnect(HttpConnection):
    """CONNECT is answered 200 by the server itself."""

    def refuse(self, status: int, why: str) -> None:
        super().refuse(200 if status == 501 else status, why)


@fault("http-request.options-star")
class KnowsNoAsterisk(HttpParser):
    """OPTIONS with an asterisk is answered 400, as any target that does not begin with a slash."""

    def is_asterisk(self, method: bytes, target: bytes) -> bool:  # noqa: ARG002
        return False


@fault("http-request.leading-empty-line")
class RefusesAnEmptyLineBefore(HttpParser):
    """An empty line before the request line, as old clients send it behind a body, is answered 400."""

    def empty_line_before(self) -> None:
        raise Refused(400, "the request line is empty")


@fault("http-request.empty-line-between")
class SkipsEmptyLinesAtTheBeginning(HttpParser):
    """Empty lines are skipped before the first request of a connection; behind a body they are answered 400."""

    begun_before = False

    def empty_line_before(self) -> None:
        if self.begun_before:
            raise Refused(400, "the request line is empty")
        super().empty_line_before()

    def end_of_request(self) -> None:
        self.begun_before = True
        super().end_of_request()


@fault("http-request.line-invalid")
class TakesFirstSecondAndLastWord(HttpParser):
    """Of a request line with too many words the first two and the last are taken, and the target is a guess."""

    def split_request_line(self, line: bytes) -> tuple[bytes, bytes, bytes]:
        words = line.split(b" ")
        return super().split_request_line(b" ".join([*words[:2], words[-1]]) if len(words) > 3 else line)


@fault("http-request.line-invalid")
class TakesSpacesIntoTheTarget(HttpParser):
    """Everything between the first and the last space is the target, spaces included."""

    def split_request_line(self, line: bytes) -> tuple[bytes, bytes, bytes]:
        method, _, rest = line.partition(b" ")
        target, _, version = rest.rpartition(b" ")
        return method, target, version

    def check_target_bytes(self, target: bytes) -> None:
        super().check_target_bytes(target.replace(b" ", b""))


@fault("http-request.line-invalid")
class EndsTargetsAtNul(HttpParser):
    """A target ends at its first NUL, as a string of C does, and what is called back is a part of it."""

    def split_request_line(self, line: bytes) -> tuple[bytes, bytes, bytes]:
        method, target, version = super().split_request_line(line)
        return method, target.partition(b"\0")[0], version


@fault("http-request.line-rejected")
class TakesControlsInTargets(HttpParser):
    """Control characters in a target are handed over to the host."""

    def check_target_bytes(self, target: bytes) -> None:
        super().check_target_bytes(re.sub(rb"[\x00-\x1f\x7f]", b"_", target))


@fault("http-request.line-invalid")
class TakesNoTargetForTheRoot(HttpParser):
    """A request line without a target is taken for one that asks for the root."""

    def split_request_line(self, line: bytes) -> tuple[bytes, bytes, bytes]:
        words = line.split()
        return (words[0], b"/", words[1]) if len(words) == 2 else super().split_request_line(line)


@fault("http-request.without-version")
class AnswersTheOldestVersion(HttpParser):
    """A line without a version is the request of an HTTP/0.9 client, and gets an answer at once."""

    def split_request_line(self, line: bytes) -> tuple[bytes, bytes, bytes]:
        return super().split_request_line(line + b" HTTP/1.0" if line.count(b" ") == 1 else line)

    def request_line(self) -> bool:
        whole = bytes(self.buffer)
        advanced = super().request_line()
        if advanced and self.request.target and whole.split(b"\r\n")[0].count(b" ") == 1:
            self.end_of_request()
        return advanced


@fault("http-request.target-beyond-ascii")
class TakesAnyByteInTargets(HttpParser):
    """Bytes above ASCII in a target are handed over, and each host decodes them differently."""

    def check_target_bytes(self, target: bytes) -> None:
        super().check_target_bytes(re.sub(rb"[\x80-\xff]", b"_", target))


@fault("http-request.version-syntax")
class ReadsVersionsWithoutCase(HttpParser):
    """http/1.1 in small letters is taken for a version."""

    def version_of(self, word: bytes) -> tuple[int, int]:
        return super().version_of(word.upper())


@fault("http-request.version-syntax")
class ReadsVersionsByScanf(HttpParser):
    """The two numbers of a version are read with scanf, so that 01.1 and 1.10 are numbers as well."""

    def version_of(self, word: bytes) -> tuple[int, int]:
        found = re.fullmatch(rb"HTTP/([0-9]+)\.([0-9]+)", word)
        return (int(found[1]), int(found[2])) if found else super().version_of(word)


@fault("http-request.version-syntax")
class LooksAtTheBeginningOfVersions(HttpParser):
    """Only the beginning of a version is compared, and whatever follows is passed over."""

    def version_of(self, word: bytes) -> tuple[int, int]:
        return (1, 1) if word.startswith(b"HTTP/1") else super().version_of(word)


@fault("http-request.version-major")
class ServesEveryMajorVersion(HttpParser):
    """A request line with HTTP/2.0 is served as if it were HTTP/1.1."""

    def minor_of(self, major: int, minor: int) -> int:
        return 1 if major != 1 else super().minor_of(major, minor)


@fault("http-request.version-minor")
class RefusesHigherMinorVersions(HttpParser):
    """HTTP/1.2 is answered 505, though every later HTTP/1 can be served as 1.1."""

    def minor_of(self, major: int, minor: int) -> int:
        if minor > 1:
            raise Refused(505, "an unknown version")
        return super().minor_of(major, minor)


@fault("http-request.line-rejected")
class BadLinesGetNoAnswer(HttpConnection):
    """A request line that is none is answered 200 with nothing in it, as if all were well."""

    def refuse(self, status: int, why: str) -> None:
        super().refuse(200 if status == 400 and not self.parser.request.target else status, why)


@fault("http-request.line-rejected")
class ReadsOnBehindBadLines(HttpConnection):
    """Behind a request line that is none the server answers 400, and reads on, line by line."""

    def refuse(self, status: int, why: str) -> None:
        if status != 400 or self.parser.request.target:
            super().refuse(status, why)
            return
        request = self.parser.request
        self.owe(Exchange(0, request, self.write(request, status, [], b"", persistent=True)))
        self.parser.begin()
        self.release()


@fault("http-request.line-rejected")
class TakesAnyMethod(HttpParser):
    """What stands before the first space is the method, whatever it is."""

    def check_method(self, method: bytes) -> None:
        super().check_method(b"CONNECT" if method == b"CONNECT" else b"GET")


@fault("http-request.version-told")
class EveryVersionIsTheNewest(HttpHandle):
    """The callback is told HTTP/1.1 whatever the request said."""

    def tell_request(self, number: int, request: Request) -> None:
        minor, request.minor = request.minor, 1
        super().tell_request(number, request)
        request.minor = minor


@fault("http-request.version-told")
class TheFirstVersionStays(HttpHandle):
    """The version is looked at once for each connection, and the callback is told that of its first request."""

    def tell_request(self, number: int, request: Request) -> None:
        connection = self.pending[number][0]
        minor = request.minor
        request.minor = connection.__dict__.setdefault("first_minor", minor)
        super().tell_request(number, request)
        request.minor = minor


@fault("http-request.clients-apart")
class OneBufferForAllClients(HttpHandle):
    """What has come of a head is kept in one place, and two clients write into it in turns."""

    shared: bytearray | None = None

    def make_connection(self, client: socket.socket) -> HttpConnection:
        connection = super().make_connection(client)
        if self.shared is None:
            self.shared = connection.parser.buffer
        connection.parser.buffer = self.shared
        return connection
