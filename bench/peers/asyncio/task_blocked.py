"""task_blocked.py - asyncio: a thousand tasks wait for one event, are released, and are awaited."""
# SPDX-License-Identifier: MIT
import asyncio
import time

import measure

BATCH = 1000
ran = 0


async def body(gate):
    global ran
    await gate.wait()
    ran += 1


async def main(subject, count):
    start = time.monotonic_ns()
    while ran < count:
        gate = asyncio.Event()
        tasks = [asyncio.create_task(body(gate)) for _ in range(BATCH)]
        await asyncio.sleep(0)  # all of them run up to the gate
        gate.set()
        for task in tasks:
            await task
    spent = time.monotonic_ns() - start
    measure.result("task.blocked", subject, "ns", spent / ran)


measure.run(main)
