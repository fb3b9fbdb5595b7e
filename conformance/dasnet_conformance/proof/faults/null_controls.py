"""Null controls: servers that are no servers at all. None of them may conform, and no MUST may pass on all of them.

A requirement that every one of these passes checks nothing. `NULL_CONTROLS` maps each name to the object that offers
the documented names; the command line takes `python:dasnet_conformance.faults:NAME`. Those of HTTP are sound in all
else, so that what is judged is what they make of requests.
"""

from __future__ import annotations

from typing import Any

from dasnet_adapters.contract import PROFILES
from dasnet_adapters.python_api import CLIENT_METHODS, HTTP_CLIENT_METHODS, HTTP_METHODS
from dasnet_adapters.python_recording import FUNCTIONS, METHODS

from .sound import Implementation, LowLevel
from .sound import Server as SoundServer
from .sound_handle import Handle
from .sound_http import HttpServer
from .sound_http_client_handle import HttpClientHandle
from .sound_http_connection import HttpConnection
from .sound_http_fields import Text
from .tools import drain


class _Orphan:
    server: Any = None


class _Null:
    """An object that offers the documented names, each of which gives one answer."""

    PROFILES = tuple(name for name, profile in PROFILES.items() if not profile.package)
    SharedOrphan = _Orphan
    __version__ = "1"

    def __init__(self, name: str, sentence: str, answer: Any) -> None:
        self.IMPLEMENTATION_NAME = name
        self.sentence = sentence
        self.Server = type("Server", (), {"_server": None, **dict.fromkeys(METHODS.values(), answer)})
        self.Client = type("Client", (), {"_client": None, **dict.fromkeys(CLIENT_METHODS, answer)})
        self.HttpServer = type("HttpServer", (), {"_server": None, **dict.fromkeys(HTTP_METHODS, answer)})
        self.HttpClient = type("HttpClient", (), {"_client": None, **dict.fromkeys(HTTP_CLIENT_METHODS, answer)})
        for function in FUNCTIONS:
            setattr(self, function, answer)


def _nothing(*arguments: Any) -> None:
    pass


def _true(*arguments: Any) -> bool:  # noqa: ARG001
    return True


def _false(*arguments: Any) -> bool:  # noqa: ARG001
    return False


def _refuse(*arguments: Any) -> None:  # noqa: ARG001
    raise RuntimeError("not now")


class _Echo(Handle):
    # Takes everybody, sends everything back, and tells the host nothing.

    def tick(self) -> None:
        if self.client is None:
            waiting = self.take_waiting()
            if waiting is not None:
                self.adopt(waiting)
        data, ended = drain(self.client)
        if data and self.client is not None:
            self.client.send(data)
        if ended:
            self.drop_client()


def _echo() -> _Null:
    echo = _Null("echo_everything", "Listens and sends everything straight back, and tells the host nothing.", _nothing)
    functions = LowLevel(_Echo)
    echo.Server = type("Server", (SoundServer,), {"_low": functions})
    for name in FUNCTIONS:
        setattr(echo, name, getattr(functions, name, _nothing))
    return echo


def _never_made() -> _Null:
    never = _Null("never_made", "No object can be constructed.", _refuse)
    never.Server = type("Server", (never.Server,), {"__init__": _refuse})
    never.Client = type("Client", (never.Client,), {"__init__": _refuse})
    never.HttpClient = type("HttpClient", (never.HttpClient,), {"__init__": _refuse})
    never.HttpServer = type("HttpServer", (never.HttpServer,), {"__init__": _refuse})
    return never


class _SameAnswer(HttpConnection):
    # Whatever comes gets the same bytes, once per read; nobody is called back.
    said = b""

    def advance(self, *arguments: Any) -> None:  # noqa: ARG002
        while self.read():
            self.outgoing += self.said
            self.parser.buffer.clear()
        if self.ended:
            self.ending = True


class _OkToAnything(_SameAnswer):
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class _RefusesAnything(_SameAnswer):
    said = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    def advance(self, *arguments: Any) -> None:
        super().advance(*arguments)
        self.ending = self.ending or bool(self.outgoing)


class _AnswersTrue(HttpServer):
    def respond(self, *arguments: Any) -> bool:  # noqa: ARG002
        return True


class _HttpNull(Implementation):
    # Sound but for what it makes of requests.

    def __init__(self, name: str, sentence: str, connection: type[HttpConnection]) -> None:
        super().__init__(name, profiles=tuple(PROFILES), http_connection=connection, http_server=_AnswersTrue)
        self.sentence = sentence


class _NeverAsks(HttpClientHandle):
    # A request has an outcome without anybody being asked.

    told: tuple[Any, ...] = ()

    def request(self, method: Text, target: Text, headers: Any, body: bytes) -> int:  # noqa: ARG002
        self.outcomes.append((self.told[0], self.number(), *self.told[1:]))
        return self.last


class _FailsAll(_NeverAsks):
    told = ("on_failure", "not today", 1)


class _MakesThingsUp(_NeverAsks):
    told = ("on_response", 200, "OK", [], b"")


class _HasNoOutcome(_NeverAsks):
    def request(self, *arguments: Any) -> int:  # noqa: ARG002
        return self.number()


class _HttpClientNull(Implementation):
    # Sound but for what it does with requests to be asked.

    def __init__(self, name: str, sentence: str, handle: type[HttpClientHandle]) -> None:
        super().__init__(name, profiles=tuple(PROFILES), http_client_handle=handle)
        self.sentence = sentence


#: The null controls by name.
NULL_CONTROLS: dict[str, Any] = {
    "do_nothing": _Null("do_nothing", "Every call returns, and does and answers nothing.", _nothing),
    "always_true": _Null("always_true", "Every call answers true.", _true),
    "always_false": _Null("always_false", "Every call answers false.", _false),
    "always_refuses": _Null("always_refuses", "Every call is refused with an error.", _refuse),
    "echo_everything": _echo(),
    "never_made": _never_made(),
}
NULL_CONTROLS |= {
    "ok_to_any_request": _HttpNull("ok_to_any_request", "Whatever comes is answered 200.", _OkToAnything),
    "refuses_any_request": _HttpNull("refuses_any_request", "Whatever comes is answered 400.", _RefusesAnything),
    "answers_no_request": _HttpNull("answers_no_request", "Whatever comes is read, and never answered.", _SameAnswer),
    "fails_any_request": _HttpClientNull("fails_any_request", "Whatever is to be asked has failed.", _FailsAll),
    "makes_up_any_answer": _HttpClientNull("makes_up_any_answer", "Nobody is asked, and all is well.", _MakesThingsUp),
    "has_no_outcome": _HttpClientNull("has_no_outcome", "Whatever is to be asked is never heard of.", _HasNoOutcome),
}
