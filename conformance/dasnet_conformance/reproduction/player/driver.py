"""The driver: a command goes there, lines come back, within a deadline."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from typing import BinaryIO

from .trouble import Gone


class Driver:
    """The driver: commands go there, lines come back."""

    def __init__(self, output: BinaryIO, lines: BinaryIO, deadline: float) -> None:
        self._output = output
        self._deadline = deadline
        self.sequence = 0
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        threading.Thread(target=self._read, args=(lines,), daemon=True).start()

    def _read(self, lines: BinaryIO) -> None:
        try:
            for line in lines:
                self._lines.put(line)
        except (OSError, ValueError):
            pass
        self._lines.put(None)

    def ask(self, command: str) -> Iterator[list[str]]:
        """Send one command; the words of each line of the answer, the outcome last. Raises Gone."""
        self.sequence += 1
        try:
            self._output.write(f"{self.sequence} {command}\n".encode("ascii"))
            self._output.flush()
        except OSError:
            raise Gone("the driver does not listen any more") from None
        end = time.monotonic() + self._deadline
        while True:
            try:
                line = self._lines.get(timeout=max(end - time.monotonic(), 0.001))
            except queue.Empty:
                raise Gone(f"no answer within {self._deadline:g} seconds") from None
            if line is None:
                raise Gone("the driver ended")
            words = line.decode("ascii", "replace").split()
            if len(words) < 2 or not words[0].isdigit():
                raise Gone(f"this is no answer: {line!r:.80}")
            yield [*words[1:], "stray"] if words[0] == "0" else words[1:]
            if words[1] != "event":
                return
