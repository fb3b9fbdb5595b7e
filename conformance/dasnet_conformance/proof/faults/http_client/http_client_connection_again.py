"""Faults of section http-client-connection: what becomes of a request whose kept connection had ended."""

from __future__ import annotations

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import HttpAsking
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle


@fault("http-client-connection.retry-once")
class BodyGoesOnWhereItWas(HttpClientHandle):
    """A PUT that is sent on another connection has its head again, and of its body what was left: nothing."""

    def ask_again(self) -> bool:
        asked = self.current
        assert asked is not None
        asked.data = asked.data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        return super().ask_again()


@fault("http-client-connection.retry-once")
class AgainAsIfItWereGet(HttpClientHandle):
    """What is sent on another connection is read as an answer to GET, and that to HEAD waits for a body."""

    def ask_again(self) -> bool:
        super().ask_again()
        if self.response is not None:
            self.response.method = b"GET"
        return True


@fault("http-client-connection.retry-once")
class AgainWithoutFields(HttpClientHandle):
    """What is sent on another connection is made anew, without the fields of the program."""

    def ask_again(self) -> bool:
        asked = self.current
        assert asked is not None
        head, _, body = asked.data.partition(b"\r\n\r\n")
        kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"x-")]
        asked.data = b"\r\n".join(kept) + b"\r\n\r\n" + body
        return super().ask_again()


@fault("http-client-connection.retry-once")
class AgainWithAnotherHost(HttpClientHandle):
    """Each time that a request is written Host is added to it, and so it is there twice on another connection."""

    def ask_again(self) -> bool:
        asked = self.current
        assert asked is not None
        line, _, rest = asked.data.partition(b"\r\n")
        asked.data = line + b"\r\n" + rest.partition(b"\r\n")[0] + b"\r\n" + rest
        return super().ask_again()


@fault("http-client-connection.retry-once")
class AgainBehindTheOthers(HttpClientHandle):
    """What is to be sent on another connection waits behind all that was asked later."""

    def ask_again(self) -> bool:
        asked, self.current = self.current, None
        assert asked is not None
        self.retire()
        self.queue.append(asked)
        return True


@fault("http-client-connection.retry-once")
class AgainWithoutClose(HttpClientHandle):
    """That a request says close is forgotten when it is sent on another connection, where the next one follows."""

    def ask_again(self) -> bool:
        assert self.current is not None
        self.current.closes = False
        return super().ask_again()


@fault("http-client-connection.says-close")
class ClosedOnceKeepsNone(HttpClientHandle):
    """Behind an answer that says close no connection is kept any more, and no server is told."""

    warned = False

    def respond(self) -> None:
        assert self.response is not None
        self.warned = self.warned or not self.response.keeps()
        super().respond()
        if self.warned:
            self.retire()


@fault("http-client-connection.close-sent")
class CloseIsDoneUnsaid(HttpAsking):
    """The program's close is done, and not sent: Connection is the client's own."""

    OWN = (*HttpAsking.OWN, b"connection")


@fault("http-client-connection.not-sent-twice")
class NothingToLoseWithoutABody(HttpClientHandle):
    """A request without a body is sent again on another connection, whatever its method."""

    def may_ask_again(self) -> bool:
        assert self.current is not None
        assert self.response is not None
        bodiless = self.current.data.endswith(b"\r\n\r\n")
        return super().may_ask_again() or (self.used and not self.response.begun and bodiless)


@fault("http-client-connection.unsolicited")
class LooksAtTheConnectionWhenIdle(HttpClientHandle):
    """A connection that is kept is looked at in ticks in which nothing waits, and not by the one that asks."""

    def watch_idle(self) -> None:
        if not self.queue:
            super().watch_idle()
