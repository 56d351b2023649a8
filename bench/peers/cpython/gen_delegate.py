"""gen_delegate.py - CPython: items of a generator to which others delegate by `yield from`, DEPTH of them."""
# SPDX-License-Identifier: MIT
import itertools
import sys
import time

import measure


def delegate(depth):
    yield from delegate(depth - 1) if depth > 1 else count_up()


def count_up():
    for i in itertools.count():
        yield i


def main():
    depth = int(sys.argv[2])
    items = delegate(depth)
    next(items)
    start = time.monotonic_ns()
    for _ in range(measure.count()):
        next(items)
    measure.result(f"gen.delegate.{depth}", time.monotonic_ns() - start)


main()
