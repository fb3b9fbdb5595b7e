"""Fixtures of the tests of `HttpServer`: a server that listens, closed when its test ends."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
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
