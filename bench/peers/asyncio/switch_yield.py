"""switch_yield.py - asyncio: two tasks give way to each other."""
# SPDX-License-Identifier: MIT
import asyncio
import time

import measure


async def body(turns):
    for _ in range(turns):
        await asyncio.sleep(0)


async def main(subject, count):
    start = time.monotonic_ns()
    await asyncio.gather(body(count // 2), body(count // 2))
    spent = time.monotonic_ns() - start
    measure.result("switch.yield", subject, "ns", spent / count)


measure.run(main)
