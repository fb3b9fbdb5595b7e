"""How long a call of the port may take before it counts as one that never returns, learnt from the calls before it.

The first call that hangs is given the whole deadline. A port whose `send` hangs once hangs in many checks, and to wait
as long for each would make the run take minutes: from then on that command has less, measured by what the same command
took when it did return, so that a slow machine is given more. May import the standard library.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

#: Seconds that one command has, where nobody says otherwise.
DEFAULT_DEADLINE: Final = 10.0
#: The shortest deadline that can be given, in seconds: a busy system holds every process up for so long.
SHORTEST_DEADLINE: Final = 0.1
#: The longest deadline that can be given, in seconds: eleven days, which every clock and poll of a system can count.
LONGEST_DEADLINE: Final = 1_000_000
#: What a command that has hung is given at least, in seconds, and how many times the slowest of its answers.
AT_LEAST: Final = 3.0
TIMES_THE_SLOWEST: Final = 10.0
#: So often, what a command has at least halves with each time that it hangs again, down to so many seconds. Its slowest
#: answer goes on to count, so that a busy machine is not taken for a hang.
HUNG_OFTEN: Final = 3
AT_LEAST_THEN: Final = 0.5
#: What part of the deadline a command is given that never hung, of a port that has hung in another one.
HANGS_ELSEWHERE: Final = 2.0
#: So many hangs make a command's time less; a power beyond is no number that a computer has.
MOST_STEPS: Final = 100
#: What a command is given at least that has hung time and again, and returned not once.
NEVER_RETURNED: Final = 0.25
#: Command -> the one that leads to the same function of the implementation.
TWINS: Final = {
    "server_init": "init",
    "server_is_open": "is_open",
    "server_is_connected": "is_connected",
    "server_tick": "tick",
    "server_send": "send",
    "send_reused": "send",
    "ticks": "tick",
    "reloads": "save",
    "reset": "destroy",
}

#: How often each command hung, and the seconds of the slowest answer of each.
Known = tuple[dict[str, int], dict[str, float]]


class Patience:
    """The seconds for each command of one implementation.

    Arguments: `deadline`, seconds for any command, None for no end.
    """

    def __init__(self, deadline: float | None) -> None:
        self.deadline = deadline
        self._slowest: dict[str, float] = {}
        self._hung: Counter[str] = Counter()

    def seconds(self, command: str) -> float | None:
        """The seconds that this command has now."""
        if not self._hung:
            return self.deadline
        slowest = self._slowest.get(command)
        hung = self._hung[command]
        if not hung and slowest is None:
            # Two ways to one function: what is known of the one holds for the other, until that has returned once.
            twin = TWINS.get(command, command)
            hung, slowest = self._hung[twin], self._slowest.get(twin)
        if self.deadline is None:
            return None
        if not hung:
            # A port that hangs in one call hangs in others for the same reason.
            less = min(self.deadline, max(AT_LEAST, self.deadline / HANGS_ELSEWHERE))
            return less if self._hung else self.deadline
        if slowest is None:
            return max(NEVER_RETURNED, self.deadline / 4.0 ** min(hung, MOST_STEPS))
        least = max(AT_LEAST_THEN, AT_LEAST / 2.0 ** min(max(0, hung - HUNG_OFTEN), MOST_STEPS))
        return min(self.deadline, max(least, TIMES_THE_SLOWEST * slowest))

    def returned(self, command: str, seconds: float) -> None:
        """The command came back after so long."""
        if seconds > self._slowest.get(command, 0.0):
            self._slowest[command] = seconds

    def hung(self, command: str) -> None:
        """The command did not come back."""
        self._hung[command] += 1

    def known(self) -> Known:
        """What has been learnt so far, for others that judge the same implementation at the same time."""
        return dict(self._hung), dict(self._slowest)

    def learn(self, known: Known) -> None:
        """Take what others have learnt. Arguments: `known`, as `known` tells it, of all of them together."""
        hung, slowest = known
        for command, count in hung.items():
            self._hung[command] = max(self._hung[command], count)
        for command, seconds in slowest.items():
            self.returned(command, seconds)
