"""gen_create.py - CPython: a generator is created, yields one item, and is closed where it is suspended."""
# SPDX-License-Identifier: MIT
import time

import measure


def one_item(value):
    yield value


def main():
    total = 0
    start = time.monotonic_ns()
    for i in range(measure.count()):
        items = one_item(i)
        total += next(items)
        items.close()
    measure.result("gen.create", time.monotonic_ns() - start)


main()
