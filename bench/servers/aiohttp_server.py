"""aiohttp_server.py - aiohttp's server of http.serve and http.idle. Prints its port when it listens."""
# SPDX-License-Identifier: MIT
import asyncio

from aiohttp import web


async def hello(_):
    return web.Response(body=b"Hello, world!", content_type="text/plain")


async def main():
    app = web.Application()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
