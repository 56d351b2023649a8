"""gen_fib.py - CPython: a generator yields the numbers of Fibonacci, kept to 32 bits so that they stay small."""
# SPDX-License-Identifier: MIT
import time

import measure


def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, (a + b) & 0xffff_ffff


def main():
    numbers = fibonacci()
    total = 0
    start = time.monotonic_ns()
    for _ in range(measure.count()):
        total ^= next(numbers)
    measure.result("gen.fib", time.monotonic_ns() - start)


main()
