"""The steps of a script as data: their names, their arguments, and the one line of text that each is written as.

The text of a step is its form with the arguments put in; parsing is the same form read backwards, so the two cannot
disagree. It does no input or output.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from dasnet_adapters.contract import CLIENT, COMMANDS, CORE, HTTP, HTTP_CLIENT

from . import http_client_words as asker_words
from . import http_server_words as http_words

Argument = int | str

#: The choices of each argument that is a word. Every other argument is a whole number.
WORDS: Final[dict[str, tuple[str, ...]]] = {
    "class": ("A", "B"),
    "port": ("free", "taken", "same", "former", "negative", "65536", "wrapped"),
    "callback": ("connect", "data", "disconnect"),
    "place": ("a listener", "nobody", "a negative port", "a port beyond a listener's"),
    "own_action": ("nothing", "send", "echo", "tick", "close", "query", "raise"),
    "action": ("nothing", "send", "echo", "save to 1", "save to 2", "tick", "destroy", "query", "raise"),
    "method": http_words.METHODS,
    "version": http_words.VERSIONS,
    "framing": http_words.FRAMINGS,
    "manner": http_words.MANNERS,
    "wrong": tuple(http_words.wrong_requests()),
    "request": http_words.REQUESTS,
    "given": tuple(http_words.FIELDS),
    "inside": http_words.ACTIONS,
    "towards": asker_words.TOWARDS,
    "asked_method": asker_words.METHODS,
    "asked_fields": tuple(asker_words.FIELDS),
    "forbidden": tuple(asker_words.FORBIDDEN),
    "which": asker_words.WHICH,
    "asker_inside": asker_words.ACTIONS,
    "asker_inside_failure": asker_words.ACTIONS_OF_FAILURE,
    "upload_method": asker_words.UPLOADS,
    "reply_framing": asker_words.FRAMINGS,
    "reply_manner": asker_words.MANNERS,
    "wrong_answer": tuple(asker_words.wrong_answers()),
}

#: Every step: its text, with the arguments in braces in the order of `Step.arguments`.
FORMS: Final[dict[str, str]] = {
    "new": "host: construct object {object} of class {class}",
    "open": "host: open object {object} of class {class}",
    "adapter": "host: make the adapter of object {object}",
    "make_server": "host: make_server on object {object}",
    "init": "host: init object {object} on port {port}",
    "server_init": "host: server_init object {object} on port {port}",
    "tick": "host: tick object {object} {count} times",
    "server_tick": "host: server_tick object {object} {count} times",
    "settle": "host: settle",
    "server_settle": "host: settle by server_tick",
    "silence": "host: wait without a tick",
    "query": "host: query object {object}",
    "server_query": "host: query the handle of object {object}",
    "send": "host: object {object} sends {size} of {length} bytes",
    "send_reused": "host: object {object} sends {size} of {length} bytes and uses the buffer again",
    "server_send": "host: server_send on object {object} {size} of {length} bytes",
    "save": "host: save object {object} to orphan {orphan}",
    "restore": "host: restore object {object} from orphan {orphan}",
    "reloads": "host: reload object {object} {count} times",
    "server_restore": "host: server_restore the handle of object {object} to object {target}",
    "destroy": "host: destroy object {object}",
    "react": "host: object {object} reacts to {callback} by {action}",
    "connect": "peer {peer}: connect to object {object}",
    "peer_send": "peer {peer}: send {count} bytes",
    "half_close": "peer {peer}: half-close",
    "reset": "peer {peer}: reset",
    "close": "peer {peer}: close",
    "pause": "peer {peer}: stop reading",
    "resume": "peer {peer}: read again",
    "caller_new": "host: construct client {object} of class {class}",
    "caller_open": "host: make client {object} of class {class}",
    "caller_adapter": "host: make the adapter of client {object}",
    "caller_connect": "host: client {object} connects to {place}",
    "caller_join": "host: client {object} connects to object {server}",
    "client_connect": "host: client_connect of client {object} to {place}",
    "caller_tick": "host: tick client {object} {count} times",
    "client_tick": "host: client_tick of client {object} {count} times",
    "caller_query": "host: query client {object}",
    "caller_send": "host: client {object} sends {size} of {length} bytes",
    "client_send": "host: client_send on client {object} {size} of {length} bytes",
    "caller_close": "host: close client {object}",
    "client_close": "host: client_close of client {object}",
    "caller_destroy": "host: destroy client {object}",
    "caller_react": "host: client {object} reacts to {callback} by {own_action}",
    "remote_send": "server of client {object}: send {count} bytes",
    "remote_half_close": "server of client {object}: half-close",
    "remote_reset": "server of client {object}: reset",
    "remote_close": "server of client {object}: close",
    "remote_pause": "server of client {object}: stop reading",
    "remote_resume": "server of client {object}: read again",
    "http_new": "host: construct HTTP server {object} of class {class}",
    "http_open": "host: open HTTP server {object} of class {class}",
    "http_react": "host: HTTP server {object} reacts to a request by {inside}",
    "respond": "host: HTTP server {object} answers {request} with {status}, {given} and {size} bytes",
    "ask": "peer {peer}: ask by {method} of {version} with {framing} of {size} bytes and {manner}",
    "prepare": "peer {peer}: prepare {method} of {version} with {framing} of {size} bytes and {manner}",
    "head": "peer {peer}: send the rest of a head",
    "rest": "peer {peer}: send the rest",
    "wrong": "peer {peer}: ask what is wrong: {wrong}",
    "asker_limits": "host: HTTP clients from now on stall after {stall} ticks and are late after {deadline}",
    "asker_new": "host: construct HTTP client {object} of class {class}",
    "asker_open": "host: open HTTP client {object} of class {class} for {towards}",
    "asker_init": "host: init HTTP client {object} for {towards}",
    "asker_close": "host: close HTTP client {object}",
    "asker_react": "host: HTTP client {object} reacts to a response by {asker_inside}",
    "asker_react_failure": "host: HTTP client {object} reacts to a failure by {asker_inside_failure}",
    "asker_request": "host: HTTP client {object} requests {asked_method} with {asked_fields} and {size} bytes",
    "asker_upload": "host: HTTP client {object} uploads {kibibytes} KiB by {upload_method}",
    "asker_forbidden": "host: HTTP client {object} requests what is forbidden: {forbidden}",
    "asker_cancel": "host: HTTP client {object} cancels {which}",
    "reply": "server of HTTP client {object}: answer {status} by {reply_framing} of {size} bytes and {reply_manner}",
    "reply_prepare": (
        "server of HTTP client {object}: prepare {status} by {reply_framing} of {size} bytes and {reply_manner}"
    ),
    "reply_part": "server of HTTP client {object}: send {count} bytes",
    "reply_rest": "server of HTTP client {object}: send the rest",
    "reply_interim": "server of HTTP client {object}: say that it is working",
    "reply_wrong": "server of HTTP client {object}: answer what is wrong: {wrong_answer}",
    "reply_unasked": "server of HTTP client {object}: say what nobody asked for",
    "site_pause": "server of HTTP client {object}: stop reading",
    "site_resume": "server of HTTP client {object}: read again",
    "site_half_close": "server of HTTP client {object}: half-close",
    "site_close": "server of HTTP client {object}: close",
    "site_reset": "server of HTTP client {object}: reset",
}

# The steps that make a script one about HTTP servers; in such a one, host and peers have many of the others as well.
_OF_HTTP: Final = ("http_new", "http_open", "http_react", "respond", "ask", "prepare", "head", "rest", "wrong")

# The steps that make a script one about HTTP clients.
_OF_ASKERS: Final = ("asker_", "reply", "site_")

# What a client does, by its methods and by functions, and what the other end of its connection does.
_BY_METHODS: Final = ("caller_", "remote_")
_OF_CLIENTS: Final = (*_BY_METHODS, "client_")

# The command that a step is made of, where it has another name.
_COMMANDS: Final = {"server_settle": "server_tick", "server_query": "server_is_open"}

_FIELD: Final = re.compile(r"\{(\w+)\}")


class BadStep(ValueError):
    """A line that is no step; the message says what is wrong with it."""


@cache
def fields(name: str) -> tuple[str, ...]:
    """The names of a step's arguments, in order."""
    return tuple(_FIELD.findall(FORMS[name]))


