"""Faults of section http-open: what is left of a port, a handle or an object behind its end, or beside another one."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http import HttpServer
from dasnet_conformance.proof.faults.sound_http_fields import Text
from dasnet_conformance.proof.faults.sound_http_handle import HttpHandle


@fault("http-open.port-again")
class PortsOfEarlierConnections(HttpHandle):
    """The listener does not ask to have its port in spite of connections that linger there, and a restart fails."""

    def prepare_listener(self, listener: socket.socket) -> None:
        """As the system has it."""


@fault("http-open.one-listener")
class ListensHereAndThere(HttpHandle):
    """A second init opens another listener, and the first one is ended with the handle."""

    others: tuple[socket.socket, ...] = ()

    def init_again(self, port: int) -> bool:
        another = self.open_listener(port)
        if self.listener is not None:
            self.others = (*self.others, self.listener)
        self.listener = another
        return True

    def close(self) -> None:
        super().close()
        for listener in self.others:
            listener.close()


@fault("http-open.one-listener")
class AnAdapterBesideAnother(HttpServer):
    """A second adapter takes the place of the first one, which is in a list of handles and listens on."""

    made: tuple[HttpHandle, ...] = ()

    def replace(self, handle: HttpHandle) -> None:
        self.made = (*self.made, handle)
        self._server = handle

    def close(self) -> None:
        super().close()
        for handle in self.made:
            handle.close()


@fault("http-open.one-listener")
class RestoresBesideItsOwn(HttpServer):
    """A handle that is restored takes the place of the object's own, which listens until the object is destroyed."""

    own: Any = None

    def restore(self, shared_orphan: Any) -> None:
        self.own, self._server = self._server, None
        super().restore(shared_orphan)

    def close(self) -> None:
        super().close()
        if self.own is not None:
            self.own.close()


@fault("http-open.without-handle")
class DestroyedOnce(HttpServer):
    """A second destroy finds no handle, and fails on that."""

    def close(self) -> None:
        handle, self._server = self._server, None
        if handle is None:
            raise AttributeError("there is no handle to close")
        handle.close()


@fault("http-open.without-handle")
class AnswersAfterItsEnd(HttpServer):
    """respond on an object that has no handle any more is true, for nobody is there to hear otherwise."""

    had = False

    def make_http_server_adapter(self) -> None:
        super().make_http_server_adapter()
        self.had = True

    def respond(self, exchange: int, status: int, headers: Iterable[tuple[Text, Text]], body: bytes) -> bool:
        return super().respond(exchange, status, headers, body) or (self.had and self._server is None)


# The limits of the object that was made last.
_latest: list[Any] = [None]


@fault("http-limits.body-at-limit")
class LimitsOfTheLastObject(HttpHandle):
    """Limits are variables of the module, and those of the object that was made last are those of all."""

    def __init__(self, limits: Any, *parts: Any) -> None:
        super().__init__(limits, *parts)
        _latest[0] = limits

    def make_connection(self, client: socket.socket) -> Any:
        self.limits = _latest[0]
        return super().make_connection(client)


@fault("http-limits.stall-counts-ticks")
class PatienceOfTheLastObject(HttpHandle):
    """How long a silent client is waited for is a variable of the module, set by the object that was made last."""

    def __init__(self, limits: Any, *parts: Any) -> None:
        super().__init__(limits, *parts)
        _latest[0] = limits

    def turn(self, owner: Any) -> None:
        self.limits = _latest[0]
        super().turn(owner)
