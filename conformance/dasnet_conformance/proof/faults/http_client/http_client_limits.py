"""Faults of section http-client-limits: what a client lets a server do to its host."""

from __future__ import annotations

import errno
import select
import socket
import time

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_response import BrokenError, HttpResponse


@fault("http-client-limits.head", "http-client-limits.head-endless")
class HeadsWithoutLimit(HttpResponse):
    """A head may be as large as it likes."""

    def check_head_size(self, size: int) -> None:
        pass


@fault("http-client-limits.head")
class LinesHaveALimitOfTheirOwn(HttpResponse):
    """The limit of a head is that of each line."""

    def read_line(self, line: bytes) -> None:
        super().read_line(line)
        self.head_size = 0


@fault("http-client-limits.head-endless")
class EndlessLineIsKept(HttpResponse):
    """The limit of a head is looked at when a line is whole."""

    def check_head_size(self, size: int) -> None:
        if b"\n" in self.buffer:
            super().check_head_size(size)


@fault("http-client-limits.body-length", "http-client-limits.body-chunked", "http-client-limits.body-until-close")
class BodiesWithoutLimit(HttpResponse):
    """A body may be as large as it likes."""

    def check_body(self, size: int) -> None:
        pass


@fault("http-client-limits.body-length")
class LengthIsNotLookedAt(HttpResponse):
    """A Content-Length beyond the limit is waited for."""

    def check_body(self, size: int) -> None:
        if self.state != "field":
            super().check_body(size)


@fault("http-client-limits.body-chunked")
class ChunksAreNotAdded(HttpResponse):
    """Each chunk has the limit of a whole body."""

    def check_body(self, size: int) -> None:
        super().check_body(size - len(self.body) if self.state in ("size", "data") else size)


@fault("http-client-limits.body-until-close")
class EndlessBodiesHaveNoLimit(HttpResponse):
    """A body without framing has no limit."""

    def check_body(self, size: int) -> None:
        if self.state != "end":
            super().check_body(size)


@fault("http-client-limits.within")
class LimitsAreHalved(HttpResponse):
    """Half of what is allowed is too much."""

    def check_body(self, size: int) -> None:
        super().check_body(2 * size)


@fault("http-client-limits.within")
class HeadLimitCountsBodies(HttpResponse):
    """A chunk is counted as part of the head."""

    def read_size(self, line: bytes) -> None:
        super().read_size(line)
        self.check_head_size(self.left)


@fault("http-client-limits.stall")
class StallIsIgnored(HttpClientHandle):
    """A server may say nothing for ever."""

    def is_stalled(self) -> bool:
        return False


@fault("http-client-limits.stall")
class StallAtHalf(HttpClientHandle):
    """A request fails after half of the ticks that it has."""

    def is_stalled(self) -> bool:
        return self.limits.stall is not None and self.ticks - self.moved >= self.limits.stall // 2


@fault("http-client-limits.stall")
class StallBeforeTheFirstByteOnly(HttpClientHandle):
    """A server that has begun may say nothing more for ever."""

    def is_stalled(self) -> bool:
        return super().is_stalled() and self.response is not None and not self.response.begun


@fault("http-client-limits.stall-not-by-drops")
class StallCountsAllTicks(HttpClientHandle):
    """Ticks of a request are counted from its beginning."""

    def take(self, data: bytes) -> None:
        before = self.started
        super().take(data)
        self.moved = before

    started = 0

    def begin(self, asked: Asked) -> None:
        super().begin(asked)
        self.started = self.ticks


@fault("http-client-limits.deadline")
class DeadlineIsIgnored(HttpClientHandle):
    """A request may take for ever, as long as bytes come."""

    def is_late(self, asked: Asked) -> bool:  # noqa: ARG002
        return False


@fault("http-client-limits.deadline")
class DeadlineFromTheLastByte(HttpClientHandle):
    """The deadline is counted from the last byte."""

    def is_late(self, asked: Asked) -> bool:  # noqa: ARG002
        return self.limits.deadline is not None and self.ticks - self.moved >= self.limits.deadline


@fault("http-client-limits.deadline")
class DeadlineIsEarly(HttpClientHandle):
    """A request fails after half of its ticks."""

    def is_late(self, asked: Asked) -> bool:
        return self.limits.deadline is not None and self.ticks - asked.since >= self.limits.deadline // 2


@fault("http-client-limits.no-limit-of-its-own")
class LimitOfItsOwn(HttpClientHandle):
    """Without any limit a request fails after a thousand ticks."""

    def is_late(self, asked: Asked) -> bool:
        return self.ticks - asked.since >= 1_000


@fault("http-client-limits.never-blocks", hangs=True)
class WaitsForConnection(HttpClientHandle):
    """A tick waits until the server has taken the connection."""

    def has_answered(self, connection: socket.socket) -> bool:
        poll = select.poll()
        poll.register(connection, select.POLLOUT)
        return bool(poll.poll(60_000))


@fault("http-client-limits.never-blocks", hangs=True)
class SendingBlocks(HttpClientHandle):
    """A tick waits until all of a body is sent."""

    def flush(self) -> None:
        super().flush()
        while self.outgoing:
            time.sleep(0.05)  # what is wrong with it: it waits
            super().flush()


@fault("http-client-limits.stall-not-idle")
class StallsSinceTheLastReceived(HttpClientHandle):
    """The ticks since a byte was received are counted, also those in which nothing was asked."""

    def begin(self, asked: Asked) -> None:
        before = self.moved
        super().begin(asked)
        self.moved = before

    def flush(self) -> None:
        before = self.moved
        super().flush()
        self.moved = before


@fault("http-client-limits.no-content")
class LimitsWhatDoesNotCome(HttpResponse):
    """The length that an answer to HEAD, or a 304, tells of is held against the limit of a body."""

    def has_no_content(self) -> bool:
        lengths = self.head.values(b"content-length")
        if lengths and int(lengths[0]) > self.limits.body:
            raise BrokenError("a body that is too large")
        return super().has_no_content()


@fault("http-client-limits.stall-not-by-drops")
class WaitingIsStalling(HttpClientHandle):
    """The stall limit is held against requests that wait for their turn as well."""

    def count_ticks(self) -> None:
        super().count_ticks()
        limit = self.limits.stall
        for asked in [asked for asked in self.queue if limit is not None and self.ticks - asked.since >= limit]:
            self.queue.remove(asked)
            self.fail(asked, "it has waited for too many ticks", errno.ETIMEDOUT)


@fault("http-client-limits.within")
class ChunkLinesAreAHead(HttpResponse):
    """The lines before chunks are counted together, and have to be within the limit of a head."""

    lines = 0

    def read_size(self, line: bytes) -> None:
        self.lines += len(line) + 2
        self.check_head_size(self.lines)
        super().read_size(line)
