"""task_local.py - asyncio: start tasks that inherit three context variables and read one, a thousand at a time."""
# SPDX-License-Identifier: MIT
import asyncio
import contextvars
import time

import measure

BATCH = 1000
ran = 0
user, request, batch_here = (contextvars.ContextVar(name) for name in ("user", "request", "batch"))


async def body():
    global ran
    ran += batch_here.get()


async def main(subject, count):
    user.set("root")
    request.set("7f3a")
    batch_here.set(1)
    start = time.monotonic_ns()
    while ran < count:
        for task in [asyncio.create_task(body()) for _ in range(BATCH)]:
            await task
    spent = time.monotonic_ns() - start
    measure.result("task.local", subject, "ns", spent / ran)


measure.run(main)
