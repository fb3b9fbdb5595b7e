"""What the tests of conversations of HTTP clients share: lines of scripts."""

from __future__ import annotations

OPEN = "host: open HTTP client 1 of class A for a server\n"
OPEN_2 = "host: open HTTP client 2 of class A for a server\n"
NOBODY = "host: open HTTP client 1 of class A for nobody\n"
NAMED = "host: open HTTP client 1 of class A for a server by its name\n"
SIXTH = "host: open HTTP client 1 of class A for a server at an address of IPv6\n"
SILENT = "host: open HTTP client 1 of class A for a server that answers no connection\n"
NEW_2 = "host: construct HTTP client 2 of class B\n"
SETTLE = "host: settle\n"
TICK = "host: tick object 1 1 times\n"
SILENCE = "host: wait without a tick\n"
QUERY = "host: query object 1\n"
SAVE = "host: save object 1 to orphan 1\n"
RESTORE = f"{NEW_2}host: restore object 2 from orphan 1\n"
RESTORE_2 = f"{NEW_2}host: restore object 2 from orphan 2\n"
RELOAD = "host: reload object 1 1 times\n"
CLOSE = "host: close HTTP client 1\n"
INIT = "host: init HTTP client 1 for a server\n"
DESTROY = "host: destroy object 1\n"
REST = "server of HTTP client 1: send the rest\n"
WORKING = "server of HTTP client 1: say that it is working\n"
PAUSE = "server of HTTP client 1: stop reading\n"
RESUME = "server of HTTP client 1: read again\n"
UPLOAD = "host: HTTP client 1 uploads 8192 KiB by POST\n"
UNASKED = "server of HTTP client 1: say what nobody asked for\n"


def asks(method: str = "GET", fields: str = "no field", size: int = 0, *, label: int = 1) -> str:
    """A line in which the host asks."""
    return f"host: HTTP client {label} requests {method} with {fields} and {size} bytes\n"


def replies(
    status: int = 200,
    framing: str = "a length",
    size: int = 10,
    manner: str = "nothing else",
    *,
    label: int = 1,
    how: str = "answer",
) -> str:
    """A line in which the server answers, or prepares to."""
    return f"server of HTTP client {label}: {how} {status} by {framing} of {size} bytes and {manner}\n"


def part(count: int) -> str:
    """A line in which so many bytes of an answer go out."""
    return f"server of HTTP client 1: send {count} bytes\n"


def ends(how: str, label: int = 1) -> str:
    """A line in which the server half-closes, closes or resets."""
    return f"server of HTTP client {label}: {how}\n"


def wrong(name: str) -> str:
    """A line in which the server answers what is wrong."""
    return f"server of HTTP client 1: answer what is wrong: {name}\n"


def cancels(which: str = "the first request that waits") -> str:
    """A line in which a request is given up."""
    return f"host: HTTP client 1 cancels {which}\n"


def reacts(action: str, callback: str = "response") -> str:
    """A line in which the client is told what to do inside the callback of a response, or of a failure."""
    return f"host: HTTP client 1 reacts to a {callback} by {action}\n"


def limits(stall: int = 0, deadline: int = 0) -> str:
    """A line after which clients have these limits in ticks."""
    return f"host: HTTP clients from now on stall after {stall} ticks and are late after {deadline}\n"


def ticks(count: int) -> str:
    """A line of so many ticks."""
    return f"host: tick object 1 {count} times\n"


WAITS = OPEN + asks() + SETTLE
TALKED = WAITS + replies() + SETTLE
#: A body under way of which the server reads the beginning alone.
UNREAD = OPEN + PAUSE + UPLOAD + ticks(10)
