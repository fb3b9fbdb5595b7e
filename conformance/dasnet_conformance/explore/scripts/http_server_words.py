"""The words of the steps of HTTP: what a request may be like, which are wrong, and what a host may answer with.

Data, read by the steps, which say them, and by `http_server.content`, which makes bytes of them. The first of each row
is the plainest one, which is what a script is reduced to.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from dasnet_conformance.catalogue.vectors import Vector, load_vectors

METHODS: Final = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS")
VERSIONS: Final = ("HTTP/1.1", "HTTP/1.0")
FRAMINGS: Final = ("no body", "a length", "chunks", "chunks and extensions", "chunks and a trailer")

PLAIN: Final = "nothing else"
MANY_FIELDS: Final = "many fields"
CLOSE: Final = "close"
CLOSE_LISTED: Final = "close in a list"
CLOSE_SECOND: Final = "close in a second line"
KEEP_ALIVE: Final = "keep-alive"
EXPECTS: Final = "an expectation"
EMPTY_LINE: Final = "an empty line ahead"
IPV6_HOST: Final = "a host of IPv6"
NO_PORT_HOST: Final = "a host with an empty port"
PORT_HOST: Final = "a host with a port"
SMALL_NAMES: Final = "names in small letters"
UPGRADE: Final = "an upgrade"
#: What a request has beside its method, version and body.
MANNERS: Final = (
    PLAIN,
    MANY_FIELDS,
    CLOSE,
    CLOSE_LISTED,
    CLOSE_SECOND,
    KEEP_ALIVE,
    EXPECTS,
    EMPTY_LINE,
    IPV6_HOST,
    NO_PORT_HOST,
    PORT_HOST,
    SMALL_NAMES,
    UPGRADE,
)
#: Of those, the ones after which the connection ends.
CLOSING: Final = (CLOSE, CLOSE_LISTED, CLOSE_SECOND)

FIRST_WAITING: Final = "the first request that waits"
LAST_WAITING: Final = "the last request that waits"
ANSWERED: Final = "a request that was answered"
NEVER_WAS: Final = "a request that never was"
#: Which request an answer is meant for.
REQUESTS: Final = (FIRST_WAITING, LAST_WAITING, ANSWERED, NEVER_WAS)

#: The fields that a host gives with an answer, as it gives them: names and values as they have to arrive, if they do.
FIELDS: Final[dict[str, tuple[bytes, ...]]] = {
    "no field": (),
    "fields": (b"Content-Type: text/plain; charset=utf-8", b"Set-Cookie: a=1", b"X-Empty: ", b"Set-Cookie: b=2"),
    "a date": (b"Date: Sun, 06 Nov 1994 08:49:37 GMT",),
    "a close": (b"Connection: close",),
    "a length": (b"content-length: 3",),
    "a coding": (b"Transfer-Encoding: chunked",),
    "a field with CR": (b"X-Field: a\rX-Other: b",),
    "a field with LF": (b"X-Field: a\nX-Other: b",),
    "a field with NUL": (b"X-Field: a\0b",),
    "a name with a space": (b"X Field: a",),
}
#: Of those, the ones that are the server's own, which it may refuse or override; that would end the head or a field,
#: which it has to refuse or to clean; and with a name that is none, which it has to refuse.
FRAMING_FIELDS: Final = ("a close", "a length", "a coding")
INJECTIONS: Final = ("a field with CR", "a field with LF", "a field with NUL")
BAD_NAMES: Final = ("a name with a space",)

#: What an HTTP server does inside a request callback.
ACTIONS: Final = ("nothing", "an answer", "a large answer", "raise", "tick", "destroy", "save to 1", "save to 2")


@cache
def wrong_requests() -> dict[str, Vector]:
    """The requests of the catalogue that may not be served, and those that hide another one, by what they are called.

    What may be served as well is not among them: whose request was called back then could not be told.
    """
    found = {}
    for requirement, vectors in load_vectors().items():
        for vector in vectors:
            if not vector.serve and (vector.reject or vector.hidden):
                found[f"{requirement} ({vector.name})"] = vector
    return found
