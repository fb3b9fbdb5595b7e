"""Segments as short as they were when it was recorded: on loopback much more would fit in between else."""

from __future__ import annotations

import socket


def shorten(end: socket.socket) -> None:
    """Segments as on an Ethernet, where the system can do that, of one that is about to connect or to listen."""
    try:
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1_460)
    except (AttributeError, OSError):
        pass
