"""Faults of section http-connection, continued: pipelined requests, and clients that wait to be invited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Request, listed

Deliver = Callable[[HttpConnection, Request], bool]


@fault("http-connection.pipelining")
class ForgetsWhatIsBehindARequest(HttpConnection):
    """What came in one read with a request, but behind it, is forgotten."""

    def complete(self, deliver: Deliver) -> bool:
        self.parser.buffer.clear()
        return super().complete(deliver)


@fault("http-connection.pipelining")
class LosesRequestsBehindAnUnansweredOne(HttpConnection):
    """A request that comes while another one waits for its answer is lost."""

    def complete(self, deliver: Deliver) -> bool:
        if self.exchanges:
            self.parser.begin()
            return True
        return super().complete(deliver)


@fault("http-connection.pipelining-crossed")
class AnswersAsTheyAreGiven(HttpConnection):
    """Answers go out as the host gives them, and whoever asked first gets another's."""

    def release(self) -> None:
        for exchange in [each for each in self.exchanges if each.answer is not None]:
            self.exchanges.remove(exchange)
            self.exchanges.appendleft(exchange)
            super().release()


@fault("http-connection.pipelining")
class EightRequestsInARow(HttpConnection):
    """A ring has room for eight requests, and the ninth takes the place of the first."""

    def owe(self, exchange: Exchange) -> None:
        super().owe(exchange)
        if len(self.exchanges) > 8:
            self.exchanges.popleft().abandoned = True


@fault("http-connection.pipelining-bounded")
class ReadsWithoutEndBehindAnUnansweredOne(HttpConnection):
    """Behind an unanswered request reading goes on, and the memory grows as long as the client sends."""

    def room(self) -> int:
        return self.CHUNK


@fault("http-connection.pipelining-faulty")
class BadOvertakesGood(HttpConnection):
    """A bad request behind good ones is answered at once, and the good ones never."""

    def refuse(self, status: int, why: str) -> None:
        self.forget()
        super().refuse(status, why)


@fault("http-connection.pipelining")
class HundredRequestsInARow(HttpConnection):
    """A ring has room for a hundred requests, and the one behind them takes the place of the first."""

    def owe(self, exchange: Exchange) -> None:
        super().owe(exchange)
        if len(self.exchanges) > 100:
            self.exchanges.popleft().abandoned = True


@fault("http-connection.pipelining-faulty")
class RejectsAheadOfTheQueue(HttpConnection):
    """A request that is too large is rejected in the place where it is noticed, before those that wait for the host."""

    def refuse(self, status: int, why: str) -> None:
        waiting = list(self.exchanges) if status == 413 else []
        if waiting:
            self.exchanges.clear()
        super().refuse(status, why)
        if waiting:
            self.exchanges.extendleft(reversed(waiting))


@fault("http-connection.slow-reader-whole")
class RejectsPastTheQueue(HttpConnection):
    """A rejection is written at once, in the middle of an answer that waits for its client to read."""

    def room(self) -> int:
        return self.CHUNK if self.outgoing else super().room()

    def refuse(self, status: int, why: str) -> None:
        waiting = bytes(self.outgoing)
        self.outgoing.clear()
        super().refuse(status, why)
        self.outgoing += waiting


@fault("http-connection.slow-reader-whole")
class ARejectionDropsTheQueue(HttpConnection):
    """A faulty request ends its connection, and what its client has not read yet of the answer before is dropped."""

    def room(self) -> int:
        return self.CHUNK if self.outgoing else super().room()

    def refuse(self, status: int, why: str) -> None:
        self.outgoing.clear()
        super().refuse(status, why)


# Expect


@fault("http-connection.expect-again")
class InvitesOncePerConnection(HttpConnection):
    """A connection has one invitation, and a second client's body behind it is waited for by both sides."""

    def complete(self, deliver: Deliver) -> bool:
        invited = self.continued
        going = super().complete(deliver)
        self.continued = invited
        return going


@fault("http-connection.expect-in-turn")
class InvitesAheadOfAnswers(HttpConnection):
    """A 100 goes out when a head asks for it, though the request before it still waits for its answer."""

    def must_invite(self) -> bool:
        return self.parser.head_complete and self.parser.request.expects and not self.continued


