"""A program: a server of the reference, its ticks interrupted by alarms two thousand times. Status 0: nothing was lost.

A process of its own, since an exception out of nowhere does harm to whatever else runs in one: a tracer's lock is never
given back, and a test's time-out is gone with the timer.
"""

from __future__ import annotations

import signal
import socket

from reference_tools import Recorder, dial, pump


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _talk(server: Recorder, client: socket.socket) -> int:
    # Returns how many of the rounds were interrupted.
    interrupted = 0
    signal.signal(signal.SIGALRM, _interrupt)
    for number in range(2000):
        client.sendall(b"%06d" % number)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.000_001 + number % 60 * 0.000_001)
            for _ in range(20):
                server.tick()
            signal.setitimer(signal.ITIMER_REAL, 0)
        except KeyboardInterrupt:
            interrupted += 1
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    return interrupted


def main() -> None:
    """Talk under alarms; an assertion that fails ends the program with a traceback."""
    with Recorder() as server:
        server.make_server_adapter()
        assert server.init(0)
        with dial(server) as client:
            pump(server, server.is_connected)
            assert _talk(server, client)
            # An alarm inside of the recorder's own callback may lose what it was about to note: the end is judged.
            client.sendall(b"end")
            pump(server, lambda: server.data().endswith(b"end"))
            assert server.seen() == ["connect", "data"], server.seen()


if __name__ == "__main__":
    main()
