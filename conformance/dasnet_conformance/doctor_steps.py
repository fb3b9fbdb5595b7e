"""The steps of the pre-flight that talk to the port: every command once, callbacks with a real client, large amounts.

Each step gets a fresh host and session, returns what to tell when all is well, and raises what is not: `AdapterBroken`
for a broken driver, `Note` or a mismatch for what the checks will judge. It reaches the implementation through `Host`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from dasnet_adapters.contract import (
    CLASS_A,
    CLASS_B,
    CLASS_PLAIN,
    CLASS_SILENT,
    COMMANDS,
    CORE,
    LOWLEVEL,
    AdapterBroken,
    Argument,
    Refusal,
    Session,
    Unsupported,
    Value,
)
from dasnet_adapters.hints import HINTS

from . import expect
from .host import Host
from .host_object import HostObject

#: Bytes that a client sends, and a server, in the step with large amounts.
LARGE: Final = 1 << 20

_SIXTEEN: Final = b"0123456789abcdef"
#: Commands that a driver carries out without asking the port.
_OF_THE_DRIVER: Final = frozenset({"new", "react", "holds", "descriptors"})


class Note(Exception):
    """Something worth knowing that breaks nothing. `symptom` is a key of `HINTS`, or empty."""

    def __init__(self, message: str, symptom: str = "") -> None:
        super().__init__(message)
        self.symptom = symptom


def broken_because(session: Session, message: str, symptom: str) -> AdapterBroken:
    """The error for a driver that answers in due form and wrongly; the conversation can go on."""
    conversation = getattr(session, "conversation", None)
    exchange = conversation.exchange() if conversation is not None else ""
    return AdapterBroken(message, culprit="driver", hint=HINTS[symptom].text, exchange=exchange)


def core_commands(host: Host, session: Session) -> str:
    """Every command of the core profile, once or more, in an order in which all of them make sense."""
    port = host.port()
    return _commands(
        host,
        session,
        CORE,
        [
            ("new", 1, CLASS_A),
            ("new", 2, CLASS_B),
            ("new", 3, CLASS_SILENT),
            ("new", 4, CLASS_PLAIN),
            ("adapter", 1),
            ("has_session", 1),
            ("init", 1, port),
            ("is_open", 1),
            ("is_connected", 1),
            ("tick", 1),
            ("send", 1, b"ok\n", 1, 3),
            ("react", 1, "connect", "query"),
            ("react", 1, "data", "send", b"ok\n"),
            ("react", 1, "data", "none"),
            ("holds", 1),
            ("save", 1, 1),
            ("holds", 1),
            ("restore", 2, 1),
            ("tick", 2),
            ("descriptors",),
            *(("destroy", number) for number in (1, 2, 3)),
        ],
    )


def lowlevel_commands(host: Host, session: Session) -> str:
    """Every command of the lowlevel profile, once or more."""
    port = host.port()
    return _commands(
        host,
        session,
        LOWLEVEL,
        [
            ("new", 1, CLASS_A),
            ("new", 2, CLASS_B),
            ("make_server", 1),
            ("server_init", 1, port),
            ("server_is_open", 1),
            ("server_is_connected", 1),
            ("server_tick", 1),
            ("server_send", 1, b"ok\n", 1, 3),
            ("server_restore", 1, 2),
            ("server_tick", 0),
            ("destroy", 1),
            ("destroy", 2),
        ],
    )


def _commands(host: Host, session: Session, profile: str, script: Iterable[tuple[str | Argument, ...]]) -> str:
    answers: dict[str, Value] = {}
    unsupported: dict[str, None] = {}
    asked: set[str] = set()
    for name, *arguments in script:
        command = str(name)
        asked.add(command)
        outcome = host.call(command, *arguments, tolerate_unsupported=True)
        if isinstance(outcome, Unsupported):
            unsupported[command] = None
        elif isinstance(outcome, Value):
            answers[command] = outcome
        elif isinstance(outcome, Refusal) and command == "new":
            raise Note(f"'new' is refused ({outcome.kind}: {outcome.message}); nothing can be judged without objects")
    of_port = {name for name in asked - _OF_THE_DRIVER if COMMANDS[name].profile == profile}
    if not of_port & answers.keys():
        count = len(of_port)
        raise broken_because(session, f"not one of the {count} commands of {profile} gives a value", "empty-claim")
    if unsupported:
        raise Note(f"unsupported: {', '.join(unsupported)}")
    return f"{len(of_port | (asked & _OF_THE_DRIVER))} commands, each answered in due form"


def callbacks(host: Host, session: Session) -> str:
    """A client comes, speaks and leaves; the callbacks tell so, and reactions are done and told of."""
    server, client = host.connected()
    client.send(b"hello")
    host.await_received(server, 5)
    expect.same_bytes(server.received, b"hello", "what the client sent")
    for action in ("echo", "query"):
        server.react("data", action)
        client.send(b"again")
        _await_more(host, server, 5)
        if not server.did(action):
            raise broken_because(
                session, f"'react data {action}' was answered, the data came, no did line", "reaction-untold"
            )
    server.react("data", "none")
    client.close()
    host.await_departure(server)
    return "connect, data, disconnect, and what reactions led to"


def large_amounts(host: Host, session: Session) -> str:
    """A mebibyte in either direction; a buffer made of a piece repeated."""
    server, client = host.connected()
    client.send(_SIXTEEN * (LARGE // len(_SIXTEEN)))
    host.await_received(server, LARGE)
    expect.returns(server.send(b"ok\n"), True, "send")
    host.await_peer(client, 3, server)
    expect.same_bytes(client.received, b"ok\n", "what the client received")
    outcome = server.send(b"ab", repeat=3)
    if outcome == Value(True):
        # Any bytes beyond the first three: a driver that repeats wrongly may send fewer than six.
        host.await_peer(client, 4, server)
        host.settle(server)
    if outcome != Value(True) or client.received[3:] != b"ababab":
        got = f"{expect.spell(outcome)}, and the client got {bytes(client.received[3:40])!r}"
        raise broken_because(session, f"'ab' sent 3 times, size 6: {got}", "repeat-ignored")
    outcome = server.send(_SIXTEEN, repeat=LARGE // len(_SIXTEEN))
    expect.returns(outcome, True, "send of a mebibyte")
    host.await_peer(client, 9 + LARGE, server)
    return "a mebibyte of data, and one sent as a repeated piece"


def quiet(host: Host, _session: Session) -> str:
    """Between commands, nothing is said, whatever the port does."""
    server = host.new()
    for name, *arguments in (("adapter",), ("init", host.port()), ("tick",)):
        host.call(str(name), server.number, *arguments, tolerate_unsupported=True)
    host.silence()
    return "nothing is said between commands"


def _await_more(host: Host, server: HostObject, count: int) -> None:
    total = len(server.received) + count
    host.await_received(server, total)


#: Name of a step, the profile that has to be claimed for it, and the step.
STEPS: Final[tuple[tuple[str, str, Callable[[Host, Session], str]], ...]] = (
    ("commands", CORE, core_commands),
    ("low level", LOWLEVEL, lowlevel_commands),
    ("callbacks", CORE, callbacks),
    ("large amounts", CORE, large_amounts),
    ("quiet", CORE, quiet),
)
