"""Whether what a peer sent has come to the other end, as far as this system tells. It waits for nothing.

That a system has taken bytes to send says nothing of when they are there. On Linux a socket tells how many of its bytes
the other end has not confirmed yet; when there are none, all of them can be read there.
"""

from __future__ import annotations

import struct
import sys

from .peer import Peer


def has_arrived(peer: Peer) -> bool:
    """Whether all that the peer was to send is certain to be at the other end; False where nobody can tell."""
    if sys.platform != "linux" or peer.socket is None or peer.unsent or peer.undelivered:
        return False
    import fcntl
    import termios

    try:
        answer = fcntl.ioctl(peer.socket.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
    except OSError:
        return False
    return bool(struct.unpack("i", answer)[0] == 0)
