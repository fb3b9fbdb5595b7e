"""Faults of section http-callbacks: what a host is called back with, when, and what its answers are worth."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http import HttpServer
from dasnet_conformance.proof.faults.sound_http_connection import Exchange, HttpConnection
from dasnet_conformance.proof.faults.sound_http_fields import Text
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle
from dasnet_conformance.proof.faults.sound_http_request import Request


@fault("http-callbacks.nothing-between-ticks")
class QueriesCallBack(HttpServer):
    """A query takes the occasion to see what has come, and calls back outside of any tick."""

    def is_open(self) -> bool:
        self.tick()
        return super().is_open()


@fault("http-callbacks.nothing-between-ticks")
class RespondCallsBack(HttpServer):
    """respond goes on with the next request at once, and calls it back outside of any tick."""

    def respond(self, exchange: int, status: int, headers: Iterable[tuple[Text, Text]], body: bytes) -> bool:
        answered = super().respond(exchange, status, headers, body)
        self.tick()
        return answered


@fault("http-callbacks.once")
class CallsBackTwice(HttpHandle):
    """A request is called back when it is read, and again when the body was looked at."""

    def tell_request(self, number: int, request: Request) -> None:
        owner = self.owner
        super().tell_request(number, request)
        if self.owner is owner:
            super().tell_request(number, request)


@fault("http-callbacks.once")
class CallsBackAgainUntilAnswered(HttpHandle):
    """A request that was not answered inside its callback is called back again in the next tick."""

    def turn(self, owner: Any) -> None:
        waiting = list(self.pending.items())
        super().turn(owner)
        for number, (_, exchange) in waiting:
            if self.owner is owner and number in self.pending:
                self.tell_request(number, exchange.request)


@fault("http-callbacks.once")
class WaitsWhenItsTableIsFull(HttpConnection):
    """A request of exactly 62 fields is not told of: the table is full, and another line is waited for."""

    def complete(self, *arguments: Any) -> bool:
        return len(self.parser.request.fields) != 62 and super().complete(*arguments)


@fault("http-callbacks.exchanges-differ")
class NumbersStartAnewPerConnection(HttpHandle):
    """Exchanges are counted per connection, and two clients have the same number."""

    def deliver(self, connection: HttpConnection, request: Request) -> bool:
        counted = connection.__dict__.setdefault("counted", 0)
        connection.__dict__["counted"] = counted + 1
        self.count = counted
        return super().deliver(connection, request)


@fault("http-callbacks.exchanges-differ")
class NumbersAreUsedAgain(HttpHandle):
    """The number of an exchange that was answered is given to the next one."""

    def next_number(self) -> int:
        self.count = next(number for number in range(1, 1 << 20) if number not in self.pending)
        return self.count


@fault("http-callbacks.answered-later")
class AnswersInsideTheCallbackAlone(HttpHandle):
    """A request that was not answered inside its callback gets a 404 when that returns."""

    def deliver(self, connection: HttpConnection, request: Request) -> bool:
        going = super().deliver(connection, request)
        if going and self.count in self.pending:
            self.respond(self.count, 404, (), b"")
        return going


@fault("http-callbacks.answered-later")
class ForgetsExchangesWithTheTick(HttpHandle):
    """Exchanges are forgotten at the end of their tick, and respond in a later one says false."""

    def forget_gone(self) -> None:
        super().forget_gone()
        self.pending.clear()


@fault("http-callbacks.answered-between-ticks")
class LosesAnswersBetweenTicks(HttpHandle):
    """An answer that is given between two ticks says true, and never goes out."""

    def respond(self, number: int, status: int, headers: Iterable[tuple[Text, Text]], body: bytes) -> bool:
        if self.ticking:
            return super().respond(number, status, headers, body)
        self.answers.check(status, headers, body)
        return self.pending.pop(number, None) is not None


@fault("http-callbacks.answers-own-request")
class SecondAnswersGoToTheNextRequest(HttpHandle):
    """An answer is for whatever its connection asks now: one that is given twice answers the next request."""

    def respond(self, number: int, status: int, headers: Iterable[tuple[Text, Text]], body: bytes) -> bool:
        known: dict[int, HttpConnection] = self.__dict__.setdefault("known", {})
        if number in self.pending:
            known[number] = self.pending[number][0]
        elif number in known:
            waiting = [each for each, (connection, _) in self.pending.items() if connection is known[number]]
            number = waiting[0] if waiting else number
        return super().respond(number, status, headers, body)


@fault("http-callbacks.answers-own-request")
class AnswersWhoeverHasTheDescriptor(HttpHandle):
    """An exchange remembers a descriptor, and whoever has it by now gets the answer that another one waited for."""

    def tell_request(self, number: int, request: Request) -> None:
        self.__dict__.setdefault("descriptors", {})[number] = self.pending[number][0].sock.fileno()
        super().tell_request(number, request)

    def respond(self, number: int, status: int, headers: Iterable[tuple[Text, Text]], body: bytes) -> bool:
        descriptor = self.__dict__.get("descriptors", {}).pop(number, -1)
        there = [each for each, (connection, _) in self.pending.items() if connection.sock.fileno() == descriptor]
        return super().respond(there[0] if there else number, status, headers, body)


@fault("http-callbacks.respond-twice")
class SecondAnswerSaysTrue(HttpHandle):
    """A second answer to one request is turned down in silence, and respond says true."""

    def unknown_exchange(self, number: int) -> bool:
        return number <= self.count


@fault("http-callbacks.respond-twice")
class SecondAnswerGoesOut(HttpHandle):
    """A second answer to one request goes out behind the first."""

    def settle_exchange(self, number: int) -> None:
        pass

    def respond(self, number: int, status: int, headers: Iterable[tuple[Text, Text]], body: bytes) -> bool:
        found = self.pending.get(number)
        if found is not None and found[1].answer is not None:
            connection, exchange = found
            connection.exchanges.appendleft(exchange)
        return super().respond(number, status, headers, body)


@fault("http-callbacks.respond-unknown")
class AnyNumberIsAnswered(HttpHandle):
    """An answer to an exchange that there never was says true."""

    def unknown_exchange(self, number: int) -> bool:  # noqa: ARG002
        return True


@fault("http-callbacks.respond-unknown")
class AnUnknownNumberIsTheLatest(HttpHandle):
    """A number that nobody knows is taken for the latest exchange."""

    def respond(self, number: int, status: int, headers: Iterable[tuple[Text, Text]], body: bytes) -> bool:
        if number not in self.pending and number > self.count and self.pending:
            number = max(self.pending)
        return super().respond(number, status, headers, body)


@fault("http-callbacks.respond-departed")
class AnswersWhoHasLeft(HttpHandle):
    """The departure of a client is not told to its exchanges, and respond says true for ever."""

    def unknown_exchange(self, number: int) -> bool:
        return number not in self.answered and number <= self.count

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.answered: set[int] = set()

    def settle_exchange(self, number: int) -> None:
        self.answered.add(number)
        super().settle_exchange(number)


@fault("http-callbacks.never-answered")
class AnUnansweredRequestHoldsAll(HttpHandle):
    """As long as one request is not answered, no other connection is read."""

    def ready(self) -> list[HttpConnection]:
        ready = super().ready()
        held = [each for each in self.connections if each.exchanges]
        return [each for each in ready if not held or each is held[0]]


@fault("http-callbacks.raises")
class LeavesTheClientOfARaiseWaiting(HttpHandle):
    """The request whose callback raised is never answered, and its client waits for ever."""

    def callback_failed(self, exchange: Exchange) -> None:
        self.pending.pop(exchange.number, None)


@fault("http-callbacks.raises")
class EndsWithTheFirstRaise(HttpHandle):
    """After a callback that raised the server takes itself to be inside a tick, and ticks no more."""

    def tick(self) -> None:
        if self.ticking or self.owner is None:
            return
        self.ticking = True
        self.turn(self.owner)
        self.ticking = False
        self.forget_gone()


@fault("http-callbacks.strangers-are-no-errors")
class ReportsStrangersMistakes(HttpHandle):
    """A stranger's bad request is told to the host as an error."""

    def tell_log(self, message: str) -> None:
        self.tell_error(message, 400)


