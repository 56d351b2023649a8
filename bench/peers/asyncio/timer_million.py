"""timer_million.py - asyncio: each task sleeps once, up to two seconds."""
# SPDX-License-Identifier: MIT
import asyncio
import random

import measure

done = 0


async def body(span):
    global done
    await asyncio.sleep(span)
    done += 1


async def main(subject, count):
    series = random.Random(1)
    tasks = [asyncio.create_task(body(series.uniform(0, 2))) for _ in range(count)]
    for task in tasks:
        await task
    measure.done("timer.million", subject, done)


measure.run(main)
