"""aiohttp's server: reads the body of each request and answers 200."""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web


async def _answer(request: web.BaseRequest) -> web.Response:
    await request.read()
    return web.Response(text="hello\n")


async def _serve(port: int) -> None:
    runner = web.ServerRunner(web.Server(_answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


asyncio.run(_serve(int(sys.argv[1])))
