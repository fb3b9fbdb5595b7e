"""What a direct question may be answered with: the queries, and send. The state table, as far as the model knows.

Each function gives the allowed names of outcomes (as `expect.name_of` spells them) and the requirement they come from.
"""

from __future__ import annotations

from typing import Final

from dasnet_conformance.explore.shared.limits import MUCH_AT_ONCE

from .state import Handle, ModelObject

QUERIES: Final = ("has_session", "is_open", "is_connected")
_DASHED: Final = {"has_session": "has-session", "is_open": "is-open", "is_connected": "is-connected", "send": "send"}
_EITHER: Final = frozenset(("true", "false"))
_TRUE: Final = frozenset(("true",))
_FALSE: Final = frozenset(("false",))
_FALSE_OR_REFUSED: Final = frozenset(("false", "refused"))
_ANY: Final = frozenset(("true", "false", "refused"))


def _cell(state: str, call: str) -> str:
    return f"state.{state}.{_DASHED[call]}"


def _without_handle(obj: ModelObject) -> str:
    if obj.destroyed:
        return "destroyed"
    return "saved" if obj.had_handle else "new-object"


def _without_client(handle: Handle) -> str:
    if handle.state == "made":
        return "init-failed" if handle.init_failed else "handle-made"
    if handle.queue:
        return "client-pending"
    return "departure-noticed" if handle.served else "listening"


def answers(obj: ModelObject, query: str) -> tuple[frozenset[str], str]:
    """What a query may answer on this object."""
    handle = obj.handle
    if handle is None:
        state = _without_handle(obj)
        only_false = query == "has_session" and state != "destroyed"
        return (_FALSE if only_false else _FALSE_OR_REFUSED), _cell(state, query)
    if query == "is_open":
        if handle.client:
            there = "restored" if handle.fresh else "client-taken"
            state = there if handle.certain else "client-gone"
        else:
            state = _without_client(handle)
        return (_TRUE if handle.state == "listening" else _FALSE), _cell(state, query)
    if handle.certain:
        return _TRUE, _cell("restored" if handle.fresh else "client-taken", query)
    if handle.client:
        return _EITHER, _cell("client-gone", query)
    if handle.shaken:
        return _FALSE, "exceptions.disconnect-leaves-nobody"
    if query == "is_connected" and handle.served and handle.queue:
        return _FALSE, "query.not-connected-by-waiting-client"
    return _FALSE, _cell(_without_client(handle), query)


def answers_of_handle(obj: ModelObject, query: str) -> tuple[frozenset[str], str]:
    """What the low-level query may answer on the handle in the field of this object, which may be null."""
    if obj.handle is None:
        return frozenset(("refused",)), f"server-{_DASHED[query]}.null-handle"
    return answers(obj, query)[0], f"server-{_DASHED[query]}.agrees"


def send_results(obj: ModelObject, length: int, size: int, inside: str, through: str) -> tuple[frozenset[str], str]:
    """What a send of `size` out of `length` bytes may return; `inside` is the callback it is made in, or nothing."""
    handle = obj.handle
    low = through == "server_send"
    if handle is None:
        if low:
            return frozenset(("refused",)), "server-send.null-handle"
        return _FALSE_OR_REFUSED, _cell(_without_handle(obj), "send")
    if size < 0:
        return _FALSE_OR_REFUSED, "send.size-negative"
    if size > length:
        return _FALSE_OR_REFUSED, "send.size-beyond-buffer"
    if size == 0:
        if handle.client or handle.shaken or inside:
            return _ANY, "send.size-zero"
        return _FALSE_OR_REFUSED, "agreement.size-zero-without-client"
    if handle.certain:
        allowed = _EITHER if handle.certain.unread + size > MUCH_AT_ONCE else _TRUE
        if inside in ("connect", "data"):
            return allowed, f"send.inside-{inside}"
        if low:
            return allowed, "server-send.reaches-client"
        return allowed, "restore.send-works" if handle.fresh else "state.client-taken.send"
    if handle.client:
        return _ANY, "state.client-gone.send"
    if handle.shaken:
        return _FALSE_OR_REFUSED, "exceptions.disconnect-leaves-nobody"
    if inside == "disconnect":
        # True as well: the connection may be there until the callback has returned. The next client gets nothing of it.
        return _ANY, "callbacks.sends-inside-disconnect"
    if low:
        return _FALSE, "server-send.without-client"
    return _FALSE, _cell(_without_client(handle), "send")
