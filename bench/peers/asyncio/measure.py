"""measure.py - what the measured programs on asyncio share: which loop, the count, the line of the result."""
# SPDX-License-Identifier: MIT
import asyncio
import json
import sys


def run(main):
    """Run main(subject, count) on the loop named by the first argument: asyncio's own, or uvloop's."""
    subject, count = sys.argv[1], int(sys.argv[2])
    if subject == "uvloop":
        import uvloop
        uvloop.install()
    asyncio.run(main(subject, count))


def result(bench, subject, unit, value):
    """Print the one line of the result; `value` is per operation where the unit is ns or bytes."""
    print(json.dumps({"bench": bench, "subject": subject, "unit": unit, "value": value}), flush=True)


def done(bench, subject, count):
    """Print how many operations happened, for a cost that is measured from outside."""
    print(json.dumps({"bench": bench, "subject": subject, "done": count}), flush=True)
