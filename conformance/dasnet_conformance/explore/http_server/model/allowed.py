"""What `respond` may say: by what is given, by the request that it is meant for, and by what became of its client.

Each function gives the allowed names of outcomes (as `expect.name_of` spells them) and the requirement they come from.
"""

from __future__ import annotations

from typing import Final

from dasnet_conformance.explore.http_server.content import Given, Unit
from dasnet_conformance.explore.scripts import http_server_words as words

from .state import WebConnection, WebState

_TRUE: Final = frozenset(("true",))
#: An answer that is not taken is refused, or respond is false: both are fine, the one raises and the other does not.
_NO: Final = frozenset(("false", "refused"))
_ANY: Final = frozenset(("true", "false", "refused"))

Allowed = tuple[frozenset[str], str]


def of_nobody(*, destroyed: bool) -> Allowed:
    """Of an object without a handle: it was saved, or destroyed."""
    return _NO, "http-callbacks.respond-unknown" if destroyed else "http-reload.old-object"


def of_unknown() -> Allowed:
    """Of a number that no request had."""
    return _NO, "http-callbacks.respond-unknown"


def of_request(state: WebState, connection: WebConnection, unit: Unit, given: Given) -> Allowed:
    """Of a request that was called back, whose connection that is."""
    if connection.wild or any(each.raised for each in connection.units):
        # A callback raised: that request has a 5xx by then, or none, or its connection has ended, and all others on it
        # with it. Or nobody knows what it is that was asked.
        return _ANY, "http-callbacks.raises-alone"
    if unit.given is not None or unit.received is not None:
        return _NO, "http-callbacks.respond-twice"
    content = _of_content(given)
    if content is not None:
        return content
    # With more to be read behind it, the server may not have come to the reset.
    if connection.end == "reset" and connection.noticed and connection.sent <= unit.end:
        return _NO, "http-callbacks.respond-departed"
    place = connection.units.index(unit)
    if connection.gone or connection.wire.closed or connection.over or connection.may_be_cut_short(place):
        # The server may have noticed or not; and behind an answer that turns out to be the last there are no others.
        return _ANY, "http-connection.leaves-before-answer"
    return _TRUE, _expected(state, connection, unit, given)


# What may be said to an answer that is not as it should be, None for a right one.
def _of_content(given: Given) -> Allowed | None:
    if 100 <= given.status < 200:
        return _NO, "http-response.interim-refused"
    if not 200 <= given.status <= 599:
        return _NO, "http-response.status-refused"
    if given.kind in words.BAD_NAMES:
        return _NO, "http-response.name-refused"
    if given.kind in words.INJECTIONS:
        # It is refused, or the server cleans it, which shows on the wire.
        return _ANY, "http-response.injection"
    if given.kind in words.FRAMING_FIELDS:
        # They are the server's own: refused, or overridden.
        return _ANY, "http-response.framing-fields-given"
    if given.status in (204, 304) and given.body:
        # Refused, or the body is left out.
        return _ANY, "http-response.no-content"
    return None


def _expected(state: WebState, connection: WebConnection, unit: Unit, given: Given) -> str:
    if connection.end == "half-closed":
        return "http-connection.half-close"
    if state.raised:
        return "http-callbacks.raises-alone"
    if unit.reloaded:
        return "http-reload.unanswered"
    return "http-callbacks.answered-inside" if given.when == "inside" else "http-callbacks.answered-later"
