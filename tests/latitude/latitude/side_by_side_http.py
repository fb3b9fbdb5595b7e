"""A variant of an HTTP client: two connections side by side."""

from __future__ import annotations

import errno
from collections import deque
from typing import Any

from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle

from .registry import variant


@variant("how many connections there are")
class AsksSideBySide(HttpClientHandle):
    """Asks on a second connection what would wait, and holds its answer back until those before have theirs: RFC 9112,
    section 9.4 wants few connections, and not one alone.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.second = HttpClientHandle(*arguments)

    def is_connected(self) -> bool:
        """Whether there is one of the two."""
        return super().is_connected() or self.second.is_connected()

    def turn(self) -> None:
        """The first goes on, and what would wait goes to the second."""
        self.second.server, self.second.ticks = self.server, self.ticks
        super().turn()
        if self.queue and self.current is not None and self.second.current is None and not self.second.queue:
            self.second.queue.append(self.queue.popleft())
        self.second.turn()

    def count_ticks(self) -> None:
        """Of both."""
        super().count_ticks()
        self.second.count_ticks()

    def tell_all(self) -> None:
        """What is not given up waits for those before it."""
        self.outcomes.extend(self.second.outcomes)
        self.second.outcomes.clear()
        pending = [each.number for handle in (self, self.second) for each in handle.queue]
        pending += [handle.current.number for handle in (self, self.second) if handle.current is not None]
        known = sorted(self.outcomes, key=lambda outcome: int(outcome[1]))
        due = [
            each
            for each in known
            if each[3] in (errno.ECANCELED, errno.ETIMEDOUT) or each[1] < min(pending, default=each[1] + 1)
        ]
        held = [each for each in known if each not in due]
        self.outcomes = deque(due)
        try:
            super().tell_all()
        finally:
            self.outcomes.extend(held)

    def cancel(self, number: int) -> None:
        """Wherever it is; an answer that is held back is not told any more."""
        super().cancel(number)
        self.second.cancel(number)
        for place, outcome in enumerate(self.outcomes):
            if outcome[:2] == ("on_response", number):
                self.outcomes[place] = ("on_failure", number, "it was cancelled", errno.ECANCELED)

    def finish(self) -> None:
        """Both."""
        super().finish()
        self.second.finish()
        self.outcomes.extend(self.second.outcomes)
        self.second.outcomes.clear()
