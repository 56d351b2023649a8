"""sim_hold.py - SimPy: processes that wait for random time-outs, again and again."""
# SPDX-License-Identifier: MIT
import random
import sys
import time

import measure
import simpy


def body(env):
    while True:
        yield env.timeout(random.random() * 2)


def main():
    size = int(sys.argv[2])
    env = simpy.Environment()
    for _ in range(size):
        env.process(body(env))
    for _ in range(2 * size):
        env.step()
    start = time.monotonic_ns()
    for _ in range(measure.count()):
        env.step()
    measure.result(f"sim.hold.{size}", time.monotonic_ns() - start)


main()
