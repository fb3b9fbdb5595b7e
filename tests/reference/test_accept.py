"""Clients that cannot be taken: the listener survives all of it, and says so once."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

import pytest
from reference_tools import Recorder, pump

from dasnet_reference._endpoint import PASSING

Listen = Callable[..., Recorder]
Join = Callable[[Recorder], socket.socket]


class FailingListener:
    """A listener whose accept fails with each of some error numbers first."""

    def __init__(self, real: socket.socket, *codes: int) -> None:
        self._real = real
        self._codes = list(codes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def accept(self) -> tuple[socket.socket, Any]:
        if self._codes:
            code = self._codes.pop(0)
            raise OSError(code, os.strerror(code))
        return self._real.accept()


def break_accept(server: Recorder, *codes: int) -> None:
    assert server._server is not None
    endpoint = server._server._endpoint
    assert endpoint is not None
    endpoint._listener = FailingListener(endpoint._listener, *codes)  # type: ignore[assignment]


@pytest.mark.parametrize("code", sorted(PASSING), ids=lambda code: errno.errorcode[code])
def test_what_concerns_one_client_is_not_told(listen: Listen, queue_up: Join, code: int) -> None:
    server = listen()
    break_accept(server, code, code)
    queue_up(server)
    pump(server, server.is_connected)
    assert server.seen() == ["connect"]


@pytest.mark.parametrize("code", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
def test_what_lacks_is_told_once_until_it_works_again(listen: Listen, queue_up: Join, code: int) -> None:
    server = listen()
    break_accept(server, code, code, errno.ECONNABORTED, code)
    client = queue_up(server)
    pump(server, server.is_connected)
    assert server.seen() == ["error", "connect"]
    assert server.errors()[0][1] == code
    assert server.is_open()
    client.close()
    pump(server, lambda: not server.is_connected())
    break_accept(server, code)
    queue_up(server)
    pump(server, server.is_connected)
    assert server.seen() == ["error", "connect", "disconnect", "error", "connect"]


def test_a_poller_that_cannot_take_another_socket_closes_that_client(listen: Listen, queue_up: Join) -> None:
    server = listen()
    assert server._server is not None
    endpoint = server._server._endpoint
    assert endpoint is not None

    class FullPoller:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def register(self, *_: int) -> None:
            raise OSError(errno.ENOSPC, "no watch left")

    real, endpoint._poller = endpoint._poller, FullPoller()
    client = queue_up(server)
    pump(server, lambda: server.errors())
    assert client.recv(1) == b""
    assert not server.is_connected()
    endpoint._poller = real
    queue_up(server)
    pump(server, server.is_connected)
    assert server.seen() == ["error", "connect"]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of descriptors to lower")
def test_out_of_descriptors_for_real(listen: Listen, queue_up: Join) -> None:
    import resource

    server = listen()
    client = queue_up(server)
    client.sendall(b"patience")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # The lowest free number is the one that accept would be given.
    probe = os.dup(0)
    os.close(probe)
    resource.setrlimit(resource.RLIMIT_NOFILE, (probe, hard))
    try:
        for _ in range(5):
            server.tick()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert [code for _, code in server.errors()] == [errno.EMFILE]
    assert server.is_open()
    assert not server.is_connected()
    pump(server, lambda: server.data() == b"patience")
    assert server.seen() == ["error", "connect", "data"]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of descriptors to lower")
def test_init_without_a_descriptor_fails_and_can_be_tried_again() -> None:
    import resource

    with Recorder() as server:
        server.make_server_adapter()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        probe = os.dup(0)
        os.close(probe)
        # None for the listener, then one for the listener but none for the poller.
        for spare in (0, 1):
            resource.setrlimit(resource.RLIMIT_NOFILE, (probe + spare, hard))
            try:
                answer = server.init(0)
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            # Only epoll needs a descriptor of its own.
            if answer:
                assert spare == 1
                return
            assert server.errors()[-1][1] == errno.EMFILE
            assert not server.is_open()
        assert server.init(0)
