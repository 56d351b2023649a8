"""sync_contended.py - asyncio: a hundred tasks take turns with one lock, and give way while they have it."""
# SPDX-License-Identifier: MIT
import asyncio
import time

import measure

TASKS = 100
left = 0
done = 0


async def body(lock):
    global left, done
    while left > 0:
        left -= 1
        async with lock:
            before = done
            await asyncio.sleep(0)
            done = before + 1


async def main(subject, count):
    global left
    left = count
    lock = asyncio.Lock()
    start = time.monotonic_ns()
    await asyncio.gather(*[body(lock) for _ in range(TASKS)])
    spent = time.monotonic_ns() - start
    assert done == count
    measure.result("sync.contended", subject, "ns", spent / count)


measure.run(main)
