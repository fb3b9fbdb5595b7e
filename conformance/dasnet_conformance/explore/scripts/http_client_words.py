"""The words of the steps of HTTP clients: what a host may ask, what it may not, and how a server of the suite answers.

Data, read by the steps, which say them, and by `http_client.content`, which makes bytes of them. The first of each row
is the plainest one, which is what a script is reduced to.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from dasnet_conformance.catalogue.response_vectors import ResponseVector, load_response_vectors

METHODS: Final = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH")
#: Of those, the ones that may be sent again where nobody knows whether they arrived.
IDEMPOTENT: Final = ("GET", "HEAD", "PUT", "DELETE", "OPTIONS")

#: The fields that a host gives with a request, as they have to arrive.
FIELDS: Final[dict[str, tuple[bytes, ...]]] = {
    "no field": (),
    "many fields": (b"Accept: text/html, */*", b"X-Empty: ", b"X-Twice: a=1", b"X-Bytes: caf\xe9", b"X-Twice: b=2"),
    "a close": (b"Connection: close",),
    "a host": (b"Host: example.org:81",),
    "a length": (b"Content-Length: 3",),
    "a coding": (b"Transfer-Encoding: chunked",),
}
CLOSE_ASKED: Final = "a close"
OWN_HOST: Final = "a host"
FRAMING_GIVEN: Final = ("a length", "a coding")
#: What a client may refuse: fields that are its own, and methods that it does not know.
MAY_BE_REFUSED: Final = (OWN_HOST, *FRAMING_GIVEN, "PATCH")

#: What may not go out: method, target, fields, and the requirement that says so.
FORBIDDEN: Final[dict[str, tuple[str, str, bytes, str]]] = {
    "a method with a space": ("GET X", "/", b"", "http-client-request.method-invalid"),
    "an empty method": ("", "/", b"", "http-client-request.method-invalid"),
    "a target with a space": ("GET", "/a b", b"", "http-client-request.target-invalid"),
    "a target with line ends": ("GET", "/ HTTP/1.1\r\nX: a\r\n", b"", "http-client-request.target-invalid"),
    "a field with CR": ("GET", "/", b"X-Field: a\rX-Other: b\r\n", "http-client-request.field-injection"),
    "a field with LF": ("GET", "/", b"X-Field: a\nX-Other: b\r\n", "http-client-request.field-injection"),
    "a field with NUL": ("GET", "/", b"X-Field: a\0b\r\n", "http-client-request.field-injection"),
    "a name with a space": ("GET", "/", b"X Field: a\r\n", "http-client-request.name-invalid"),
}

FRAMINGS: Final = ("a length", "chunks", "chunks and extensions", "chunks and a trailer", "until close")
UNTIL_CLOSE: Final = "until close"

PLAIN: Final = "nothing else"
MANY_FIELDS: Final = "many fields"
KEEP_ALIVE: Final = "keep-alive"
INTERIM: Final = "interim answers"
FOLDED: Final = "a folded field"
NO_REASON: Final = "no reason"
OLD: Final = "HTTP/1.0"
OLD_KEPT: Final = "HTTP/1.0 and keep-alive"
EXTRA: Final = "extra bytes behind it"
#: Of what an answer has beside its status, framing and body: those behind which the connection ends, by their lines.
CLOSING: Final[dict[str, tuple[bytes, ...]]] = {
    "close": (b"Connection: CLOSE",),
    "close in a list": (b"Connection: x-other,\tClose , x-more",),
    "close in a second line": (b"Connection: x-other", b"Connection: close"),
}
MANNERS: Final = (PLAIN, MANY_FIELDS, KEEP_ALIVE, INTERIM, FOLDED, NO_REASON, OLD, OLD_KEPT, EXTRA, *CLOSING)

FIRST: Final = "the first request that waits"
LAST: Final = "the last request that waits"
OVER: Final = "a request that is over"
NEVER_WAS: Final = "a request that never was"
#: Which request is to be cancelled.
WHICH: Final = (FIRST, LAST, OVER, NEVER_WAS)

SERVER: Final = "a server"
NOBODY: Final = "nobody"
NAMED: Final = "a server by its name"
SIXTH: Final = "a server at an address of IPv6"
SILENT: Final = "a server that answers no connection"
#: Whom a client is told to ask.
TOWARDS: Final = (SERVER, NOBODY, NAMED, SIXTH, SILENT)
#: Of those, the ones at which nothing is ever asked.
UNHEARD: Final = (NOBODY, SILENT)
#: Of each, how it is named to init, and the address where somebody listens, or nobody.
PLACES: Final[dict[str, tuple[str, str]]] = {
    SERVER: ("127.0.0.1", "127.0.0.1"),
    NOBODY: ("127.0.0.1", "127.0.0.1"),
    NAMED: ("localhost", "127.0.0.1"),
    SIXTH: ("::1", "::1"),
    SILENT: ("127.0.0.1", "127.0.0.1"),
}
#: The requirements that ask for the last two.
BY_PLACE: Final = {NAMED: "http-client-connection.by-name", SIXTH: "http-client-connection.ipv-six"}

#: What an HTTP client does inside the callback of a response.
ACTIONS: Final = ("nothing", "a request", "raise", "tick", "close", "destroy", "save")
#: The same inside the callback of a failure: a request there could fail again for ever.
ACTIONS_OF_FAILURE: Final = tuple(action for action in ACTIONS if action != "a request")
#: How a large body is sent.
UPLOADS: Final = ("POST", "PUT")
#: Where `save` inside a callback puts the handle.
SAVED_INSIDE: Final = 2


@cache
def wrong_answers() -> dict[str, ResponseVector]:
    """The answers of the catalogue that a client may not take for one, by what they are called."""
    found = {}
    for requirement, vectors in load_response_vectors().items():
        for vector in vectors:
            if vector.fail and not vector.respond and not vector.waits and vector.method != "HEAD":
                found[f"{requirement} ({vector.name})"] = vector
    return found