@fault("http-callbacks.no-callbacks")
class NeedsACallback(HttpHandle):
    """Without a callback for requests the server fails, since it looks for one in the class itself."""

    def tell_request(self, number: int, request: Request) -> None:
        if type(self.owner).on_request is HttpServer.on_request:
            raise AttributeError("on_request")
        super().tell_request(number, request)


@fault("http-callbacks.destroyed-inside")
class SpeaksAfterItsDestruction(HttpConnection):
    """An object that is destroyed in a callback is still called back for the requests behind."""

    def complete(self, deliver: Any) -> bool:
        handle = deliver.__self__
        owner = handle.owner
        super().complete(deliver)
        if handle.owner is None and owner is not None and owner._server is None:
            handle.owner = owner
            self.gone = False
        return True


@fault("http-callbacks.answered-inside")
class CannotBeAnsweredInside(HttpHandle):
    """An exchange is entered when its callback has returned, and an answer inside says false."""

    inside = False

    def tell_request(self, number: int, request: Request) -> None:
        self.inside = True
        try:
            super().tell_request(number, request)
        finally:
            self.inside = False

    def respond(self, number: int, status: int, headers: Iterable[tuple[Text, Text]], body: bytes) -> bool:
        return not self.inside and super().respond(number, status, headers, body)


