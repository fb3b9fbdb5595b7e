"""Fixtures of the tests of `HttpServer` and `HttpClient`: what listens or asks, closed when its test ends."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from http_client_tools import Asker, Server
from http_server_tools import Site


@pytest.fixture
def serve(cleanup: contextlib.ExitStack) -> Callable[..., Site]:
    """Makes a server that listens on a free port."""

    def make(**settings: Any) -> Site:
        site = cleanup.enter_context(Site(**settings))
        site.make_http_server_adapter()
        assert site.init(0)
        return site

    return make


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    """A server with the limits of its own that listens."""
    return serve()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.listener.close()
    for connection in made.connections:
        connection.close()


@pytest.fixture
def ask(server: Server, cleanup: contextlib.ExitStack) -> Callable[..., Asker]:
    """Makes a client of the server."""

    def make(**settings: Any) -> Asker:
        asker = cleanup.enter_context(Asker(**settings))
        asker.make_http_client_adapter()
        assert asker.init("127.0.0.1", server.port)
        return asker

    return make


@pytest.fixture
def asker(ask: Callable[..., Asker]) -> Asker:
    return ask()
