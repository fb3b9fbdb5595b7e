"""The program of a run's child: it imports what it is going to need, waits for its arguments, and becomes pytest.

Its command line names the process with which it is to end, 0 for none, and the modules that are to be at hand. The
arguments come as one JSON list on the standard input; if that ends without a word, nobody needs this process.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys

from dasnet_adapters.parent_death import end_with_parent


def main() -> int:
    """Get ready, wait, and run pytest; returns its exit status."""
    # A key stroke that ends the run reaches this process too, and is the business of the one that started it.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent, *at_hand = sys.argv[1:]
    if int(parent):
        end_with_parent(int(parent))
    for name in at_hand:
        importlib.import_module(name)
    told = sys.stdin.buffer.read()
    if not told:
        return 0
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    # Whoever started the run in the background of a script has had it ignored for all of its processes.
    signal.signal(signal.SIGINT, before)
    import pytest

    arguments = json.loads(told)
    # What starts workers hands on how this process was called.
    sys.argv[:] = ["pytest", *arguments]
    return int(pytest.main(arguments))


if __name__ == "__main__":
    sys.exit(main())
