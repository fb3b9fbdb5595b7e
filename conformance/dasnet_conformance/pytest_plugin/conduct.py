"""What a process does around the checks: it reaches the implementation, holds the sanity conversations, and lets go.

It writes to the record stream, and nothing else.
"""

from __future__ import annotations

import time
from typing import Final

import pytest

from dasnet_adapters import UsageError
from dasnet_adapters.contract import AdapterBroken, Description
from dasnet_conformance import SUITE_NAME, __version__
from dasnet_conformance.running.sanity import CALLS_OF_A_CONVERSATION, SanityOutcome, converse
from dasnet_conformance.stage.addresses import addresses_of

from .process import Process
from .selecting import Selection

#: Why nothing runs when the first sanity conversation did not get through.
UNREACHED: Final = "dasnet: the first sanity conversation did not get through"


class Conduct:
    """What a process does around the checks: it reaches the implementation, and holds the sanity conversations."""

    def __init__(self, process: Process, selection: Selection) -> None:
        self._process = process
        self._selection = selection

    def greet(self, *, build: bool) -> None:
        """Reach the implementation and write the header; what cannot be reached ends the run with one line.

        Arguments: `build`, whether to build it before. Raises what `pytest.exit` does.
        """
        process = self._process
        adapter = process.reached()
        try:
            if build:
                process.target.build()
            if process.target.loading_command():
                process.stream.write("loading", by=process.target.loading_command())
            description, reached = adapter.describe(), adapter.reached
            # A host that has no address is the caller's mistake, and no check would get further.
            addresses_of(adapter.peer_host, 0)
            claimed = process.target.claims(description.profiles)
            if process.target.is_driver:
                from dasnet_conformance.doctor.examination import examine_briefly

                examine_briefly(adapter)
            self._selection.choose_profiles(claimed)
        except UsageError as error:
            process.stop(str(error))
        except AdapterBroken as broken:
            if broken.culprit == "caller":
                process.stop(broken.told())
            message = f"{broken.told()}{process.referral(broken.culprit)}"
            process.stream.write("broken", message=message, culprit=broken.culprit, exchange=broken.exchange)
            pytest.exit(f"dasnet: {broken}", returncode=2)
        self._write_header(description, reached, claimed)

    def _write_header(self, description: Description, reached: str, claimed: tuple[str, ...]) -> None:
        self._process.stream.write(
            "header",
            suite={"name": SUITE_NAME, "version": __version__},
            implementation={
                "name": description.name,
                "version": description.version,
                "language": description.language,
            },
            reached=reached,
            claimed=list(claimed),
            profiles=list(self._selection.profiles),
            seed=self._process.seed,
            strict=bool(self._process.config.getoption("--dasnet-strict")),
            started=self._process.started,
        )

    def converse(self, which: str, *, final: bool = True) -> SanityOutcome:
        """Hold the first or the last sanity conversation.

        Arguments: `final`, whether to tell the outcome to the stream. Returns the outcome.
        """
        process = self._process
        process.black_box.clear()
        process.stream.write("start", requirement=f"sanity.{which}", case="")
        started = time.monotonic()
        outcome = converse(process.reached(), process.ports, process.target.sanity_deadline, process.black_box)
        pace = (time.monotonic() - started) / CALLS_OF_A_CONVERSATION
        process.check_deadline = max(process.check_deadline, process.target.paced_deadline(pace))
        process.stream.write("pace", check_deadline=process.check_deadline)
        if final:
            self.tell(which, outcome)
        return outcome

    def tell(self, which: str, outcome: SanityOutcome) -> None:
        """Tell the stream how a sanity conversation went."""
        self._process.stream.write(
            "sanity",
            which=which,
            verdict=outcome.verdict,
            message=f"{outcome.message}{self._process.referral(outcome.culprit)}",
            transcript=outcome.transcript,
            exchange=outcome.exchange,
        )

    def end(self) -> None:
        """Write the end of this process's part, and let go of the implementation."""
        process = self._process
        process.stream.write("end", worker=process.is_worker, duration_s=round(time.time() - process.started, 6))
        process.let_go()
