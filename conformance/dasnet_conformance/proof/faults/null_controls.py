"""Null controls: servers that are no servers at all. None of them may conform, and no MUST may pass on all of them.

A requirement that every one of these passes checks nothing. `NULL_CONTROLS` maps each name to the object that offers
the documented names; the command line takes `python:dasnet_conformance.faults:NAME`.
"""

from __future__ import annotations

from typing import Any, Final

from dasnet_adapters.contract import CLIENT, CLIENT_LOWLEVEL, CORE, LOWLEVEL
from dasnet_adapters.python_api import CLIENT_METHODS
from dasnet_adapters.python_recording import FUNCTIONS, METHODS

from .sound import LowLevel
from .sound import Server as SoundServer
from .sound_handle import Handle
from .tools import drain


class _Orphan:
    server: Any = None


class _Null:
    """An object that offers the documented names, each of which gives one answer."""

    PROFILES = (CORE, LOWLEVEL, CLIENT, CLIENT_LOWLEVEL)
    SharedOrphan = _Orphan
    __version__ = "1"

    def __init__(self, name: str, sentence: str, answer: Any) -> None:
        self.IMPLEMENTATION_NAME = name
        self.sentence = sentence
        self.Server = type("Server", (), {"_server": None, **dict.fromkeys(METHODS.values(), answer)})
        self.Client = type("Client", (), {"_client": None, **dict.fromkeys(CLIENT_METHODS, answer)})
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
    return never


#: The null controls by name.
NULL_CONTROLS: Final[dict[str, _Null]] = {
    "do_nothing": _Null("do_nothing", "Every call returns, and does and answers nothing.", _nothing),
    "always_true": _Null("always_true", "Every call answers true.", _true),
    "always_false": _Null("always_false", "Every call answers false.", _false),
    "always_refuses": _Null("always_refuses", "Every call is refused with an error.", _refuse),
    "echo_everything": _echo(),
    "never_made": _never_made(),
}
