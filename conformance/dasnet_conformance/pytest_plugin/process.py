"""What one process of a run holds: the implementation, ports, the record stream.

The process that a person or `dasnet run` started has one, and so has each worker, of a pool or of pytest-xdist. All of
them append to one stream. It may keep a temporary file for it, where nobody outside reads.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from dasnet_adapters.contract import Adapter, AdapterBroken
from dasnet_conformance.catalogue.loader import Catalogue
from dasnet_conformance.running.plan import Told
from dasnet_conformance.running.stream import StreamWriter
from dasnet_conformance.running.target import Target
from dasnet_conformance.stage.black_box import BlackBox, NoBlackBox
from dasnet_conformance.stage.ports import Ports


class Process:
    """State of one process of a run.

    Arguments: `target`, what is judged.
    """

    def __init__(self, config: pytest.Config, catalogue: Catalogue, target: Target) -> None:
        self.config = config
        self.catalogue = catalogue
        self.target = target
        self.is_worker = hasattr(config, "workerinput")
        self.seed: int = config.getoption("--dasnet-seed")
        self.ports = Ports()
        self.started = time.time()
        #: The stream of a run that pytest itself started, which this process has to read; else nothing.
        self.own_stream = ""
        path = config.getoption("--dasnet-stream")
        if self.is_worker:
            path = config.workerinput["dasnet_stream"]  # type: ignore[attr-defined]
        elif not path:
            descriptor, path = tempfile.mkstemp(prefix="dasnet-", suffix=".stream")
            os.close(descriptor)
            self.own_stream = path
        self.stream_path: str = path
        self.stream = StreamWriter(path)
        #: Where calls are noted before they are made; a worker of a pool is watched by whoever started it.
        self.black_box: BlackBox | NoBlackBox = NoBlackBox()
        #: What the case at hand came to, for whoever hands out the checks.
        self.told: list[Told] = []
        #: The part of the usual pauses that the check at hand makes; below 1, it is run in haste.
        self.scale = 1.0
        #: Whether the idle window may end before its time: nothing else of the run is left to wait for.
        self.idled_enough: Callable[[], bool] = lambda: False
        #: Seconds that one check may take, which follows the pace of the first sanity conversation.
        self.check_deadline = target.check_deadline
        self._adapter: Adapter | None = None

    def become_worker(self, black_box: BlackBox) -> None:
        """Note that this process is a worker of a pool from here on, watched by way of the black box."""
        self.is_worker = True
        self.black_box = black_box

    def reach(self) -> Adapter:
        """Make the adapter, which touches nothing before it is first used. Raises `UsageError`."""
        self._adapter = self.target.adapter()
        return self._adapter

    def reached(self) -> Adapter:
        """The adapter, which exists from the start of the session on."""
        if self._adapter is None:
            raise RuntimeError("the session has not started")
        return self._adapter

    def stop(self, message: str) -> NoReturn:
        """End the run for a mistake of the caller's."""
        self.stream.write("usage", message=message)
        pytest.exit(f"dasnet: {message}", returncode=3)

    def referral(self, culprit: str) -> str:
        """What to add to a message about a driver that broke: where to go on with it."""
        # A call that hangs is the port's as far as can be told from outside, and still may be the driver's.
        examined = culprit == "driver" or (culprit == "implementation" and self.target.is_driver)
        return f"; `{self.target.doctor_command()}` examines the driver" if examined else ""

    def let_go(self) -> None:
        """Let go of implementation, ports and stream, and tell what did not close well. May be called twice."""
        if self._adapter is not None:
            self._adapter.close()
            failures: list[AdapterBroken] = getattr(self._adapter, "closing_failures", [])
            while failures:
                self.stream.write("warning", message=f"{failures.pop(0).told()}{self.referral('driver')}")
        self.ports.close()
        self.stream.close()

    def remove_own_stream(self) -> None:
        """Remove the temporary file, if there is one."""
        if self.own_stream:
            Path(self.own_stream).unlink(missing_ok=True)
