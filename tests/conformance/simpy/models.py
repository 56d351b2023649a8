# SPDX-License-Identifier: MIT
"""The models of examples/simulation once more, for SimPy. Those that tell a story without random numbers give its lines;
the others give, for a seed, the two figures that the examples print."""

import random
import statistics

import simpy


def charging_station():
    """Two places, four cars, one of which is unplugged."""
    env = simpy.Environment()
    station = simpy.Resource(env, capacity=2)
    lines = []

    def car(name, way):
        yield env.timeout(way)
        lines.append(f"{name} arrives at {env.now:g}")
        with station.request() as place:
            yield place
            lines.append(f"{name} begins to charge at {env.now:g}")
            try:
                yield env.timeout(5)
            except simpy.Interrupt as interrupt:
                lines.append(f"{name} is unplugged: {interrupt.cause}")
            lines.append(f"{name} leaves at {env.now:g}")

    def driver(victim):
        yield env.timeout(8.5)
        victim.interrupt("no time")

    cars = [env.process(car(f"car {i}", 2 * i)) for i in range(4)]
    env.process(driver(cars[2]))
    env.run()
    return lines


def cable():
    """What is put in comes out after 10."""
    env = simpy.Environment()
    far_end = simpy.Store(env)
    lines = []

    def transmit(message):
        yield env.timeout(10)
        yield far_end.put(message)

    def sender():
        number = 0
        while True:
            yield env.timeout(5)
            env.process(transmit((env.now, number)))
            number += 1

    def receiver():
        while True:
            sent, number = yield far_end.get()
            lines.append(f"message {number}, sent at {sent:g}, is received at {env.now:g}")

    env.process(sender())
    env.process(receiver())
    env.run(until=60)
    return lines


def broadcast():
    """A store for each of two readers."""
    env = simpy.Environment()
    outputs = [simpy.Store(env) for _ in range(2)]
    lines = []

    def writer():
        number = 0
        while True:
            yield env.timeout(6 + number % 5)
            for output in outputs:
                output.put((env.now, number))
            number += 1

    def reader(self):
        i = 0
        while True:
            sent, number = yield outputs[self].get()
            when = "late" if sent < env.now else "in time"
            lines.append(f"reader {self} at {env.now:g}: message {number}, {when}")
            yield env.timeout(4 + (3 * i + self) % 7)
            i += 1

    env.process(writer())
    for self in range(2):
        env.process(reader(self))
    env.run(until=60)
    return lines


def bank(seed):
    """How many of twenty customers go away, and how long the others are served."""
    rng = random.Random(seed)
    env = simpy.Environment()
    counter = simpy.Resource(env)
    served = []
    left = []

    def customer():
        patience = rng.uniform(1, 3)
        with counter.request() as turn:
            yield turn | env.timeout(patience)
            if not turn.triggered:
                left.append(env.now)
                return
            begun = env.now
            yield env.timeout(rng.expovariate(1 / 12))
            served.append(env.now - begun)

    def street():
        for _ in range(20):
            env.process(customer())
            yield env.timeout(rng.expovariate(1 / 10))

    env.process(street())
    env.run()
    return len(left), statistics.mean(served)


def car_wash(seed):
    """The part of 600 minutes in which two machines are used, and the dirt they remove."""
    rng = random.Random(seed)
    env = simpy.Environment()
    machines = simpy.Resource(env, capacity=2)
    dirt = []
    used = [0.0]

    def car():
        with machines.request() as machine:
            yield machine
            begun = env.now
            used[0] += min(5, 600 - begun)
            yield env.timeout(5)
            dirt.append(rng.randint(50, 99))

    def street():
        for _ in range(4):
            env.process(car())
        while True:
            yield env.timeout(rng.randint(1, 5))
            env.process(car())

    env.process(street())
    env.run(until=600)
    return used[0] / (2 * 600), statistics.mean(dirt)


def machine_shop(seed):
    """Parts a machine made in a week, and other jobs that were done."""
    rng = random.Random(seed)
    env = simpy.Environment()
    repairer = simpy.PreemptiveResource(env, capacity=1)
    parts = [0] * 10
    broken = [False] * 10
    jobs = [0]

    def make_parts(i):
        while True:
            left = rng.normalvariate(10, 2)
            while left > 0:
                begun = env.now
                try:
                    yield env.timeout(left)
                    left = 0
                except simpy.Interrupt:
                    broken[i] = True
                    left -= env.now - begun
                    with repairer.request(priority=1) as help_:
                        yield help_
                        yield env.timeout(30)
                    broken[i] = False
            parts[i] += 1

    def break_now_and_then(i, machine):
        while True:
            yield env.timeout(rng.expovariate(1 / 300))
            if not broken[i]:
                machine.interrupt()

    def other_jobs():
        while True:
            left = 30
            while left > 0:
                with repairer.request(priority=2) as time:
                    yield time
                    begun = env.now
                    try:
                        yield env.timeout(left)
                        left = 0
                    except simpy.Interrupt:
                        left -= env.now - begun
            jobs[0] += 1

    for i in range(10):
        env.process(break_now_and_then(i, env.process(make_parts(i))))
    env.process(other_jobs())
    env.run(until=7 * 24 * 60)
    return statistics.mean(parts), jobs[0]


def theatre(seed):
    """When three movies are sold out, on average, and how many leave the queue then."""
    rng = random.Random(seed)
    env = simpy.Environment()
    counter = simpy.Resource(env)
    available = [50] * 3
    sold_out = [env.event() for _ in range(3)]
    sold_out_at = [120.0] * 3
    renegers = [0]

    def viewer():
        movie = rng.randrange(3)
        n_tickets = rng.randint(1, 6)
        if sold_out[movie].triggered:
            return
        with counter.request() as turn:
            result = yield turn | sold_out[movie]
            if turn not in result:
                renegers[0] += 1
                return
            if available[movie] < n_tickets:
                yield env.timeout(0.5)
                return
            available[movie] -= n_tickets
            if available[movie] < 2 and not sold_out[movie].triggered:
                sold_out[movie].succeed()
                sold_out_at[movie] = env.now
                available[movie] = 0
            yield env.timeout(1)

    def street():
        while True:
            env.process(viewer())
            yield env.timeout(rng.expovariate(1 / 0.5))

    env.process(street())
    env.run(until=120)
    return statistics.mean(sold_out_at), renegers[0]


def petrol_station(seed):
    """How long a car stays, and how often a truck came."""
    rng = random.Random(seed)
    env = simpy.Environment()
    pumps = simpy.Resource(env, 2)
    tank = simpy.Container(env, 200, init=200)
    stays = []
    trucks = [0]

    def car():
        arrived = env.now
        litres = 50 - rng.randint(5, 25)
        with pumps.request() as pump:
            yield pump
            yield tank.get(litres)
            yield env.timeout(litres / 2)
        stays.append(env.now - arrived)

    def owner():
        while True:
            if tank.level < 20:
                yield env.timeout(300)
                trucks[0] += 1
                yield tank.put(200 - tank.level)
            yield env.timeout(1)  # SimPy has to look again and again

    def street():
        while True:
            yield env.timeout(rng.randint(30, 300))
            env.process(car())

    env.process(owner())
    env.process(street())
    env.run(until=20000)
    return statistics.mean(stays), trucks[0]
