"""sync_pingpong.py - asyncio: two tasks send a number to and fro through two queues of one place."""
# SPDX-License-Identifier: MIT
import asyncio
import time

import measure


async def answer(there, back, count):
    for _ in range(count):
        await back.put(await there.get() + 1)


async def main(subject, count):
    there = asyncio.Queue(1)
    back = asyncio.Queue(1)
    other = asyncio.create_task(answer(there, back, count))
    ball = 0
    start = time.monotonic_ns()
    for _ in range(count):
        await there.put(ball)
        ball = await back.get()
    spent = time.monotonic_ns() - start
    await other
    assert ball == count
    measure.result("sync.pingpong", subject, "ns", spent / count)


measure.run(main)
