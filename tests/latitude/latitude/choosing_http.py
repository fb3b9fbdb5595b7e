"""Variants of an HTTP server as strangers wrote it from the documentation alone: other ways, none of which is wrong."""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Iterable
from typing import Any

from dasnet_conformance.proof.faults.sound_http import HttpServer
from dasnet_conformance.proof.faults.sound_http_answer import HttpAnswer, Text
from dasnet_conformance.proof.faults.sound_http_connection import HttpConnection
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Limits, Refused, Request, listed

from .registry import variant


@variant("init on an open object, of HTTP")
class SecondHttpInitMoves(HttpHandle):
    """Moves to the port of a second init, and lets go of the first: it has one listener at any time."""

    def init_again(self, port: int) -> bool:
        """There, if that can be had."""
        if not self.port_exists(port):
            return self.fail_init(f"there is no port {port}", 22)
        try:
            another = self.open_listener(port)
        except OSError as error:
            return self.fail_init(f"cannot listen on port {port}", error.errno or 5)
        self.close_listener()
        self.listener = another
        return True


@variant("a second adapter of an HTTP server")
class SecondHttpAdapterIsRefused(HttpServer):
    """Refuses a second adapter: the object has a handle, and goes on with that."""

    def make_http_server_adapter(self) -> None:
        """Once."""
        if self._server is not None:
            raise ValueError("there is a handle")
        super().make_http_server_adapter()


@variant("restoring beside a handle, of HTTP")
class SecondHttpHandleIsRefused(HttpServer):
    """Refuses to restore where there is a handle: neither of the two is closed without anybody having said so."""

    def restore(self, shared_orphan: Any) -> None:
        """Into an object without one."""
        if self._server is not None:
            raise ValueError("there is a handle")
        super().restore(shared_orphan)


@variant("an object without a handle, of HTTP")
class NothingWithoutAnHttpHandle(HttpServer):
    """Raises an error for whatever is asked of an object without a handle, but that it be destroyed."""

    def handle(self) -> HttpHandle:
        """The handle, which there has to be."""
        if not isinstance(self._server, HttpHandle):
            raise ValueError("there is no handle")
        return self._server

    def is_open(self) -> bool:
        """Of a handle."""
        return self.handle().is_open()

    def tick(self) -> None:
        """Of a handle."""
        self.handle().tick()

    def respond(self, exchange: int, status: int, headers: Iterable[tuple[Text, Text]], body: bytes) -> bool:
        """Of a handle."""
        return self.handle().respond(exchange, status, headers, body)


@variant("a target that is no address")
class OddTargetsAreRefused(HttpParser):
    """Answers 400 to a target with a character or an escape that no address has (RFC 3986, sections 2.1 and 3.3)."""

    def check_target_bytes(self, target: bytes) -> None:
        """By the letter."""
        super().check_target_bytes(target)
        if re.search(rb'["<>\\^`{|}]|%(?![0-9A-Fa-f]{2})', target):
            raise Refused(400, "the target is no address")


@variant("an encoding of a body")
class EncodedBodiesAreRefused(HttpParser):
    """Answers 415 to a body in an encoding, 417 to an expectation without content, and 400 to a Connection that names a
    field of the message: each is a mistake, or a wish, that a server may turn down."""

    def read_head(self, request: Request) -> None:
        """As well."""
        super().read_head(request)
        named = {option.lower() for option in listed(request.values(b"connection"))}
        if named & {b"content-length", b"host", b"transfer-encoding"}:
            raise Refused(400, "Connection names a field of the message")
        if request.values(b"content-encoding"):
            raise Refused(415, "an encoded body")
        if request.expects and not (request.values(b"content-length") or request.values(b"transfer-encoding")):
            raise Refused(417, "an expectation without content")


@variant("names with an underscore")
class UnderscoresAreRefused(HttpParser):
    """Answers 400 to a name with an underscore, which some take for a hyphen: refusing it leaves no doubt."""

    def check_name(self, name: bytes) -> None:
        """None of those."""
        super().check_name(name)
        if b"_" in name:
            raise Refused(400, "an underscore in a name")


@variant("when a faulty head is answered")
class JudgesWholeHeads(HttpParser):
    """Looks at a head when all of it is there, up to its limit: what is wrong in its first line is answered then."""

    def step(self) -> bool:
        """When the empty line has come, or too much without it."""
        begun = self.state in (self.request_line, self.field_line)
        head = bytes(self.buffer).lstrip(b"\r\n") if begun else b""
        if begun and self.head_size == 0 and re.search(rb"\n\r?\n", head) is None:
            line = head.partition(b"\n")[0]
            if len(head) <= self.limits.head and len(line) <= self.limits.line and len(self.buffer) - len(head) < 4_000:
                return False
        return super().step()


@variant("when a faulty head is answered")
class JudgesEachByte(HttpParser):
    """Answers 400 as soon as a byte has come that no request begins with, before its line has ended."""

    def step(self) -> bool:
        """The first byte of a method, when it is there."""
        if (
            self.state == self.request_line
            and self.buffer
            and self.buffer[0] not in b"\r\nABCDEFGHIJKLMNOPQRSTUVWXYZgP M"
        ):
            raise Refused(400, "this is no method")
        return super().step()


