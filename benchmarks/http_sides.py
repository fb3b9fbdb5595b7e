"""The HTTP servers of figure 9, each in a process of its own, and `Served`, by which a benchmark has one.

    python http_sides.py SIDE       serves on a port of loopback that it writes on its first line, until it is killed

SIDE is reference, bare loop, uvicorn or "uvicorn, httptools". Each answers every request with 200 and the same 13
bytes. The reference and the bare loop never sleep, as in a host that ticks without a pause; uvicorn waits in its loop,
as it is made to.
"""

from __future__ import annotations

import ctypes
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Self

BODY = b"Hello, world!"
#: What a client asks, as a load generator does that names itself.
REQUEST = b"GET /greeting HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: load\r\nAccept: */*\r\n\r\n"
_MOST = 64 * 1024


class Served:
    """A side's process. A context manager: it waits until that serves, and ends it."""

    def __init__(self, side: str) -> None:
        self._side = side

    def __enter__(self) -> Self:
        self._process = subprocess.Popen([sys.executable, __file__, self._side], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._side} ended with {self._process.wait()} before it served")
        #: Where it can be connected to.
        self.port = int(line)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def stop(self) -> None:
        """Have it take no processor."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it run again. A process that has ended raises `RuntimeError`."""
        if self._process.poll() is not None:
            raise RuntimeError(f"{self._side} has ended with {self._process.returncode}")
        self._process.send_signal(signal.SIGCONT)


def reference() -> None:
    """The reference, ticked without a pause."""
    from dasnet_reference import HttpServer

    class Greeting(HttpServer):
        def on_request(self, exchange: int, *_: object) -> None:
            self.respond(exchange, 200, ((b"Content-Type", b"text/plain"),), BODY)

    server = Greeting()
    server.make_http_server_adapter()
    if not server.init(0):
        raise OSError("no port")
    print(server.port, flush=True)
    tick = server.tick
    while True:
        tick()


def bare_loop() -> None:
    """The same parser in a loop that asks epoll, reads, parses, sends: no limits, no errors, nobody who is slow."""
    import h11

    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    listener.setblocking(False)
    epoll = select.epoll()
    epoll.register(listener.fileno(), select.EPOLLIN)
    print(listener.getsockname()[1], flush=True)
    clients: dict[int, tuple[socket.socket, Any]] = {}
    fields = [(b"Content-Type", b"text/plain"), (b"Date", _date()), (b"Content-Length", b"%d" % len(BODY))]
    while True:
        for fd, _ in epoll.poll(0, 65):
            if fd == listener.fileno():
                client = listener.accept()[0]
                client.setblocking(False)
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                epoll.register(client.fileno(), select.EPOLLIN)
                clients[client.fileno()] = client, h11.Connection(h11.SERVER)
                continue
            client, connection = clients[fd]
            data = client.recv(_MOST)
            connection.receive_data(data)
            event = connection.next_event()
            while type(event) is not h11.EndOfMessage:
                if event is h11.NEED_DATA or type(event) is h11.ConnectionClosed:
                    break
                event = connection.next_event()
            else:
                parts = [connection.send(h11.Response(status_code=200, headers=fields, reason=b"OK"))]
                parts += [connection.send(h11.Data(data=BODY)), connection.send(h11.EndOfMessage())]
                client.send(b"".join(parts), socket.MSG_NOSIGNAL)
                connection.start_next_cycle()
            if not data:
                epoll.unregister(fd)
                clients.pop(fd)[0].close()


def _date() -> bytes:
    from email.utils import formatdate

    return formatdate(usegmt=True).encode("ascii")


def uvicorn(parser: str) -> None:
    """uvicorn with the parser of that name: one worker on asyncio's loop, without a log, a proxy's fields, or a name.

    It is given its listener, and that with its protocol: of a socket of protocol 0, or of a descriptor by number,
    asyncio does not know that it is TCP, and leaves Nagle's waiting on, 40 ms for an answer in two parts.
    """
    import uvicorn

    async def application(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(BODY))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": BODY})

    config = uvicorn.Config(
        application,
        http=parser,  # type: ignore[arg-type]
        loop="asyncio",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=3600,
    )
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(config).run(sockets=[listener])


SIDES: dict[str, Callable[[], None]] = {
    "reference": reference,
    "bare loop": bare_loop,
    "uvicorn": lambda: uvicorn("h11"),
    "uvicorn, httptools": lambda: uvicorn("httptools"),
}


if __name__ == "__main__":
    # The system ends it with whoever has started it, stopped or not: PR_SET_PDEATHSIG. It would turn for ever.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    SIDES[sys.argv[1]]()
