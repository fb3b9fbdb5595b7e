"""Stands before the script of every driver in `table.toml` that is written in Python and has a port.

A script overrides `before`, which sees each command and may answer it by itself, or `answer`, which may change what is
written; then `run` serves. Behind a driver whose port is "sound" is the reference; behind "stub" a port that never
listens, so that a driver with odd manners and no other fault is still never called conforming.
"""

import os
import signal
import subprocess
import sys
import time  # noqa: F401 - for the scripts

number = "0"
words = [""]

BOOLEANS = {"init", "has_session", "is_open", "is_connected", "send", "holds", "make_server"}
BOOLEANS |= {"server_init", "server_is_open", "server_is_connected", "server_send"}
NOTHING = {"new", "adapter", "tick", "save", "restore", "destroy", "react", "server_tick", "server_restore"}
NOTHING |= {"reset", "bye"}


def say(data):
    """Write all of it, at once and as it is."""
    data = data if isinstance(data, bytes) else data.encode()
    while data:
        data = data[os.write(1, data) :]


def before(number, words):
    """Whether the command is answered now, so that the port does not see it."""
    return False


def answer(number, words, data):
    """What to write in place of `data`, the lines of the answer."""
    return data


def hang():
    """For good."""
    while True:
        signal.pause()


def ignore(number):
    """Ignore a signal; so do the children from now on."""
    signal.signal(number, signal.SIG_IGN)


def fork_helper():
    """A child that keeps every pipe and outlives whoever does not end it."""
    command = [sys.executable, "-I", "-S", "-c", "import signal; signal.pause()"]
    subprocess.Popen(command, close_fds=False)


def start():
    """Whatever is to happen before the first command."""


def stopped():
    """Whatever is to happen after the end of input."""


class Output:
    """Where the port's answers go."""

    def write(self, data):
        """Hand it to `answer`, and write what that makes of it."""
        say(answer(number, words, bytes(data)))

    def flush(self):
        """Nothing: `say` keeps nothing back."""


def lines():
    """The commands that the port is to see, as they come."""
    global number, words
    for line in sys.stdin.buffer:
        number, *words = line.decode().split()
        if not before(number, words):
            yield line


def stub():
    """Answers as a driver does whose port never listens."""
    output = Output()
    for _ in lines():
        if words[0] == "hello":
            told = f"{number} value 1 stub 0.1 Python core,lowlevel\n"
        elif words[0] in BOOLEANS:
            told = f"{number} value false\n"
        elif words[0] in NOTHING:
            told = f"{number} value\n"
        else:
            told = f"{number} unsupported\n"
        output.write(told.encode())
        if words[0] == "bye":
            return


def run(port):
    """Serve until `bye` or the end of input."""
    start()
    if port == "stub":
        stub()
    elif port == "sound":
        from dasnet_adapters.python_driver import PythonDriver

        PythonDriver("dasnet_reference", Output()).serve(lines())
    stopped()
    sys.stdout.flush()
    os._exit(0)
