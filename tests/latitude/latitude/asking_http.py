"""Variants of HTTP clients: how a request may look, what may be refused, and when things are done."""

from __future__ import annotations

import errno
import re
from collections import deque
from collections.abc import Iterable
from typing import Any

from dasnet_conformance.proof.faults.sound_http_asking import Asked, Fields, HttpAsking
from dasnet_conformance.proof.faults.sound_http_client import HttpClient
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_fields import Text
from dasnet_conformance.proof.faults.sound_http_response import BrokenError, HttpResponse

from .registry import variant


class _NotesVersions(HttpClientHandle):
    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        """And whether it is of a server that knows chunks."""
        self.asking.old_server = response.head.minor < 1  # type: ignore[attr-defined]
        return super().outcome_of(asked, response)


@variant("the framing of a request", also=(_NotesVersions,))
class LargeBodiesInChunks(HttpAsking):
    """Sends a body of more than 64 KiB in chunks, for its program has said that servers know HTTP/1.1, until one
    answers otherwise: RFC 9112, section 6.3 wants one of the two, and prefers a length."""

    old_server = False

    def in_chunks(self, body: bytes) -> bool:
        """Whether it is large, and the server reads them."""
        return len(body) > 65_536 and not self.old_server

    def framing_lines(self, method: bytes, body: bytes) -> list[bytes]:
        """The coding in place of the length."""
        return [b"Transfer-Encoding: chunked"] if self.in_chunks(body) else super().framing_lines(method, body)

    def content(self, body: bytes) -> bytes:
        """The body, in chunks where it is large."""
        if not self.in_chunks(body):
            return body
        parts = (body[at : at + 10_000] for at in range(0, len(body), 10_000))
        return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@variant("how long a target may be", falls_short=("http-client-request.fields-large",))
class TargetsOfFourKilobytes(HttpAsking):
    """Refuses a longer one, and cuts none: RFC 9112, section 3, recommends 8,000 bytes, and no more than that."""

    def check_target(self, method: bytes, target: bytes) -> None:
        """Not beyond."""
        if len(target) > 4_096:
            raise ValueError("a target that is too long")
        super().check_target(method, target)


@variant("how fields are written")
class FieldsInSmallLetters(HttpAsking):
    """Writes names of fields in small letters, and joins those of one name: neither means anything else."""

    def field_lines(self, fields: Fields) -> list[bytes]:
        """One line for each name."""
        joined: dict[bytes, list[bytes]] = {}
        for name, value in fields:
            if name.lower() not in (*self.OWN, b"host"):
                joined.setdefault(name.lower(), []).append(value)
        return [name + b":" + b", ".join(values) for name, values in joined.items()]


@variant("a Host field of the program")
class HostIsTheClients(HttpAsking):
    """Leaves out a Host field of the program, for the client knows whom it asks."""

    def host_lines(self, fields: Fields, host: str, port: int) -> list[bytes]:
        """Its own alone."""
        return super().host_lines([pair for pair in fields if pair[0].lower() != b"host"], host, port)


@variant("fields that are the client's own")
class RefusesOwnFields(HttpAsking):
    """Refuses Host, Content-Length and Transfer-Encoding of the program: what cannot be meant is not sent."""

    def check_name(self, name: bytes) -> None:
        """None of the three."""
        super().check_name(name)
        if name.lower() in (*self.OWN, b"host"):
            raise ValueError("that field is the client's own")


@variant("fields that are the client's own")
class NamesItself(HttpAsking):
    """Refuses User-Agent and Date of the program, for it says them itself; and a body of GET or DELETE."""

    def check_name(self, name: bytes) -> None:
        """Neither of the two."""
        super().check_name(name)
        if name.lower() in (b"user-agent", b"date"):
            raise ValueError("that field is the client's own")

    def framing_lines(self, method: bytes, body: bytes) -> list[bytes]:
        """RFC 9110, sections 9.3.1 and 9.3.5: such a body has no meaning."""
        if body and method in (b"GET", b"HEAD", b"DELETE", b"OPTIONS"):
            raise ValueError("a body without a meaning")
        return [b"User-Agent: named", *super().framing_lines(method, body)]


