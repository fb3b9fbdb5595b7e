"""How a client comes to a socket that is connected: names looked up, one address dialled. On the loop that runs."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from typing import Any


async def dial(family: int, where: Any) -> socket.socket:
    """A socket connected to one address. Raises `OSError` where there is none to be had."""
    connecting = socket.socket(family, socket.SOCK_STREAM)
    try:
        connecting.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connecting, where)
        # Nobody listens on the port, and the system happened to choose it for this end: that is no server.
        if connecting.getsockname() == connecting.getpeername():
            raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
    except BaseException:
        connecting.close()
        raise
    return connecting


async def look_up(host: str, port: int) -> list[tuple[Any, ...]]:
    """The addresses of a host. A literal takes no time; a name is looked up on a thread, which cannot be called off."""
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST))
    except socket.gaierror:
        return list(await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except UnicodeError as error:  # longer than a name can be, say
        raise OSError(errno.EINVAL, "that is no name of a host") from error
