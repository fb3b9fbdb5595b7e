"""How far a command is that takes its time, and how long it will still take: one line on a terminal, nothing in a log.

It goes to the standard error, so that what a command prints can be kept.
"""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .screen import safe

#: Seconds of the way so far from which the time that is left is told: all of it, as steps differ widely.
_LOOKING_BACK = 3600.0


class TimeLeft:
    """A line that shows how much of the way is done.

    Arguments: `what`, what goes on, in a word or two; `total`, how many steps the way has, as far as is known yet;
    `console`, where to show it (None: the standard error).
    """

    def __init__(self, what: str, total: int = 0, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False)
        self._total = total
        self._bar = Progress(
            TextColumn(what),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}"),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
            speed_estimate_period=_LOOKING_BACK,
        )
        self._task = self._bar.add_task("", total=total or None)

    def __enter__(self) -> TimeLeft:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def expect(self, more: int) -> None:
        """There are so many steps more than was known."""
        self._total += more
        self._bar.update(self._task, total=self._total)

    def done(self, name: str = "", *, to: int | None = None) -> None:
        """One more step is done.

        Arguments: `name`, what is to be shown of it; `to`, how many are done in all, where whoever tells knows.
        """
        if to is None:
            self._bar.update(self._task, advance=1, description=safe(name))
        else:
            self._bar.update(self._task, completed=to, description=safe(name))
