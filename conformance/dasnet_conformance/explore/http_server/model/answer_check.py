"""Whether an answer that arrived is the one that was given. Pure functions, which raise `Divergence` where it is not.

What a server may make of an answer: fields of its own beside those given, fields of one name joined (but for cookies),
no Content-Length to HEAD, one of its own with 304, and a value cleaned of what would end it.
"""

from __future__ import annotations

from typing import Final

from dasnet_conformance.explore.http_server.content import Given, Unit
from dasnet_conformance.explore.scripts import http_server_words as words
from dasnet_conformance.explore.shared.verdicts import Divergence
from dasnet_conformance.stage.answer_reader import HttpAnswer

#: Fields that a server may write itself, whatever a host gives.
_OWN: Final = (b"date", b"connection", b"content-length", b"transfer-encoding")


def check_given(unit: Unit, given: Given, answer: HttpAnswer, said: str) -> None:
    """Compare an answer with what was given."""
    if answer.status != given.status:
        raise Divergence(_of_status(unit, given), f"{said} for one of {given.status}, to {unit.target}")
    empty = unit.method == "HEAD" or given.status in (204, 304)
    wanted = b"" if empty else given.body
    if answer.body != wanted:
        told = f"{said}: a body of {len(answer.body)} bytes, {answer.body[:40]!r}..., for one of {len(wanted)}"
        raise Divergence(_of_body(unit, given), f"{told}, {wanted[:40]!r}...")
    _check_framing(unit, given, answer, said)
    if given.kind in words.INJECTIONS:
        if answer.values("x-other"):
            raise Divergence("http-response.injection", f"{said} with a field that was smuggled in")
        return
    head = unit.method == "HEAD"
    # What tells of a body may be left out where there is none.
    left_out = (*_OWN, b"content-type") if given.status in (204, 304) else _OWN
    for name in dict.fromkeys(name for name, _ in given.fields if name not in left_out):
        values = [value for each, value in given.fields if each == name]
        arrived = answer.values(name.decode())
        joined = name != b"set-cookie" and b", ".join(arrived) == b", ".join(values)
        if arrived != values and not joined:
            requirement = "http-response.head-has-the-fields" if head else "http-response.fields-arrive"
            raise Divergence(requirement, f"{said}: {name.decode()} is {arrived!r} for {values!r}")


def _of_status(unit: Unit, given: Given) -> str:
    if unit.turned_down:
        return "http-callbacks.respond-twice"
    return "http-response.status-line" if given.when == "inside" or not unit.reloaded else "http-reload.unanswered"


def _of_body(unit: Unit, given: Given) -> str:
    if unit.method == "HEAD":
        return "http-response.head-has-no-content"
    if given.status in (204, 304):
        return "http-response.no-content"
    return "http-response.body-exact"


def _check_framing(unit: Unit, given: Given, answer: HttpAnswer, said: str) -> None:
    lengths = answer.values("content-length")
    if given.status == 204 and lengths:
        raise Divergence("http-response.no-content", f"{said} with a Content-Length")
    if given.status in (204, 304) and answer.values("transfer-encoding"):
        raise Divergence("http-response.no-content", f"{said} with a Transfer-Encoding")
    # With 304 the length is that of another answer; to HEAD it may be left out, or be what the host gave.
    allowed = [[], [b"%d" % len(given.body)], *([value] for name, value in given.fields if name == b"content-length")]
    if unit.method == "HEAD" and given.status not in (204, 304) and lengths not in allowed:
        raise Divergence("http-response.head-has-the-fields", f"{said} to HEAD, with the Content-Length {lengths!r}")