@fault("http-callbacks.answers-crossed")
class OldestConnectionIsAnswered(HttpHandle):
    """An answer goes to whoever asked first, whatever its number."""

    def respond(self, number: int, status: int, headers: Iterable[tuple[Text, Text]], body: bytes) -> bool:
        return super().respond(min(self.pending) if number in self.pending else number, status, headers, body)


@fault("http-callbacks.raises-alone")
class ARaiseEndsAllConnections(HttpHandle):
    """When a callback raises, all connections are closed, those of other clients as well."""

    def callback_failed(self, exchange: Exchange) -> None:
        super().callback_failed(exchange)
        for connection in self.connections:
            connection.drop()


@fault("http-callbacks.raises-alone")
class ARaiseIsAnsweredTwice(HttpHandle):
    """A callback that raises is answered 500 where it is caught, and again where the tick ends."""

    def callback_failed(self, exchange: Exchange) -> None:
        connection, _ = self.pending[exchange.number]
        super().callback_failed(exchange)
        connection.outgoing += connection.write(exchange.request, 500, [], b"", persistent=True)


@fault("http-callbacks.bad-request-needs-no-callback")
class CallsBackWhatItRefuses(HttpConnection):
    """A request with a fault in its head is answered 400, and called back as well."""

    def turn(self, deliver: Callable[[HttpConnection, Request], bool], steps: int) -> None:
        self.told = deliver
        super().turn(deliver, steps)

    def refuse(self, status: int, why: str) -> None:
        super().refuse(status, why)
        if self.parser.request.target:
            self.told(self, self.parser.request)


@fault("http-callbacks.ticked-inside", hangs=True)
class TicksInsideWaitForTheTick(HttpHandle):
    """A tick inside a callback waits for the one that it is in, which waits for the callback."""

    def tick(self) -> None:
        while self.ticking:
            time.sleep(0.05)  # what is wrong with it: it waits
        super().tick()


@fault("http-callbacks.ticked-inside")
class TicksInsideCallBackAgain(HttpHandle):
    """A request is done with when its callback has returned, and a tick inside calls it back again."""

    current: tuple[int, Request] | None = None

    def tell_request(self, number: int, request: Request) -> None:
        self.current = (number, request)
        super().tell_request(number, request)
        self.current = None

    def tick(self) -> None:
        if self.current is not None:
            current, self.current = self.current, None
            super().tell_request(*current)
        super().tick()


@fault("http-callbacks.raises-alone")
class LosesWhoComesBehindACallbackThatRaises(HttpHandle):
    """A tick reads all requests and then calls them back, and those behind a callback that raises are lost."""

    def turn(self, owner: Any) -> None:
        self.todo: list[tuple[HttpConnection, Request]] = []
        super().turn(owner)
        for connection, request in self.todo:
            super().deliver(connection, request)
        for connection in self.connections:
            connection.settle()

    def deliver(self, connection: HttpConnection, request: Request) -> bool:
        self.todo.append((connection, request))
        return True


@fault("http-callbacks.raises")
class LosesWhatIsBehindARaise(HttpHandle):
    """What the client of a callback that raises has asked behind that request is gone with the frame that held it."""

    def deliver(self, connection: HttpConnection, request: Request) -> bool:
        try:
            return super().deliver(connection, request)
        except BaseException:
            connection.parser.buffer.clear()
            raise
