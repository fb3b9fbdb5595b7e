"""The record stream: how the processes of one run tell what happened, as JSON lines appended to one file.

Every process that runs checks appends; whoever started the run reads. A record is written before a check begins and
after it ends, so that a process that dies leaves behind what it was doing. This module may touch that file only.
"""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from .room import UNRECORDED

#: A record is a JSON object; its "type" is one of: loading, header, selected, start, case, sanity, broken,
#: postponed, stopped, died, warning, other, usage, end.
Record = dict[str, Any]

#: A passing check needs no long explanation: so many transcript entries are kept of it.
KEPT_OF_A_PASS: Final = 60


class StreamWriter:
    """Appends records, each in one write, so that lines of several processes never mix."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, type: str, **fields: Any) -> None:
        """Append one record; where that cannot be, end this process with `UNRECORDED`."""
        line = json.dumps({"type": type, "process": os.getpid(), **fields}, ensure_ascii=True)
        data = memoryview(line.encode("ascii") + b"\n")
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError as error:
            # What it does from here on would be laid to the implementation, or be missing without a word.
            with suppress(OSError):  # which may be on the same disk
                sys.stderr.write(f"dasnet: the records of the run cannot be written: {error.strerror}\n")
                sys.stderr.flush()
            os._exit(UNRECORDED)

    def close(self) -> None:
        """Close the file. May be called twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class StreamReader:
    """Reads the records that have been appended so far; a line that is not finished yet waits."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._file = Path(path).open("rb")  # noqa: SIM115 - it stays open as long as the reader lives
        self._rest = b""
        self._lines: deque[bytes] = deque()

    def read(self) -> Iterator[Record]:
        """The records since the last call, and those that it was interrupted in front of."""
        self._rest += self._file.read()
        *lines, self._rest = self._rest.split(b"\n")
        self._lines.extend(lines)
        while self._lines:
            line = self._lines.popleft()
            # Only where the disk was full is a line not whole, and then its writer has ended the run.
            try:
                record = json.loads(line)
            except ValueError:
                continue
            yield record

    def close(self) -> None:
        """Close the file."""
        self._file.close()
