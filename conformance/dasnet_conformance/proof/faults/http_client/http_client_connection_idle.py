"""Faults of section http-client-connection: what comes, and what ends, on a connection on which nothing is asked."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_response import HttpResponse
from dasnet_conformance.proof.faults.tools import LOST


@fault("http-client-connection.unsolicited", "http-client-connection.unsolicited-closes")
class DoesNotWatchIdle(HttpClientHandle):
    """What comes while nothing is asked stays for the next request."""

    def watch_idle(self) -> None:
        pass


@fault("http-client-connection.unsolicited-closes")
class DropsUnsolicited(HttpClientHandle):
    """What comes while nothing is asked is read and dropped."""

    def watch_idle(self) -> None:
        if self.connection is None or self.connecting:
            return
        try:
            if self.connection.recv(65_536):
                return
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            pass
        self.retire()


@fault("http-client-connection.unsolicited")
class UnsolicitedIsCalledBack(HttpClientHandle):
    """An answer to nothing is called back for the last request once more."""

    told: tuple[Any, ...] = ()

    def outcome_of(self, asked: Asked, response: HttpResponse) -> tuple[Any, ...]:
        self.told = super().outcome_of(asked, response)
        return self.told

    def retire(self) -> None:
        if self.current is None and self.used and self.told and self.server is not None:
            self.outcomes.append(self.told)
        super().retire()


@fault("http-client-connection.idle-end")
class IdleEndFailsTheNext(HttpClientHandle):
    """Where an idle connection has ended the next request fails."""

    def watch_idle(self) -> None:
        pass

    def may_ask_again(self) -> bool:
        return False


@fault("http-client-connection.idle-end")
class ResetFailsTheNext(HttpClientHandle):
    """Where an idle connection was reset the next request fails."""

    def watch_idle(self) -> None:
        if self.connection is None or self.connecting:
            return
        try:
            self.connection.recv(1)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            if self.queue:
                self.fail(self.queue.popleft(), str(error), 104)
        self.retire()


@fault("http-client-connection.no-leak")
class OldConnectionsAreForgotten(HttpClientHandle):
    """The connection of an answer of HTTP/1.0 is left for the server to end, and never closed."""

    def take(self, data: bytes) -> None:
        super().take(data)
        response = self.response
        if self.connection is not None and response is not None and response.done and self.forgets(response):
            # What the server sees is a copy, which outlives the connection.
            LOST.append(self.connection.dup())

    def forgets(self, response: HttpResponse) -> bool:
        """Whether the connection of an answer is let go of, and not closed."""
        return response.head.minor == 0


@fault("http-client-connection.no-leak")
class ExtraBytesAreForgotten(OldConnectionsAreForgotten):
    """A connection with bytes behind an answer is not used any more, and never closed."""

    def forgets(self, response: HttpResponse) -> bool:
        return bool(response.buffer)
