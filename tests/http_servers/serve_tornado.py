"""Tornado's server: answers 200 to whatever is asked for."""

from __future__ import annotations

import asyncio
import sys

import tornado.web


class Hello(tornado.web.RequestHandler):
    """Any method that Tornado knows."""

    def get(self) -> None:
        """Answer; by then the body has been read."""
        self.write("hello\n")

    post = put = delete = options = patch = head = get


async def _serve(port: int) -> None:
    tornado.web.Application([(r".*", Hello)]).listen(port, "127.0.0.1")
    await asyncio.Event().wait()


asyncio.run(_serve(int(sys.argv[1])))
