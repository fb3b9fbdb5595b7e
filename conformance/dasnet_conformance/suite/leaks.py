"""Descriptors that an implementation leaves open, or to a child: what lifetimes of servers and clients share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.optional import offered

#: Lives before the first count, in which an implementation may open what it keeps for good.
WARM_UP: Final = 20

#: Descriptors that may be more at the second count: some are closed a little later. A leak has hundreds.
SLACK: Final = 16

#: Rounds between two counts.
COUNTED_EVERY: Final = 100


def descriptors(host: Host) -> int | None:
    """How many descriptors are open; None where the system, or the implementation, does not tell.

    Then only what shows on the network counts.
    """
    outcome = host.call("descriptors", tolerate_unsupported=True)
    return outcome.value if isinstance(outcome, Value) else None


def expect_no_leak(host: Host, before: int | None, what: str) -> None:
    """Expect that hardly more descriptors are open than before.

    Arguments: `before`, the first count, as `descriptors` gave it; `what`, what there was in between, for people.
    """
    if before is None:
        host.note("descriptors are not told; only what shows on the network was checked")
        return
    limit = before + SLACK
    host.until(
        lambda: (descriptors(host) or 0) <= limit,
        what=f"no more than {limit} open descriptors after {what} ({before} at first)",
        got=lambda: f"{descriptors(host)} of them",
    )


@contextmanager
def child_process(host: Host) -> Iterator[None]:
    """A child process of the host, which outlives whatever the block does to servers and clients."""
    expect.equal(offered(host, "child"), Value(None), "starting a child process, which is the driver's part")
    yield
    expect.equal(offered(host, "reap"), Value(None), "ending the child process, which is the driver's part")
