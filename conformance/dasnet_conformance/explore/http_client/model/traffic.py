"""When something moved on a connection of an HTTP client, in ticks of the client: what is certain of it, and no more.

Between a send and the tick that notices it the system takes its time, of which a tick tells nothing. So there are two
sides to it: a move that is certain to have been by some tick, without which nobody may be said to have been cut off too
early; and a tick after which nothing is left that could still move, before which nobody may be said to wait too long.
Data only.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from dasnet_conformance.stage.bounds import LEAST_READ_IN_A_TICK, TICKS_TO_NOTICE

#: Bytes on their way that two systems may hold together while the server does not read: some hold four millions.
HELD_AT_MOST: Final = 6_000_000
#: Bytes of a body that a tick sends at least, where the system takes any.
_LEAST_SENT_IN_A_TICK: Final = 4_096


@dataclass
class Traffic:
    """What moved on one connection. All ticks are those of the client's handle, counted from its beginning."""

    #: The ticks after which the server sent what is not known to have arrived yet, and the bytes of that.
    leaving: list[int] = field(default_factory=list)
    leaving_bytes: int = 0
    #: Of each piece that arrived: the tick after which it was sent, and one after which it was certainly there.
    came: list[tuple[int, int]] = field(default_factory=list)
    #: The tick behind which nothing moves of what has been sent so far.
    still: int = 0
    #: While the server reads nothing: ticks, and how much it had received by then.
    marks: deque[tuple[int, int]] = field(default_factory=deque)
    #: A tick in which, or after which, the client certainly sent a part of a body.
    sent: int = 0

    def sends(self, tick: int, count: int) -> None:
        """The server sent so many bytes after that tick."""
        self.leaving.append(tick)
        self.leaving_bytes += count

    def arrives(self, tick: int) -> None:
        """All that the server sent was with the client's system after that tick, which may read little in each."""
        self.came += [(sent, tick) for sent in self.leaving]
        self.still = max(self.still, tick + TICKS_TO_NOTICE + self.leaving_bytes // LEAST_READ_IN_A_TICK)
        self.leaving.clear()
        self.leaving_bytes = 0

    def receives(self, tick: int, *, whole: bool) -> None:
        """The server had received more by that tick; where a request is not whole, more is on its way."""
        coming = 0 if whole else TICKS_TO_NOTICE + HELD_AT_MOST // _LEAST_SENT_IN_A_TICK
        self.still = max(self.still, tick + coming)

    def marked(self, tick: int, total: int, *, unread: bool) -> None:
        """By that tick the server had received so much; `unread` says that it has let no more than that come near.

        What is beyond all that is held on the way must have been sent by the client since.
        """
        while self.marks and total - self.marks[0][1] > HELD_AT_MOST:
            self.sent = max(self.sent, self.marks.popleft()[0] + 1)
        if unread and (not self.marks or self.marks[-1][0] != tick):
            self.marks.append((tick, total))

    def last_move(self, by: int) -> int:
        """The last tick for which it is certain that in it, or after it and by `by`, something moved; or 0."""
        read = (sent + 1 for sent, there in self.came if there + TICKS_TO_NOTICE <= by)
        return max(self.sent, max(read, default=0))

    def quiet(self, now: int) -> int:
        """For how many ticks nothing can have moved; 0 as well where that cannot be said."""
        return 0 if self.leaving else max(0, now - self.still)
