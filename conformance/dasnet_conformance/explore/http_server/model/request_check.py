"""Whether a callback has what was asked, and which requirement a request violates that is not told of. Pure functions.

What a server may make of a request: names in any case; fields of one name apart, or joined by commas where the first of
them stood; the fields that tell where a body ends as they were, or put right, or left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from dasnet_adapters.contract import Event
from dasnet_conformance.explore.http_server.content import FRAMING, Unit
from dasnet_conformance.explore.scripts import http_server_words as words
from dasnet_conformance.explore.shared.verdicts import Divergence
from dasnet_conformance.stage.http_side import fields_of

from .state import WebConnection

_FRAMINGS: Final = {
    "a length": "http-framing.length-body",
    "chunks": "http-framing.chunked",
    "chunks and extensions": "http-framing.chunk-extension",
    "chunks and a trailer": "http-framing.trailers",
}
_MANNERS: Final = {
    words.EMPTY_LINE: "http-request.leading-empty-line",
    words.IPV6_HOST: "http-request.host-valid",
    words.NO_PORT_HOST: "http-request.host-valid",
    words.PORT_HOST: "http-request.host-valid",
    words.SMALL_NAMES: "http-request.names-without-case",
    words.UPGRADE: "http-request.upgrade-ignored",
    words.MANY_FIELDS: "http-request.value-bytes",
    words.EXPECTS: "http-connection.expect-then-body",
}
#: Methods whose body is something out of the ordinary.
_BODILESS: Final = ("GET", "HEAD", "DELETE", "OPTIONS")

#: Fields that are between a client and the server alone, which may keep them from the host.
_OF_ITS_HOP: Final = ("connection", "expect", "upgrade")

Pairs = Sequence[tuple[str, bytes]]


def check_request(connection: WebConnection, unit: Unit, event: Event, said: str) -> None:
    """Raises `Divergence` where the callback differs from what was asked, or comes before it is there."""
    _whole(connection, unit, said)
    if event.method != unit.method:
        raise Divergence("http-request.get", f"{said}: the method was {unit.method}")
    if event.version.upper().removeprefix("HTTP/") != unit.version.removeprefix("HTTP/"):
        raise Divergence("http-request.version-told", f"{said}: {event.version!r} for {unit.version}")
    if event.data != unit.body:
        told = f"{said}: a body of {len(event.data)} bytes for one of {len(unit.body)}"
        raise Divergence(_of_body(unit), f"{told}, which differ at byte {_parting(event.data, unit.body)}")
    check_fields(unit, fields_of(event), said)


def _whole(connection: WebConnection, unit: Unit, said: str) -> None:
    taken = connection.taken - unit.start
    if taken >= len(unit.data):
        return
    told = f"{said} after {max(taken, 0)} of its {len(unit.data)} bytes"
    left = bool(connection.end)
    if taken < unit.head:
        raise Divergence("http-connection.leaves-in-head" if left else "http-request.after-head", told)
    if left:
        raise Divergence("http-connection.leaves-in-body", told)
    raise Divergence("http-framing.partial-body", told)


def _of_body(unit: Unit) -> str:
    if unit.reloaded:
        return "http-reload.in-body" if unit.framing == "a length" else "http-reload.in-chunk"
    if unit.cut:
        return "http-framing.partial-body"
    return _FRAMINGS.get(unit.framing, "http-framing.length-absent")


def _parting(one: bytes, other: bytes) -> int:
    places = (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(places, min(len(one), len(other)))


def check_fields(unit: Unit, got: Pairs, said: str) -> None:
    """Raises `Divergence` where the fields are not those of the request."""
    wanted = [(name.lower().decode("latin-1"), value) for name, value in unit.fields]
    framing = {name.decode() for name in FRAMING}
    names = [name for name in _in_turn(name for name, _ in wanted) if name not in framing]
    for name in names:
        values = [value for each, value in wanted if each == name]
        told = [value for each, value in got if each == name]
        if _same(values, told) or (not told and name in _OF_ITS_HOP):
            continue
        raise Divergence(_of_values(unit, values, told), f"{said}: {name} is {told!r} for {values!r}")
    order = [name for name in _in_turn(name for name, _ in got) if name in names]
    if order != [name for name in names if name in order]:
        raise Divergence("http-request.fields-in-order", f"{said}: the fields {order} for {names}")


def _in_turn(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


# Apart, or joined by a comma with or without a space.
def _same(values: list[bytes], told: list[bytes]) -> bool:
    return told == values or (len(told) == 1 and told[0] in (b", ".join(values), b",".join(values)))


def _of_values(unit: Unit, values: list[bytes], told: list[bytes]) -> str:
    if [value.strip(b" \t") for value in told] == values:
        return "http-request.value-trimmed"
    if len(values) > 1:
        return "http-request.fields-in-order"
    if unit.reloaded:
        return "http-reload.in-head"
    return "http-request.value-bytes" if unit.manner == words.MANY_FIELDS else "http-request.get"


def missing_callback(connection: WebConnection, unit: Unit) -> str:
    """The requirement of a whole request that is not told of, or is turned down though nothing is wrong with it."""
    if unit.reloaded:
        return _of_reload(connection, unit)
    if unit.cut:
        return "http-framing.partial-body" if unit.framing != "no body" else "http-request.partial-head"
    if unit.manner in _MANNERS:
        return _MANNERS[unit.manner]
    place = connection.units.index(unit)
    if place and connection.units[place - 1].framing != "no body":
        return "http-framing.body-then-request"
    if place:
        before = connection.units[place - 1]
        together = before.began is not None and before.began == unit.began
        return "http-connection.pipelining" if together else "http-connection.keep-alive"
    if unit.method in _BODILESS and unit.framing != "no body":
        return "http-framing.body-with-any-method"
    if unit.framing in _FRAMINGS:
        return "http-framing.large-body" if len(unit.body) > 1 << 16 else _FRAMINGS[unit.framing]
    return "http-request.get"


def _of_reload(connection: WebConnection, unit: Unit) -> str:
    if connection.units.index(unit):
        return "http-reload.pipelined"
    if unit.framing == "no body":
        return "http-reload.in-head"
    return "http-reload.in-body" if unit.framing == "a length" else "http-reload.in-chunk"


def of_request_line(connections: Iterable[WebConnection], event: Event) -> str:
    """The requirement of a callback for a target that nobody asked for."""
    for connection in connections:
        for unit in connection.units:
            if unit.target and not unit.called and unit.target.startswith(event.target.partition("?")[0]):
                return "http-request.target-unchanged"
            if unit.called and unit.framing != "no body":
                return "http-framing.body-then-request"
    return "http-request.target-unchanged"