@variant("the order of an answer's fields")
class OwnFieldsGoLast(HttpAnswer):
    """Writes the program's fields first and its own behind them, the connection's before the length: the order of
    fields of different names means nothing (RFC 9110, section 5.3)."""

    def write(
        self,
        status: int,
        fields: list[tuple[bytes, bytes]],
        body: bytes,
        *,
        method: bytes,
        minor: int,
        persistent: bool,
    ) -> bytes:
        """Turned round."""
        lines = [
            self.status_line(status),
            *self.field_lines(fields),
            *self.connection_lines(minor, persistent=persistent),
            *self.framing_lines(status, body),
            *self.date_lines(status, fields),
        ]
        return b"".join(line + b"\r\n" for line in lines) + b"\r\n" + self.content(method, status, body)


@variant("what Connection says")
class SaysMoreOfConnections(HttpAnswer):
    """Says keep-alive in each answer that is not the last, with how long, and close among other words and in capitals:
    options have no case, and none but close has to be understood (RFC 9110, section 7.6.1)."""

    def connection_lines(self, minor: int, *, persistent: bool) -> list[bytes]:
        """Both forms."""
        if not persistent:
            return [b"Connection: x-served, Close"]
        return [b"connection: Keep-Alive", b"Keep-Alive: timeout=60, max=1000"]


@variant("a reason behind the status")
class ReasonsOfItsOwn(HttpAnswer):
    """Gives reasons in words of its own, beyond ASCII and with blanks: they are for people (RFC 9112, section 4)."""

    def reason(self, status: int) -> bytes:
        """The same for all."""
        return b"voil\xe0  \t%d, as ever: HTTP/1.1" % status


@variant("white space around an answer's values")
class SpaceAroundValues(HttpAnswer):
    """Writes blanks and tabs around values, which are no part of them (RFC 9110, section 5.5)."""

    def field_lines(self, fields: list[tuple[bytes, bytes]]) -> list[bytes]:
        """Of the program's."""
        return [re.sub(rb"^([^:]*): ", rb"\1: \t ", line) + b" \t" for line in super().field_lines(fields)]


@variant("how an answer leaves")
class AnswersInManyWrites(HttpConnection):
    """Sends an answer in writes of seven bytes, one behind the other and without delay: how it is cut means nothing."""

    def flush(self) -> None:
        """Small ones; what is large would take all day."""
        while 7 < len(self.outgoing) <= 2_048 and not self.gone:
            before, rest = len(self.outgoing), self.outgoing[7:]
            self.outgoing = self.outgoing[:7]
            super().flush()
            if self.gone:
                return
            left = len(self.outgoing)
            self.outgoing = self.outgoing + rest
            if left or len(self.outgoing) == before:
                return
        super().flush()


@variant("the end of connections when a server is destroyed")
class EndsByReset(HttpHandle):
    """Ends its connections by a reset when it is destroyed, so that the system keeps nothing of them."""

    def close(self) -> None:
        """Each."""
        for connection in self.connections:
            if not connection.gone:
                connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        super().close()


@variant("the limits after a reload")
class LimitsOfTheNewObject(HttpServer):
    """Has a handle that is restored go by the limits of the object that it comes to, as whoever wrote that expects."""

    def restore(self, shared_orphan: Any) -> None:
        """And its connections."""
        super().restore(shared_orphan)
        limits: Limits = self._limits
        self._server.limits = limits
        for connection in self._server.connections:
            connection.parser.limits = limits


@variant("patience through a reload")
class PatienceBeginsAnew(HttpHandle):
    """Counts the ticks of a silent client anew with each reload: the new program has not waited for it yet."""

    def bind(self, owner: Any) -> None:
        """From none."""
        super().bind(owner)
        for connection in self.connections:
            connection.quiet = 0


@variant("the numbers of exchanges")
class NumbersGoDown(HttpHandle):
    """Numbers exchanges downwards from a large one: a number says which request it is, and nothing else."""

    def next_number(self) -> int:
        """One less."""
        self.count -= 1
        return (1 << 31) - 1 + self.count


@variant("the numbers of exchanges")
class NumbersBelowNothing(HttpHandle):
    """Numbers exchanges by negative numbers, as those of another kind are positive in its program."""

    def next_number(self) -> int:
        """One less."""
        self.count -= 1
        return self.count


@variant("how long is read on behind an error")
class ErrorsEndAtOnce(HttpConnection):
    """Closes behind an error as soon as nothing more has come in a few ticks, and has read on before that: the answer
    is with its client by then."""

    waited = 0

    def drain(self) -> None:
        """A little longer."""
        before = self.drained
        super().drain()
        self.waited = 0 if self.drained > before else self.waited

    def count_tick(self, stall: int | None) -> None:
        """Twelve ticks of silence."""
        super().count_tick(stall)
        if self.lingering and not self.gone:
            self.waited += 1
            if self.waited > 12:
                self.drop()