@fault("http-connection.expect-in-turn")
class InvitesPastTheQueue(HttpConnection):
    """A 100 is written at once, in the middle of an answer that waits for its client to read."""

    def room(self) -> int:
        return self.CHUNK if self.outgoing else super().room()

    def invite(self) -> None:
        if self.must_invite() and self.outgoing:
            self.continued = True
            self.outgoing[:0] = self.answers.CONTINUE
        super().invite()


@fault("http-connection.expect-in-turn")
class ForgetsToInviteWhenItIsTime(HttpConnection):
    """Whether to send a 100 is looked at when the head has come, and never again when its turn has."""

    def invite(self) -> None:
        super().invite()
        if self.parser.head_complete:
            self.continued = True


@fault("http-connection.expect-old-version")
class ExpectsForGood(HttpParser):
    """Once a client has said Expect, each further request on its connection is taken to have said it."""

    expecting = False

    def expects_continue(self, request: Request) -> bool:
        self.expecting = super().expects_continue(request) or self.expecting
        return self.expecting


@fault("http-connection.expect-in-turn")
class InvitesBehindTheAnswer(HttpConnection):
    """A body that came before the invitation that was due is read, and the invitation is sent when all is answered."""

    late = False

    def complete(self, deliver: Callable[[HttpConnection, Request], bool]) -> bool:
        self.late = self.late or (self.parser.request.expects and not self.continued)
        return super().complete(deliver)

    def release(self) -> None:
        super().release()
        if self.late and not self.exchanges:
            self.late = False
            self.outgoing += self.answers.CONTINUE


@fault("http-connection.expect-continue")
class NeverInvites(HttpConnection):
    """A client that waits for 100 waits until it loses patience."""

    def invite(self) -> None:
        pass

    def must_invite(self) -> bool:
        return False


@fault("http-connection.expect-continue")
class InvitesInSmallLetters(HttpParser):
    """Only 100-continue in small letters is known."""

    def expects_continue(self, request: Request) -> bool:
        return super().expects_continue(request) and b"100-continue" in listed(request.values(b"expect"))


@fault("http-connection.expect-continue")
class InvitesMeasuredBodiesAlone(HttpConnection):
    """A body is waited for where there is a Content-Length; who would send chunks is not invited, and waits."""

    def must_invite(self) -> bool:
        return super().must_invite() and not self.parser.request.chunked


@fault("http-connection.expect-old-version")
class InvitesOldClients(HttpParser):
    """A client of HTTP/1.0 that says Expect gets a 100, and takes it for the answer."""

    def expects_continue(self, request: Request) -> bool:
        return bool(request.values(b"expect")) or super().expects_continue(request)


@fault("http-connection.expect-too-large")
class InvitesBodiesThatAreTooLarge(HttpParser):
    """A client that asks is invited to send a body that is refused when it has come."""

    def check_body(self, size: int) -> None:
        if not self.request.expects or len(self.request.body) >= self.limits.body:
            super().check_body(size)

    def body(self) -> bool:
        advanced = super().body()
        self.check_body(len(self.request.body))
        return advanced


@fault("http-connection.expect-then-body")
class ForgetsTheHeadWhenItInvites(HttpConnection):
    """After a 100 the next request is expected, and the body is read as its head."""

    def invite(self) -> None:
        inviting = self.must_invite()
        super().invite()
        if inviting:
            self.parser.begin()


@fault("http-connection.expect-then-body")
class HandsOverTheHeadAlone(HttpConnection):
    """A client that waits is called back with an empty body and answered, before it has sent one."""

    def turn(self, deliver: Deliver, steps: int) -> None:
        super().turn(deliver, steps)
        if self.continued and not self.parser.complete and not self.parser.request.body and not self.gone:
            request = self.parser.request
            self.parser.begin()
            self.continued = False
            deliver(self, request)


@fault("http-connection.upgrade-of-nothing")
class SwitchesToNothing(HttpConnection):
    """Whoever names a protocol in Upgrade gets a 101, and the answer of the old protocol behind it."""

    def answer(self, exchange: Exchange, *arguments: Any) -> None:
        if exchange.request.values(b"upgrade"):
            self.outgoing += b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
        super().answer(exchange, *arguments)


@fault("http-connection.upgrade-of-nothing")
class TwoFinalAnswers(HttpConnection):
    """A request is answered 202 when it has come, and again when the host answers."""

    def owe(self, exchange: Exchange) -> None:
        super().owe(exchange)
        if exchange.number:
            self.outgoing += self.write(exchange.request, 202, [], b"", persistent=True)
