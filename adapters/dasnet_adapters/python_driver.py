"""A driver in Python: any module that offers the documented API, behind the line protocol on standard input and output.

    python -m dasnet_adapters.python_driver MODULE

Also the model for drivers in Python: read a line, carry it out, write the lines of the answer, flush. May import the
standard library, the codec and the host beside it.
"""

from __future__ import annotations

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
        for line in lines:
            text = line.removesuffix(b"\n")
            if text.strip() and not self._carry_out(text):
                return 0
        self._forget()
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


def main(arguments: Sequence[str]) -> int:
    """Serve the module named by the one argument on standard input and output; the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m dasnet_adapters.python_driver MODULE\n")
        return 2
    # What the module prints must not end up among the answers.
    output, sys.stdout = sys.stdout.buffer, sys.stderr
    try:
        return PythonDriver(arguments[0], output).serve(sys.stdin.buffer)
    except AdapterBroken as error:
        sys.stderr.write(f"{error}; {error.hint}\n")
        return 1
    except BrokenPipeError:
        return 1  # nobody is left to answer to
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
