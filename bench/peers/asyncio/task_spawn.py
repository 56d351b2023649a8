"""task_spawn.py - asyncio: start tasks that end at once and await them, a thousand at a time."""
# SPDX-License-Identifier: MIT
import asyncio
import time

import measure

BATCH = 1000
ran = 0


async def body():
    global ran
    ran += 1


async def main(subject, count):
    start = time.monotonic_ns()
    while ran < count:
        for task in [asyncio.create_task(body()) for _ in range(BATCH)]:
            await task
    spent = time.monotonic_ns() - start
    measure.result("task.spawn", subject, "ns", spent / ran)


measure.run(main)
