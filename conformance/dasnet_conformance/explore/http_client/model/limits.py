"""The limits of HTTP clients in the model: when a request may be given up for one, and when it must have been.

Both limits are counted in ticks, and nothing says whether the tick of the call counts, nor whether a limit is over in
its last tick or behind it. So a request may be given up a little before, and must have been a little after.
"""

from __future__ import annotations

from typing import Final

from dasnet_conformance.stage.bounds import TICKS_TO_NOTICE

from .state import Asked, AskerHandle, SiteConnection

#: Ticks by which two who count the same may differ.
_COUNTED_OTHERWISE: Final = 2


def may_be_given_up(handle: AskerHandle, asked: Asked) -> bool:
    """Whether a limit may be over for a request by now."""
    if handle.limits_open:
        return True
    limits, now = handle.limits, handle.ticks + handle.nested + _COUNTED_OTHERWISE
    late = bool(limits.deadline) and now - asked.since >= limits.deadline
    return late or (bool(limits.stall) and now - _last_move(handle, asked) >= limits.stall)


def limited(handle: AskerHandle) -> bool:
    """Whether there is any limit."""
    return bool(handle.limits.stall or handle.limits.deadline)


def overdue(handle: AskerHandle, asked: Asked, more: int = 0) -> str:
    """The requirement by which a request has to have been given up by now, so many ticks ago; or nothing."""
    return _late(handle, asked, handle.ticks, more) or stalled(handle, asked, more)


def late_when_answered(handle: AskerHandle, asked: Asked) -> str:
    """The requirement by which the answer of a request came too late for it, beyond all doubt; or nothing."""
    return _late(handle, asked, asked.reply.finished, TICKS_TO_NOTICE) if asked.reply is not None else ""


def stalled(handle: AskerHandle, asked: Asked, more: int = 0) -> str:
    """The same by the stall limit alone."""
    limit = handle.limits.stall
    if not limit or handle.limits_open or handle.hears is None:
        return ""
    if asked.of_silence:
        # Nothing of it can go out; of a few that wait, one after the other has its turn.
        first = next((each for each in handle.asked if each.waits), None)
        quiet = handle.ticks - max(asked.since, handle.told) - TICKS_TO_NOTICE
        return "http-client-limits.stall-everywhere" if asked is first and quiet >= limit + more else ""
    connection = asked.seen[-1] if asked.seen else None
    if connection is None or not connection.live or connection.current is not asked:
        return ""
    if connection.traffic.quiet(handle.ticks) < limit + more + _COUNTED_OTHERWISE:
        return ""
    if handle.reloads and asked.reloaded:
        return "http-client-reload.limits"
    return "http-client-limits.stall-everywhere" if connection.incoming is asked else "http-client-limits.stall"


def given_up_early(handle: AskerHandle, asked: Asked) -> str:
    """The requirement that a failure violates for which no limit was over."""
    limits = handle.limits
    if not limits.stall:
        return "http-client-limits.deadline"
    moved = [connection for connection in _ways(handle, asked) if connection.traffic.last_move(handle.before + 1)]
    if asked.seen and any(connection.traffic.sent for connection in moved):
        return "http-client-limits.stall-not-while-sending"
    if moved:
        return "http-client-limits.stall-not-by-drops"
    if handle.ticks - asked.since < limits.stall <= handle.ticks and len(handle.asked) > 1:
        return "http-client-limits.stall-not-idle"
    return "http-client-limits.stall"


def _late(handle: AskerHandle, asked: Asked, now: int, more: int) -> str:
    limit = handle.limits.deadline
    if not limit or handle.limits_open or handle.hears is None:
        return ""
    if now - asked.since < limit + more + _COUNTED_OTHERWISE:
        return ""
    if asked.reloaded:
        return "http-client-reload.deadline-goes-on"
    return "http-client-limits.deadline" if asked.arrived else "http-client-limits.deadline-everywhere"


def _last_move(handle: AskerHandle, asked: Asked) -> int:
    return max([asked.since, *(each.traffic.last_move(handle.before + 1) for each in _ways(handle, asked))])


# The connections on which a move counts for a request: its own, or those of whatever is before it while it waits.
def _ways(handle: AskerHandle, asked: Asked) -> list[SiteConnection]:
    if asked.seen:
        return asked.seen
    before = handle.asked[: handle.asked.index(asked)] if asked in handle.asked else []
    return [connection for each in before if each.waits for connection in each.seen]
