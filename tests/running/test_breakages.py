"""Ten breakages of the reference, and which requirements each of them fails: these, and none beside them.

Real runs on loopback, each over the sections that are about the broken thing and their neighbours. That the reference
itself passes them all is said in test_exit_status.
"""

from __future__ import annotations

from typing import Final

import pytest

from broken_modules import BREAKAGES
from conformance_tools import Workshop

#: Breakage -> the expression that selects what is judged, and the requirements among it that fail.
FAILURES: Final = {
    "a wrong return": (
        "query or (state and has-session) or (callbacks and connected-inside)",
        {
            "query.has-session-follows-client",
            "state.client-taken.has-session",
            "state.restored.has-session",
            "callbacks.connected-inside-connect",
            "callbacks.connected-inside-data",
        },
    ),
    "a lost byte": ("data.all-byte-values or data.zeros or data.not-text or send.all", {"data.all-byte-values"}),
    "a callback too many": (
        "restore or save.fires-nothing or callbacks.one",
        {
            "restore.fires-nothing",
            "restore.no-second-connect",
            "restore.ten-times",
            "restore.departed-with-data",
            "restore.exchange-while-orphaned",
            "restore.waiting-client-kept",
            "restore.untold-client-not-lost",
        },
    ),
    "a delivery outside a tick": (
        "query or in-tick or (state and pending)",
        {
            "query.fires-nothing",
            "state.client-pending.is-connected",
            "tick.connect-only-in-tick",
            "tick.data-only-in-tick",
            "tick.disconnect-only-in-tick",
        },
    ),
    "a delivery of nothing": (
        "data.never or data.none or data.size-matches or data.half-close",
        {"data.never-empty", "data.half-close-then-close"},
    ),
    "a port that is wrapped": (
        "init",
        {
            "init.port-negative",
            "init.port-beyond-range",
            "init.port-not-wrapped",
            "init.retry-after-bad-port",
        },
    ),
    "a size that is ignored": (
        "size or send.arrives",
        {
            "agreement.bad-size-in-every-state",
            "content.size-is-bytes",
            "pressure.odd-size-costs-nothing",
            "send.first-size-bytes",
            "send.size-zero",
            "send.size-beyond-buffer",
            "send.size-negative",
        },
    ),
    "a destroy that does nothing": (
        "state or destroy.twice or destroy.without-handle",
        {f"state.destroyed.{query}" for query in ("has-session", "is-open", "is-connected", "send")},
    ),
    "a failure that is swallowed": ("callbacks.raise or callbacks.order", {"callbacks.raise-reaches-host"}),
    "an empty orphan that is accepted": ("restore.from or restore.same or restore.takes", {"restore.from-empty"}),
}


def test_every_breakage_is_judged() -> None:
    assert FAILURES.keys() == BREAKAGES.keys()
    assert len(FAILURES) == 10


@pytest.mark.parametrize("name", BREAKAGES)
def test_a_breakage_fails_what_is_about_it_and_nothing_else(workshop: Workshop, name: str) -> None:
    expression, failing = FAILURES[name]
    ran = workshop.judge(workshop.module("broken", BREAKAGES[name]), expression, "--strict")
    assert ran.with_verdict("fail") == failing
    assert set(ran.verdicts().values()) == {"fail", "pass"}
    assert (ran.status, ran.results()["verdict"]) == (1, "non-conforming")
