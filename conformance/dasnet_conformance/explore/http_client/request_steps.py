"""The steps in which a host has an HTTP client ask, ask what is forbidden, and give up."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Final

from dasnet_adapters.contract import Value
from dasnet_conformance.explore.http_client.model.hearing import accepted
from dasnet_conformance.explore.http_client.model.state import Asked
from dasnet_conformance.explore.scripts import http_client_words as words
from dasnet_conformance.explore.scripts.steps import Step
from dasnet_conformance.explore.shared.content import parcel
from dasnet_conformance.explore.shared.limits import MUCH_AT_ONCE
from dasnet_conformance.explore.shared.verdicts import Divergence, expect_one
from dasnet_conformance.stage.expect import spell
from dasnet_conformance.stage.http_client_side import is_refused
from dasnet_conformance.stage.reading import reading_meanwhile

from .object_steps import object_of
from .world import HttpClientWorld

_MOST_ASKED: Final = 60
_LONGEST_BODY: Final = 300_000
#: A body that no system holds for a server that does not read it, and how many there may be.
_LARGEST_UPLOAD: Final = 16 << 20
_MOST_UPLOADS: Final = 3


def _request(world: HttpClientWorld, step: Step) -> None:
    obj, size = object_of(world, step), step.number("size")
    handle = obj.handle if obj is not None else None
    if obj is None or obj.destroyed or not 0 <= size <= _LONGEST_BODY:
        return
    method, given = str(step.get("asked_method")), str(step.get("asked_fields"))
    lines = words.FIELDS[given]
    world.sends += 1
    target = f"/{obj.label}/{world.sends}?a=b%20c%2F+&d"
    body = parcel(world.sends, size)
    headers = b"".join(line + b"\r\n" for line in lines)
    if handle is None or not handle.open:
        outcome = world.call("request", obj.label, method, target, headers, body, 1)
        if not is_refused(outcome):
            raise Divergence("http-client-request.before-init", f"request of object {obj.label}: {spell(outcome)}")
        return
    if len(handle.asked) >= _MOST_ASKED:
        return
    since = handle.ticks
    with reading_meanwhile(world.host) if size > MUCH_AT_ONCE else nullcontext():
        outcome = world.call("request", obj.label, method, target, headers, body, 1)
    if (given in words.MAY_BE_REFUSED or method in words.MAY_BE_REFUSED) and is_refused(outcome):
        return
    number = outcome.value if isinstance(outcome, Value) else None
    accepted(handle, number, Asked(0, method, target, lines, given, body, since))


def _upload(world: HttpClientWorld, step: Step) -> None:
    obj, size = object_of(world, step), step.number("kibibytes") * 1024
    handle = obj.handle if obj is not None else None
    if obj is None or handle is None or not handle.open or not 0 < size <= _LARGEST_UPLOAD:
        return
    if len(handle.asked) >= _MOST_ASKED or world.uploads >= _MOST_UPLOADS:
        return
    world.sends += 1
    world.uploads += 1
    method, target = str(step.get("upload_method")), f"/{obj.label}/{world.sends}/upload"
    piece, since = parcel(world.sends, 1024), handle.ticks
    # Nobody reads meanwhile: no call waits for a server.
    outcome = world.call("request", obj.label, method, target, b"", piece, size // 1024)
    number = outcome.value if isinstance(outcome, Value) else None
    accepted(handle, number, Asked(0, method, target, (), "no field", piece * (size // 1024), since))


def _forbidden(world: HttpClientWorld, step: Step) -> None:
    obj = object_of(world, step)
    if obj is None or obj.handle is None or not obj.handle.open:
        return
    method, target, headers, requirement = words.FORBIDDEN[str(step.get("forbidden"))]
    at = "/forbidden" + target.removeprefix("/") if target.startswith("/") else target
    outcome = world.call("request", obj.label, method, at, headers, b"", 1)
    if not is_refused(outcome):
        raise Divergence(requirement, f"a request with {step.get('forbidden')}: {spell(outcome)}")


def _cancel(world: HttpClientWorld, step: Step) -> None:
    obj, which = object_of(world, step), str(step.get("which"))
    handle = obj.handle if obj is not None else None
    if obj is None or handle is None:
        return
    waiting = [each for each in handle.waiting() if not each.doomed]
    over = [each for each in handle.asked if not each.waits]
    asked = None
    if which in (words.FIRST, words.LAST):
        if not waiting:
            return
        asked = waiting[0 if which == words.FIRST else -1]
    elif which == words.OVER and not over:
        return
    number = asked.number if asked is not None else over[-1].number if which == words.OVER else 1_000_000
    outcome = world.call("cancel", obj.label, number)
    expect_one(
        outcome, ("none", "true", "false", "refused"), "http-client-outcome.cancel-nothing", f"cancel of {number}"
    )
    if asked is None:
        return
    world.step_peers()
    waited = "under-way" if asked.seen else "waiting"
    asked.doomed, asked.unsent = f"http-client-outcome.cancel-{waited}", asked.since == handle.ticks
    # What was asked behind it on its connection, or may have been, is for the client to ask again or to fail.
    for connection in asked.seen:
        for each in connection.asked[connection.asked.index(asked) + 1 :]:
            each.may_fail = True


REQUEST_STEPS: Final[dict[str, Callable[[HttpClientWorld, Step], None]]] = {
    "asker_request": _request,
    "asker_upload": _upload,
    "asker_forbidden": _forbidden,
    "asker_cancel": _cancel,
}
