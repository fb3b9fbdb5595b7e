"""What a check waited for: which kinds of event came, which did not, and how late. It imports nothing of ours.

A run has little patience at first, and full patience where a verdict depends on it (`running.plan`). What tells the one
case from the other stands here, noted by the frame loop.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

#: A word of what is waited for -> the kind of event that it is. The first that fits counts.
KINDS: Final = (
    ("disconnect callback", "departure"),
    ("connect callback", "arrival"),
    ("is taken", "arrival"),
    ("is_connected is true", "arrival"),
    ("data callback", "delivery"),
    ("greeting", "delivery"),
    ("sees end of file", "end"),
    ("at peer", "answer"),
)

#: Nothing of the kind can come from a server to which the other kind never came.
PREREQUISITE: Final = {"departure": "arrival", "delivery": "arrival", "end": "arrival", "answer": "arrival"}


def kind_of(what: str) -> str:
    """The kind of event that a wait is for; what no word tells is a kind of its own, without its numbers."""
    for word, kind in KINDS:
        if word in what:
            return kind
    return re.sub(r"\d+", "N", what)


@dataclass
class Waits:
    """The waits of one check."""

    #: Kinds of event that came.
    reached: set[str] = field(default_factory=set)
    #: Kinds of event for which patience ended.
    vain: set[str] = field(default_factory=set)
    #: Whether there was any pause between ticks; without one, patience has no part in the verdict.
    paused: bool = False
    #: The longest time in seconds of pauses in a row after which an event came all the same.
    longest_s: float = 0.0

    def came(self, what: str, after_s: float) -> None:
        """What was waited for came, after so many seconds of pauses in a row."""
        self.reached.add(kind_of(what))
        self.longest_s = max(self.longest_s, after_s)

    def gave_up(self, what: str) -> None:
        """Patience ended."""
        self.vain.add(kind_of(what))