@variant("methods that nobody knows, and an empty target")
class RefusesOddRequests(HttpAsking):
    """Refuses a method that it does not know, and an empty target, and says so: nothing of them is sent."""

    KNOWN = (b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS")

    def check_method(self, method: bytes) -> None:
        """One of six."""
        if method not in self.KNOWN:
            raise ValueError("an unknown method")

    def target_of(self, target: bytes) -> bytes:
        """Something."""
        if not target:
            raise ValueError("no target")
        return target


@variant("how a refusal is told")
class RefusalsAreRaised(HttpClientHandle):
    """Raises for what it refuses, as the languages do that have exceptions, and calls no error back."""

    def refuse(self, message: str, code: int) -> int:
        """An exception."""
        raise ValueError(message)


@variant("the numbers of exchanges")
class NumbersWithGaps(HttpClientHandle):
    """Gives out every seventh number from a thousand on: they differ, and more is not said."""

    def number(self) -> int:
        """The next one."""
        self.last += 7 if self.last else 1_000
        return self.last


@variant("a connection for each request")
class AsksOnceOnEach(HttpAsking):
    """Says close in each request: a connection is worth keeping, and nobody has to."""

    def host_lines(self, fields: Fields, host: str, port: int) -> list[bytes]:
        """Beside Host."""
        return [*super().host_lines(fields, host, port), b"Connection: close"]

    def field_lines(self, fields: Fields) -> list[bytes]:
        """But for what is said already."""
        return super().field_lines([pair for pair in fields if pair[0].lower() != b"connection"])

    def closes(self, fields: Fields) -> bool:
        """Always."""
        return True


@variant("when a connection is begun")
class ConnectsAtOnce(HttpClientHandle):
    """Begins to connect when the server is named: no byte is sent and nothing told before a tick."""

    def init(self, host: str, port: int) -> bool:
        """Name the server, and begin."""
        named = super().init(host, port)
        if named:
            self.addresses = self.look_up(host, port)
            if self.addresses:
                self.try_next(OSError(errno.EADDRNOTAVAIL, "no address"))
        return named

    def watch_idle(self) -> None:
        """One that is under way need not be waited for while nobody asks."""
        if self.connecting and self.current is None and not self.queue:
            return
        super().watch_idle()


@variant("when a body is sent")
class ExpectsContinue(HttpClientHandle):
    """Sends a large body when the server has said go on, or a hundred ticks have passed: RFC 9110, section 10.1.1."""

    kept = b""
    since = 0

    def begin(self, asked: Asked) -> None:
        """Hold back what is large."""
        super().begin(asked)
        head, end, body = asked.data.partition(b"\r\n\r\n")
        self.kept = b""
        if len(body) > 65_536:
            self.kept, self.since = body, self.ticks
            self.outgoing[:] = head + b"\r\nExpect: 100-continue" + end

    def flush(self) -> None:
        """What is held back follows in time."""
        if self.kept and self.ticks - self.since > 100:
            self.release()
        super().flush()

    def release(self) -> None:
        """Send the body now."""
        self.outgoing += self.kept
        self.kept = b""

    def take(self, data: bytes) -> None:
        """Go on at the word."""
        if self.kept and data.startswith(b"HTTP/1.1 100"):
            self.release()
        super().take(data)

    def goes_on(self, asked: Asked, response: HttpResponse) -> bool:
        """Not where the body was never sent."""
        return not self.kept and super().goes_on(asked, response)


@variant("how much is read in a tick", counts_ticks=True)
class ReadsLittle(HttpClientHandle):
    """Reads 2 KiB in a tick: a frame has other things to do."""

    def receive(self) -> bool:
        """One piece."""
        assert self.connection is not None
        assert self.response is not None
        try:
            data = self.connection.recv(2_048)
        except (BlockingIOError, InterruptedError):
            return False
        if not data:
            return self.server_left()
        self.moved = self.ticks
        self.take(data)
        if self.response.done:
            self.respond()
            return True
        return False


@variant("how much is done in a tick")
class OneStepATick(HttpClientHandle):
    """Does one step in a tick, a connection, a request or a piece of an answer, and tells one outcome."""

    def turn(self) -> None:
        """One step."""
        try:
            self.go_on()
        except BrokenError as broken:
            self.fail_current(broken.why, broken.code)
        except OSError as error:
            self.fail_current(error.strerror or str(error), error.errno or errno.EIO)

    def tell_all(self) -> None:
        """One outcome."""
        if self.outcomes and self.owner is not None:
            name, *rest = self.outcomes.popleft()
            getattr(self.owner, name)(*rest)


@variant("requests sent in advance")
class AsksInAdvance(HttpClientHandle):
    """Sends up to three requests of GET ahead of their answers: RFC 9112, section 9.3.2 allows that."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.ahead: deque[Asked] = deque()

    def flush(self) -> None:
        """More of them behind the first, once that is out."""
        super().flush()
        while self.may_send_ahead():
            asked = self.queue.popleft()
            self.ahead.append(asked)
            self.outgoing += asked.data
            super().flush()

    def may_send_ahead(self) -> bool:
        """Whether another request may be sent before the answer to the one before."""
        asked = self.current
        fit = asked is not None and asked.method == b"GET" and not asked.closes and not self.outgoing
        following = self.queue[0] if self.queue else None
        return bool(
            fit
            and len(self.ahead) < 3
            and following is not None
            and following.method == b"GET"
            and not following.closes
        )

    def respond(self) -> None:
        """The next answer is that of the next request that is out."""
        assert self.response is not None
        rest = bytes(self.response.buffer) if self.ahead else b""
        if self.ahead:
            self.response.buffer.clear()
        super().respond()
        if self.ahead and self.connection is not None:
            self.current = self.ahead.popleft()
            self.response = self.response_class(self.current.method, self.limits)
            self.moved = self.ticks
            if rest:
                self.take(rest)
                if self.response.done:
                    self.respond()

    def retire(self) -> None:
        """What was sent ahead waits again."""
        self.queue.extendleft(reversed(self.ahead))
        self.ahead.clear()
        super().retire()

    def cancel(self, number: int) -> None:
        """One that is out ends the connection, and the others are asked again."""
        for asked in list(self.ahead):
            if asked.number == number:
                self.ahead.remove(asked)
                self.fail(asked, "it was cancelled", errno.ECANCELED)
                current, self.current = self.current, None
                self.retire()
                if current is not None:
                    self.queue.appendleft(current)
                return
        super().cancel(number)

    def finish(self) -> None:
        """All of them fail."""
        current, self.current = self.current, None
        if current is not None:
            self.fail(current, "the client was closed", errno.ECANCELED)
        self.queue.extendleft(reversed(self.ahead))
        self.ahead.clear()
        super().finish()


@variant("when a request is sent again")
class AsksOnceMore(HttpClientHandle):
    """Sends GET and HEAD once more, whatever connection ended: RFC 9110, section 9.2.2 allows what is idempotent."""

    again = 0

    def may_ask_again(self) -> bool:
        """Once for each request, before any byte of an answer."""
        asked, response = self.current, self.response
        assert asked is not None
        assert response is not None
        if response.begun or asked.method not in (b"GET", b"HEAD") or asked.number == self.again:
            return False
        self.again = asked.number
        return True


@variant("when a request is sent again")
class AsksOnceOnly(HttpClientHandle):
    """Sends nothing twice: a request on a kept connection that ended without an answer fails, whatever it is."""

    def may_ask_again(self) -> bool:
        """Never."""
        return False


@variant("targets that are none")
class EncodesTargets(HttpAsking):
    """Percent-encodes what no target has, and puts a slash in front of what begins without: then it is one."""

    def to_bytes(self, text: Text) -> bytes:
        """Text in UTF-8, in which it is percent-encoded."""
        return text if isinstance(text, bytes) else text.encode("utf-8")

    def target_of(self, target: bytes) -> bytes:
        """A path in characters that a target has; white space, and what would be a whole URI, stay to be refused."""
        if not target.startswith((b"/", b"*")) and b"://" not in target:
            target = b"/" + target
        return re.sub(rb'["<>\\^`{|}\x80-\xff]', lambda found: b"%%%02X" % found[0][0], target)


@variant("how a call is made in Python")
class RequestBeforeInitRaises(HttpClient):
    """Raises for a request without a server, and for init with a port that is none: they are the caller's faults."""

    def request(self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]] = (), body: bytes = b"") -> int:
        """Of a server that is known."""
        if not self.is_open():
            raise RuntimeError("there is no server to ask")
        return super().request(method, target, headers, body)

    def init(self, host: str, port: int) -> bool:
        """A port that there is."""
        if not 1 <= port <= 65_535:
            raise ValueError("no such port")
        return super().init(host, port)
