"""task_memory.py - asyncio: what a sleeping task that has run once holds in memory."""
# SPDX-License-Identifier: MIT
import asyncio
import os

import measure

started = 0


def resident():
    """Bytes this process holds in memory: resident pages and the page tables that map them."""
    with open("/proc/self/status") as status:
        fields = [line.split() for line in status if line.startswith(("VmRSS:", "VmPTE:"))]
    return sum(int(field[1]) for field in fields) * 1024


async def body():
    global started
    started += 1
    await asyncio.sleep(3600)


async def main(subject, count):
    before = resident()
    tasks = [asyncio.create_task(body()) for _ in range(count)]
    while started < len(tasks):
        await asyncio.sleep(0)
    measure.result("task.memory", subject, "bytes", (resident() - before) / count)
    os._exit(0)  # the tasks are asleep for an hour


measure.run(main)
