"""Drivers for the tests, as scripts that need nothing but the standard library, and what to hold against them."""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from pathlib import Path

from dasnet_adapters.contract import AdapterBroken
from dasnet_adapters.driver_process import DriverProcessAdapter
from dasnet_adapters.hints import HINTS

MakeDriver = Callable[..., DriverProcessAdapter]

#: Stands before every script: `say` writes, `hear` reads one command as (number, words), `greet` answers hello, `serve`
#: answers everything else the way a driver without a port would.
OPENING = r"""
import os, signal, subprocess, sys, time

def say(text):
    data = text if isinstance(text, bytes) else text.encode()
    while data:
        data = data[os.write(1, data):]

def hear():
    line = sys.stdin.buffer.readline()
    if not line:
        sys.exit(0)
    number, *words = line.decode().split()
    return number, words

def greet():
    number, words = hear()
    say(f"{number} value 1 fake 0.1 Python core,lowlevel\n")

BOOLEANS = "init has_session is_open is_connected send holds make_server".split()

def plain(number, words):
    if words[0] in BOOLEANS:
        say(f"{number} value false\n")
    elif words[0] in ("new", "adapter", "tick", "destroy", "react", "reset", "bye"):
        say(f"{number} value\n")
    else:
        say(f"{number} unsupported\n")
    if words[0] == "bye":
        sys.exit(0)

def serve(**special):
    while True:
        number, words = hear()
        special.get(words[0], plain)(number, words)

def hold(path):
    descriptor = os.open(path, os.O_WRONLY)
    os.set_inheritable(descriptor, True)
    os.write(descriptor, b"here")

def hang():
    while True:
        signal.pause()
"""

GOOD = "greet(); serve()\n"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
GRANDCHILD = "subprocess.Popen([sys.executable, '-I', '-S', '-c', 'import signal; signal.pause()'], close_fds=False)\n"


class Witness:
    """A named pipe that drivers hold open for writing: at its end, nobody who inherited it lives."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def everyone_is_gone(self) -> bool:
        """Whether all who held the pipe have ended, within a generous time."""
        poll = select.poll()
        poll.register(self._reader, select.POLLIN)
        while poll.poll(5000):
            if not os.read(self._reader, 4096):
                return True
        return False

    def close(self) -> None:
        """Let go of the pipe."""
        os.close(self._reader)


def assert_symptom(broken: AdapterBroken, symptom: str) -> None:
    """The error names the driver and gives the hint of that symptom."""
    assert broken.culprit == "driver"
    assert broken.hint == HINTS[symptom].text, (str(broken), broken.exchange)
