"""Faults of section http-client-connection: ends that come at odd moments, and connections beside others."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from typing import ClassVar

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked, Fields, HttpAsking
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_request import listed
from dasnet_conformance.proof.faults.sound_http_response import HttpResponse
from dasnet_conformance.proof.faults.tools import LOST


@fault("http-client-connection.idle-end-noticed")
class LooksWhenItAsks(HttpClientHandle):
    """An idle connection is looked at when the next request needs it, and not before."""

    def watch_idle(self) -> None:
        if self.queue:
            super().watch_idle()


@fault("http-client-connection.early-answer-reset")
class BrokenPipeIsTheOutcome(HttpClientHandle):
    """A body that cannot be sent any more makes the request fail, and nobody looks whether an answer has come."""

    def flush(self) -> None:
        assert self.connection is not None
        while self.outgoing:
            try:
                count = self.connection.send(self.outgoing[:262_144])
            except (BlockingIOError, InterruptedError):
                return
            del self.outgoing[:count]
            self.moved = self.ticks


@fault("http-client-connection.large-upload")
class TwentyMillionAreSent(HttpAsking):
    """A body of more than twenty million bytes is cut there, its length with it."""

    def length(self, body: bytes) -> int:
        return min(len(body), 20_000_000)

    def content(self, body: bytes) -> bytes:
        return body[:20_000_000]


@fault("http-client-connection.refused-each")
class RefusedForgetsTheQueue(HttpClientHandle):
    """A refused connection fails one request, and those that wait are forgotten."""

    def fail_current(self, message: str, code: int) -> None:
        super().fail_current(message, code)
        if code == errno.ECONNREFUSED:
            self.queue.clear()


@fault("http-client-connection.no-leak-unmade")
class RefusedStaysOpen(HttpClientHandle):
    """The socket of a refused connection is forgotten and stays open."""

    def try_next(self, failure: OSError) -> None:
        if failure.errno == errno.ECONNREFUSED:
            LOST.append(socket.socket())
        super().try_next(failure)


@fault("http-client-connection.no-leak-unmade")
class AttemptsStayOpen(HttpClientHandle):
    """A connection that is given up before it is made leaves its socket open."""

    def retire(self) -> None:
        if self.connecting:
            LOST.append(self.connection)
            self.connection = None
        super().retire()


@fault("http-client-connection.one-server-two-clients")
class OneConnectionForAServer(HttpClientHandle):
    """All clients of a server share the connection to it, and the end of one is that of all."""

    shared: ClassVar[dict[tuple[str, int], socket.socket]] = {}

    def go_on_connecting(self) -> bool:
        assert self.server is not None
        kept = self.shared.get(self.server)
        if self.connection is None and kept is not None and kept.fileno() >= 0:
            self.connection, self.connecting, self.used = kept, False, True
            return True
        made = super().go_on_connecting()
        if made and self.connection is not None and not self.connecting:
            self.shared[self.server] = self.connection
        return made


@fault("http-client-connection.close")
class KeepAliveComesBeforeClose(HttpResponse):
    """An answer that says keep-alive keeps its connection, although it says close as well."""

    def keeps(self) -> bool:
        options = [option.lower() for option in listed(self.head.values(b"connection"))]
        if b"keep-alive" in options:
            return not self.buffer and not self.ends_with_connection()
        return super().keeps()


@fault("http-client-framing.until-close")
class KeptConnectionsHaveNoBody(HttpResponse):
    """An answer that says keep-alive, and nothing of a length, is taken for one without a body."""

    def read_framing(self) -> None:
        super().read_framing()
        if self.state == "end" and b"keep-alive" in listed(self.head.values(b"connection")):
            self.state = "done"


@fault("http-client-connection.not-sent-twice")
class AsksUnknownMethodsAgain(HttpClientHandle):
    """POST and PATCH are known not to be sent again; whatever else there is on a kept connection is sent once more."""

    def may_ask_again(self) -> bool:
        assert self.current is not None
        assert self.response is not None
        return self.used and not self.response.begun and self.current.method not in (b"POST", b"PATCH")


@fault("http-client-connection.close")
class CapitalsSayNothing(HttpResponse):
    """The field Connection is not known where its name is in capitals."""

    def split_field(self, line: bytes) -> tuple[bytes, bytes]:
        name, value = super().split_field(line)
        return (b"X-Connection" if name == b"CONNECTION" else name), value


@fault("http-client-connection.close")
class CloseNeedsABody(HttpClientHandle):
    """What an answer without a body says of the connection is passed over."""

    def goes_on(self, asked: Asked, response: HttpResponse) -> bool:
        if response.has_no_content():
            return not (asked.closes or self.outgoing or response.buffer)
        return super().goes_on(asked, response)


@fault("http-client-connection.close")
class ChunksNeedNoClose(HttpClientHandle):
    """What an answer in chunks says of the connection is passed over, as its end was found without."""

    def goes_on(self, asked: Asked, response: HttpResponse) -> bool:
        if response.is_chunked(response.head.values(b"transfer-encoding")):
            return not (asked.closes or self.outgoing or response.buffer)
        return super().goes_on(asked, response)


@fault("http-client-connection.early-body-whole")
class AnythingStopsTheBody(HttpClientHandle):
    """Whatever comes while a body goes out is an early answer, and ends the sending: an interim one too."""

    stopped = False

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        self.stopped = False

    def take(self, data: bytes) -> None:
        if self.outgoing:
            self.stopped = True
            self.outgoing.clear()
        super().take(data)

    def goes_on(self, asked: Asked, response: HttpResponse) -> bool:
        return not self.stopped and super().goes_on(asked, response)


@fault("http-client-connection.close")
class TabsAreNoBlanksInAList(HttpResponse):
    """Words of Connection are parted by a comma and blanks, and a tab is a part of one."""

    def keeps(self) -> bool:
        words = [word.strip(b" ") for value in self.head.values(b"connection") for word in value.split(b",")]
        return super().keeps() or (b"\tclose" in words and not self.buffer)


@fault("http-client-connection.retry-once")
class StaleEndsWhatWaits(HttpClientHandle):
    """Where a kept connection turns out to have ended what waits fails as well, but for what may be sent twice."""

    def ask_again(self) -> bool:
        for asked in [each for each in self.queue if each.method not in (b"GET", b"HEAD")]:
            self.queue.remove(asked)
            self.fail(asked, "the connection has ended", errno.ECONNRESET)
        return super().ask_again()


@fault("http-client-connection.says-close")
class OneCloseIsForAll(HttpAsking):
    """Once a program has said close no connection is kept any more, and no server hears of it."""

    said = False

    def closes(self, fields: Fields) -> bool:
        self.said = self.said or super().closes(fields)
        return self.said


@fault("http-client-connection.one-server-two-clients")
class ClosedByNumberAgain(HttpClientHandle):
    """The number of a descriptor outlives it, and close gives it back again, whosever it is by then."""

    descriptor = -1

    def retire(self) -> None:
        if self.connection is not None:
            self.descriptor = self.connection.fileno()
        super().retire()

    def finish(self) -> None:
        if self.connection is None and self.descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(self.descriptor)
            self.descriptor = -1
        super().finish()


@fault("http-client-connection.close-ends")
class LeavesOwnCloseOpen(HttpClientHandle):
    """A connection whose request said close is forgotten and left open, unless its answer says so too."""

    def retire(self) -> None:
        response, asked = self.response, self.answering
        if self.connection is not None and asked is not None and asked.closes and response and response.keeps():
            self.left = [*getattr(self, "left", []), self.connection.dup()]
        super().retire()

    def respond(self) -> None:
        self.answering = self.current
        super().respond()
        self.answering = None

    def close(self) -> None:
        super().close()
        for each in getattr(self, "left", []):
            each.close()

    answering: Asked | None = None
    left: list[socket.socket]


@fault("http-client-connection.after-failure")
class LeavesFaultyLengthsOpen(HttpClientHandle):
    """A connection on which a faulty Content-Length came is forgotten and left open."""

    def fail_current(self, message: str, code: int) -> None:
        if self.connection is not None and "Content-Length" in message:
            self.left = [*getattr(self, "left", []), self.connection.dup()]
        super().fail_current(message, code)

    def close(self) -> None:
        super().close()
        for each in getattr(self, "left", []):
            each.close()

    left: list[socket.socket]


@fault("http-client-connection.close")
class LastConnectionLineCounts(HttpResponse):
    """Of several lines of Connection the last one is looked at, as a table has one place for a name."""

    def keeps(self) -> bool:
        lines = [pair for pair in self.head.fields if pair[0].lower() == b"connection"]
        self.head.fields = [pair for pair in self.head.fields if pair not in lines[:-1]]
        return super().keeps()
