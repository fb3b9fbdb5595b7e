"""The segments of the suite's own ends: as short as on a network, so that a stalled connection is full soon.

On loopback a segment holds 64 KiB, and a system buffers four megabytes before it matters whether the other side reads.
Clients of real servers come over an Ethernet, where a third of that or less is on the way. It sets a socket's option.
"""

from __future__ import annotations

import socket
from typing import Final

#: Bytes in a segment of TCP on an Ethernet: a frame of 1,500 without its two headers.
SEGMENT: Final = 1_460


def shorten_segments(end: socket.socket) -> None:
    """Let a socket that is about to connect or to listen take segments as on a network, if the system can."""
    option = getattr(socket, "TCP_MAXSEG", None)
    if option is None:
        return
    try:
        end.setsockopt(socket.IPPROTO_TCP, option, SEGMENT)
    except OSError:
        pass  # then buffers are large, and checks send more until they are full
