"""A child process of the host that is judged: what checks of sockets that children inherit share.

Only a driver that offers the command starts one. It uses the stage and nothing below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.optional import offered


@contextmanager
def child_process(host: Host) -> Iterator[None]:
    """A child process, which outlives whatever the block does to the port. Raises `Moot` where none can be started."""
    expect.equal(offered(host, "child"), Value(None), "starting a child process, which is the driver's part")
    yield
    expect.equal(offered(host, "reap"), Value(None), "ending the child process, which is the driver's part")
