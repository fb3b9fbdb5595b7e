"""A driver in Python: any module that offers the documented API, behind the line protocol on standard input and output.

    python -m dasnet_adapters.python_driver MODULE
    python -m dasnet_adapters.python_driver MODULE --listen [HOST:]PORT

The second serves one connection after another in place of standard input and output, for `tcp:HOST:PORT`; port 0 lets
the system choose, and the line on standard error tells which.

Also the model for drivers in Python: read a line, carry it out, write the lines of the answer, flush. May import the
standard library, the codec and the host beside it.
"""

from __future__ import annotations

import contextlib
import faulthandler
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from typing import BinaryIO

from .contract import AdapterBroken, Answer, Event, Refusal, Value
from .in_process import describe_module, load_module
from .line_protocol import (
    ProtocolError,
    decode_command,
    encode_answer,
    encode_event_line,
    encode_greeting,
)
from .python_host import PythonHost
from .python_outcomes import DRIVER_KIND


class PythonDriver:
    """Serves the line protocol for one module until `bye` or the end of input.

    Arguments: `name`, the dotted name of the module; `output`, where answers go.
    Raises `AdapterBroken` when the module cannot be imported.
    """

    def __init__(self, name: str, output: BinaryIO) -> None:
        module = load_module(name)
        self._output = output
        # A module with threads may fire callbacks between commands: two lines must not run into each other.
        self._lock = threading.Lock()
        self._description = describe_module(module.module, name)
        self._host = PythonHost(module, self._tell_stray)

    def serve(self, lines: BinaryIO) -> int:
        """Carry out the commands that come; the exit status."""
        try:
            for line in lines:
                text = line.removesuffix(b"\n")
                if text.strip() and not self._carry_out(text):
                    break
        finally:
            self._forget()  # also when whoever sent the lines is gone in the middle
        return 0

    # One command line. False after `bye`.
    def _carry_out(self, line: bytes) -> bool:
        try:
            sequence, command = decode_command(line)
        except ProtocolError as error:
            sys.stderr.write(f"{error}; {error.hint}\n")
            if error.sequence is not None:
                self._write(encode_answer(error.sequence, Answer(Refusal(DRIVER_KIND, str(error)))))
            return True
        if command.name == "hello":
            # Whatever version was asked for: the answer says which one this is.
            self._write(encode_greeting(sequence, self._description))
        elif command.name in ("reset", "bye"):
            self._forget()
            self._write(encode_answer(sequence, Answer(Value())))
        else:
            self._write(encode_answer(sequence, self._host.execute(command)))
        return command.name != "bye"

    def _forget(self) -> None:
        for failure in self._host.reset():
            sys.stderr.write(f"{failure}\n")

    def _tell_stray(self, event: Event) -> None:
        self._write(encode_event_line(0, event))

    def _write(self, data: bytes) -> None:
        with self._lock:
            self._output.write(data)
            self._output.flush()


def listen(name: str, host: str, port: int) -> int:
    """Serve a module to one connection after another, until interrupted.

    Arguments: `name`, the dotted name of the module; `host` and `port`, where to listen, port 0 for any that is free.
    Raises `AdapterBroken` when the module cannot be imported, or the address cannot be listened on.
    """
    load_module(name)  # a mistake shows now, and not when someone connects
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        what = f"{host}:{port} cannot be listened on: {error.strerror}"
        raise AdapterBroken(what, culprit="caller", hint="give another port, or 0 for any") from None
    with listener:
        sys.stderr.write(f"listening on {host}:{listener.getsockname()[1]}\n")
        sys.stderr.flush()
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with (
                connection,
                contextlib.suppress(ConnectionError),  # gone without a word: the next one may come
                connection.makefile("rb") as lines,
                connection.makefile("wb") as output,
            ):
                PythonDriver(name, output).serve(lines)


def main(arguments: Sequence[str]) -> int:
    """Serve the module named by the first argument, on standard input and output or where `--listen` says.

    Returns the exit status.
    """
    name, *rest = arguments or [""]
    host, _, port = rest[1].rpartition(":") if len(rest) == 2 and rest[0] == "--listen" else ("", "", "")
    if not name or (rest and not (port.isascii() and port.isdigit() and int(port) < 65536)):
        sys.stderr.write("usage: python -m dasnet_adapters.python_driver MODULE [--listen [HOST:]PORT]\n")
        return 2
    # Where a call of the module hangs, the suite asks for this before it ends the process.
    if hasattr(faulthandler, "register") and hasattr(signal, "SIGUSR2"):
        faulthandler.register(signal.SIGUSR2, file=sys.stderr, all_threads=True)
    # What the module prints must not end up among the answers.
    output, sys.stdout = sys.stdout.buffer, sys.stderr
    try:
        if rest:
            return listen(name, host.strip("[]") or "127.0.0.1", int(port))
        return PythonDriver(name, output).serve(sys.stdin.buffer)
    except AdapterBroken as error:
        sys.stderr.write(f"{error}; {error.hint}\n")
        return 1
    except BrokenPipeError:
        return 1  # nobody is left to answer to
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
