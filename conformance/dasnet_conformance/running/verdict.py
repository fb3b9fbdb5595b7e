"""From what a check raised to its verdict: the one place where that is decided, for pytest and for the direct runner.

It does no input or output.
"""

from __future__ import annotations

import errno
from typing import Any, Final

import pytest

from dasnet_adapters.contract import AdapterBroken
from dasnet_conformance.catalogue.loader import Requirement
from dasnet_conformance.stage.deadline import TimeIsUp
from dasnet_conformance.stage.expect import Mismatch, Moot, PartUnsupported
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.ports import NoPortsLeft
from dasnet_conformance.stage.transcript import Entry

#: What the system says where it has no files, memory or ports left; any check may be the one that is told so.
_OF_THE_MACHINE: Final = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRINUSE)


def judge(raised: BaseException | None, requirement: Requirement, host: Host | None) -> dict[str, Any]:
    """The verdict that follows from what a check raised, with the message for people.

    A failure whose last call ended in an exception of the port has a `traceback`, where that came from.
    """
    if raised is None:
        return {"verdict": "pass", "message": "", "observed": host.observed if host is not None else ""}
    if isinstance(raised, Moot):
        return {"verdict": "pass", "message": "", "observed": str(raised)}
    if isinstance(raised, Mismatch):
        blocked = _blocked(raised.blocked_by, requirement)
        record = {"verdict": "fail", "message": str(raised), "blocked_by": blocked}
        return record | ({"traceback": list(host.traceback)} if host is not None and host.traceback else {})
    if isinstance(raised, PartUnsupported):
        return {"verdict": "unsupported", "message": str(raised)}
    # A death or a hang fails a requirement about surviving; elsewhere it only ends the check.
    ended = "fail" if requirement.survival else "inconclusive"
    if isinstance(raised, AdapterBroken) and raised.hanging:
        # Every function of the documentation returns, and this one had nothing to wait for that a check withholds.
        # One that is about calls coming back has its answer wherever the call was made.
        blocked = _blocked(raised.blocked_by, requirement) if not requirement.survival else ""
        return {"verdict": "fail", "message": raised.told(), "blocked_by": blocked}
    if isinstance(raised, AdapterBroken):
        message = f"{raised.told()} (the {raised.culprit}'s part)"
        # One about surviving has its answer wherever the death came.
        blocked = _blocked(raised.blocked_by, requirement) if not requirement.survival else ""
        return {"verdict": ended, "message": message, "blocked_by": blocked}
    if isinstance(raised, TimeIsUp) or (isinstance(raised, pytest.fail.Exception) and "Timeout" in str(raised)):
        # A call that hangs has a deadline of its own: here each came back, and there were too many for the time.
        told = f"the check did not come to an end: {raised}; a slow target needs more time: --deadline SECONDS"
        return {"verdict": "inconclusive", "message": told}
    if isinstance(raised, NoPortsLeft):
        return {"verdict": "inconclusive", "message": f"the suite's part: {raised}"}
    if isinstance(raised, OSError) and raised.errno in _OF_THE_MACHINE:
        told = f"the machine has no more for the suite: {raised.strerror}; raise its limits (ulimit -a), or give -n 1"
        return {"verdict": "inconclusive", "message": told}
    return {
        "verdict": "inconclusive",
        "message": f"the suite broke ({type(raised).__name__}: {raised}); please report it with this transcript",
    }


# What a check was in want of in its setup, unless that is what the check itself is about.
def _blocked(needed: str, requirement: Requirement) -> str:
    return needed if needed != requirement.id else ""


def heard_from(raised: BaseException | None) -> list[Entry]:
    """What was said last to an adapter that broke, as notes: the stack of a call that hangs, last words of a driver."""
    if not isinstance(raised, AdapterBroken):
        return []
    told_by = "driver" if raised.culprit == "driver" else "port"
    lines = raised.exchange.splitlines()
    return [Entry(tick=0, side="suite", kind="note", text=f"{told_by}: {line}") for line in lines]
