"""A remote console of lines that reloads its own script while somebody is typing.

    python examples/line_console.py [PORT]

Without a PORT it takes a free one; it prints which. Connect with `nc 127.0.0.1 PORT` or telnet and type lines:

    anything    is answered with the number of bytes of the line, its line end (LF or CR LF) not counted
    reload      loads this file again, as it is on disk now; the connection stays, and so does what was typed ahead
    quit        ends the program

What lives here: the console object, which a reload replaces, the `Desk`, which outlives it, and the frame loop. It may
touch its server and standard output.
"""

from __future__ import annotations

import importlib
import sys
import time

from dasnet_reference import Server, SharedOrphan

FRAME = 0.01  # seconds
ORPHAN = "line_console"


class Desk:
    """What a reload must not lose: which console is in charge, and whether to go on. Old and new code share it."""

    def __init__(self) -> None:
        self.console: LineConsole | None = None
        self.running = True


class LineConsole(Server):
    """The console in charge. `pending` holds bytes that arrived and were not answered yet."""

    def __init__(self, desk: Desk, pending: bytes = b"") -> None:
        super().__init__()
        self.desk = desk
        self.pending = pending

    def on_data(self, data: bytes) -> None:
        self.pending += data
        self.answer_lines()

    def on_disconnect(self) -> None:
        # Half a line of this client is not the beginning of the next client's line.
        self.pending = b""

    def on_log(self, message: str) -> None:
        print(message, flush=True)

    def on_error(self, message: str, code: int) -> None:
        print(f"error {code}: {message}", file=sys.stderr, flush=True)

    def frame(self) -> None:
        """One frame of the host. First what an earlier console left behind, for nothing new may overtake it."""
        self.answer_lines()
        self.tick()

    def answer_lines(self) -> None:
        """Answer the whole lines of `pending`, up to one that ends this console's time."""
        while self.desk.running and self.desk.console is self:
            line, end, rest = self.pending.partition(b"\n")
            if not end:
                break
            self.pending = rest
            self.answer(line.removesuffix(b"\r"))

    def answer(self, line: bytes) -> None:
        """Do one line."""
        if line == b"quit":
            self.say("bye")
            self.desk.running = False
        elif line == b"reload":
            self.reload()
        else:
            self.say(str(len(line)))

    def say(self, text: str) -> None:
        """Send a line of text."""
        self.send(f"{text}\n".encode())

    def reload(self) -> None:
        """Give way to an object of the class that this file defines now. Called in the middle of `on_data`."""
        # Named, because the new code must find it without knowing this object.
        orphan = SharedOrphan.named(ORPHAN)
        self.save(orphan)
        try:
            module = importlib.reload(sys.modules[__name__])
            heir: LineConsole = module.LineConsole(self.desk, self.pending)
        except Exception as error:
            # A slip in the new code must not cost the connection over which it is going to be mended.
            self.restore(orphan)
            self.say(f"not reloaded: {error!r}")
            return
        heir.restore(orphan)
        self.desk.console = heir
        heir.say("reloaded")


def main(arguments: list[str]) -> int:
    """Run a console until somebody types `quit`. Returns the exit code."""
    desk = Desk()
    desk.console = console = LineConsole(desk)
    console.make_server_adapter()
    if not console.init(int(arguments[0]) if arguments else 0):
        return 1
    print(f"port {console.port}", flush=True)
    try:
        while desk.running:
            # Asked of the desk in every frame: a reload changes who sits there.
            desk.console.frame()
            time.sleep(FRAME)
    except KeyboardInterrupt:
        pass
    finally:
        desk.console.close()
    return 0


if __name__ == "__main__":
    # A script that runs as __main__ cannot be reloaded, its module by name can; so the program runs in that one.
    sys.exit(importlib.import_module("line_console").main(sys.argv[1:]))
