"""The steps of the pre-flight that talk to the port: every command once, callbacks with a real client, large amounts.

Each step gets a fresh host and session, returns what to tell when all is well, and raises what is not: `AdapterBroken`
for a broken driver, `Note` or a mismatch for what the checks will judge. It reaches the implementation through `Host`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from dasnet_adapters.contract import (
    CLASS_PLAIN,
    COMMANDS,
    CORE,
    HTTP,
    HTTP_CLIENT,
    MAKING,
    PROFILES,
    Command,
    Refusal,
    Session,
    Unsupported,
    Value,
)
from dasnet_adapters.line_protocol import decode_command
from dasnet_adapters.profiles import Profile
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject

from .findings import Note, broken_because
from .http_client_steps import outcomes
from .http_steps import requests

#: Bytes that a client sends, and a server, in the step with large amounts.
LARGE: Final = 1 << 20

_SIXTEEN: Final = b"0123456789abcdef"
#: Commands that a driver carries out without asking the port.
_OF_THE_DRIVER: Final = frozenset(name for name, form in COMMANDS.items() if form.by_driver)


def trial_of(profile: Profile) -> Callable[[Host, Session], str]:
    """The step that gives a driver every command of a profile, once or more, as the profile's trial has them."""

    def commands(host: Host, session: Session) -> str:
        port = str(host.port())
        lines = [" ".join(port if word == "PORT" else word for word in line.split()) for line in profile.trial]
        return _commands(host, session, profile.name, [decode_command(f"1 {line}".encode())[1] for line in lines])

    return commands


def _commands(host: Host, session: Session, profile: str, script: Iterable[Command]) -> str:
    answers: dict[str, Value] = {}
    unsupported: dict[str, None] = {}
    asked: set[str] = set()
    missing: set[object] = set()
    note = ""
    for each in script:
        command = each.name
        parameters = zip(COMMANDS[command].parameters, each.arguments, strict=False)
        if command not in MAKING and missing & {number for (_, kind), number in parameters if kind == "object"}:
            continue  # there is no such object, and what the driver says of it is not to be held against it
        asked.add(command)
        outcome = host.call(command, *each.arguments, tolerate_unsupported=True)
        if isinstance(outcome, Unsupported):
            missing |= set(each.arguments[:1]) if command in MAKING else set()
            # A plain object is one that not every language can write, as the protocol says.
            if not COMMANDS[command].optional and not (command in MAKING and each.arguments[1] == CLASS_PLAIN):
                unsupported[command] = None
        elif isinstance(outcome, Value):
            answers[command] = outcome
        elif isinstance(outcome, Refusal) and command in MAKING:
            number, kind = each.arguments[:2]
            why = f"'{command}' of class {kind!r} is refused ({outcome.kind}: {outcome.message})"
            if kind != CLASS_PLAIN:
                raise Note(f"{why}; nothing can be judged without objects")
            note = f"{why}; a language that has no plain object answers `unsupported`"
            missing.add(number)
    of_port = {name for name in asked - _OF_THE_DRIVER if COMMANDS[name].profile == profile}
    if not of_port & answers.keys():
        count = len(of_port)
        raise broken_because(session, f"not one of the {count} commands of {profile} gives a value", "empty-claim")
    if unsupported:
        note = "; ".join(filter(None, (f"unsupported: {', '.join(unsupported)}", note)))
    if note:
        raise Note(note)
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


def _steps() -> Iterator[tuple[str, str, Callable[[Host, Session], str]]]:
    for profile in PROFILES.values():
        yield "commands" if profile.name == CORE else profile.name, profile.name, trial_of(profile)
    yield "callbacks", CORE, callbacks
    yield "requests", HTTP, requests
    yield "outcomes", HTTP_CLIENT, outcomes
    yield "large amounts", CORE, large_amounts
    yield "quiet", CORE, quiet


#: Name of a step, the profile that has to be claimed for it, and the step.
STEPS: Final = tuple(_steps())