@cache
def profile_of(name: str) -> str:
    """The profile that a step needs: that of its command, and `core` for what a peer does."""
    if name.startswith(_BY_METHODS):
        return CLIENT
    if is_of_http(name):
        return HTTP
    if is_of_askers(name):
        return HTTP_CLIENT
    # What a peer does may have the name of a command: it connects and closes, as a client does.
    form = None if FORMS[name].startswith("peer ") else COMMANDS.get(_COMMANDS.get(name, name))
    return form.profile if form is not None else CORE


def is_of_clients(name: str) -> bool:
    """Whether a step is about a client of the implementation, or the other end of its connection."""
    return name.startswith(_OF_CLIENTS)


def is_of_http(name: str) -> bool:
    """Whether a step is about HTTP servers, and makes its script one about them."""
    return name in _OF_HTTP


def is_of_askers(name: str) -> bool:
    """Whether a step is about HTTP clients, and makes its script one about them."""
    return name.startswith(_OF_ASKERS)


@dataclass(frozen=True)
class Step:
    """One step of a script: a name of `FORMS` and its arguments in the order of the form."""

    name: str
    arguments: tuple[Argument, ...] = ()

    def __str__(self) -> str:
        return FORMS[self.name].format(**dict(zip(fields(self.name), self.arguments, strict=True)))

    def get(self, field: str) -> Argument:
        """The argument of that name. Raises `ValueError` when the step has none."""
        return self.arguments[fields(self.name).index(field)]

    def number(self, field: str) -> int:
        """The argument of that name, which is a number."""
        return int(self.get(field))

    def replaced(self, field: str, value: Argument) -> Step:
        """The same step with one argument changed."""
        pairs = zip(fields(self.name), self.arguments, strict=True)
        return Step(self.name, tuple(value if name == field else argument for name, argument in pairs))


def step(name: str, *arguments: Argument) -> Step:
    """A step, for scripts that are written in Python. Raises `BadStep` for what no form allows."""
    return parse_step(str(Step(name, arguments)))


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    patterns = []
    for name, form in FORMS.items():
        parts = []
        for index, part in enumerate(_FIELD.split(form)):
            if index % 2 == 0:
                parts.append(re.escape(part))
            else:
                choice = "|".join(map(re.escape, WORDS[part])) if part in WORDS else r"-?\d{1,9}"
                parts.append(f"(?P<{part}>{choice})")
        patterns.append((name, re.compile("".join(parts))))
    return patterns


def parse_step(line: str) -> Step:
    """The step that a line stands for. Raises `BadStep`."""
    text = " ".join(line.split())
    for name, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found:
            values = found.groupdict()
            return Step(name, tuple(values[f] if f in WORDS else int(values[f]) for f in fields(name)))
    raise BadStep(f"no step reads {text!r}; the steps are told in docs/explore.md")


def told(steps: Sequence[Step]) -> str:
    """Steps as text, a line each."""
    return "\n".join(map(str, steps))
