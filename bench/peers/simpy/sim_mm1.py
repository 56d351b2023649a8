"""sim_mm1.py - SimPy: one server; customers are put into a store, taken out, and held."""
# SPDX-License-Identifier: MIT
import random
import time

import measure
import simpy


def arrive(env, store, count):
    for _ in range(count):
        yield env.timeout(random.expovariate(0.9))
        yield store.put(env.now)


def serve(env, store, count):
    in_shop = 0
    for _ in range(count):
        arrival = yield store.get()
        yield env.timeout(random.expovariate(1))
        in_shop += env.now - arrival
    assert in_shop > 0


def main():
    env = simpy.Environment()
    store = simpy.Store(env)
    env.process(arrive(env, store, measure.count()))
    env.process(serve(env, store, measure.count()))
    start = time.monotonic_ns()
    env.run()
    measure.result("sim.mm1", time.monotonic_ns() - start)


main()
