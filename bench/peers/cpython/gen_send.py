"""gen_send.py - CPython: a number is sent to a generator, which answers with the sum so far."""
# SPDX-License-Identifier: MIT
import time

import measure


def add_up():
    total = 0
    while True:
        total += yield total


def main():
    adder = add_up()
    next(adder)
    start = time.monotonic_ns()
    for i in range(measure.count()):
        adder.send(i)
    measure.result("gen.send", time.monotonic_ns() - start)


main()
