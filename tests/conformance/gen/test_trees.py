# SPDX-License-Identifier: MIT
"""Random generators that delegate to each other, driven by random steps, in Python and in cede: every line of the traces
must be the same.

    test_trees.py [--seeds N] [--first N] -- MACHINE...       compare N programs
    test_trees.py --show SEED -- MACHINE...                   print one, and both traces
"""
import argparse
import difflib
import os
import random
import sys

import protocol


class Author:
    """Writes a program by its seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.n_gens = self.random.randint(1, 9)
        self.steps_inside = self.random.choice([0, 0, 1, 3])  # how often bodies resume others themselves
        self.delegates = self.random.choice([2, 4, 8])
        self.body = 0  # the one being written
        self.left = 0  # statements it may still get

    def program(self):
        lines = [f"gen {self.body} {protocol.write(self.statements_of_body())}" for self.body in range(self.n_gens)]
        return lines + [" ".join(self.step(self.n_gens + 1)) for _ in range(self.random.randint(5, 40))]

    def statements_of_body(self):
        self.left = self.random.randint(3, 18)
        return self.statements(0, False)

    def statements(self, depth, handling):
        written = []
        for _ in range(self.random.randint(1, 4 if depth else 7)):
            if self.left <= 0:
                break
            self.left -= 1
            written.append(self.statement(depth, handling))
        return written

    def statement(self, depth, handling):
        earlier, later = depth < 4, self.body + 1 < self.n_gens
        weights = {"try": 6 * earlier, "loop": earlier, "yield": 9, "from": self.delegates, "fresh": 2 * later,
                   "return": 0.6, "log": 0.5, "raise": 1, "step": self.steps_inside}
        choice = self.random.choices(list(weights), list(weights.values()))[0]
        if choice == "try":
            return self.attempt(depth, handling)
        if choice == "loop":
            return ["loop", str(self.random.randint(1, 3)), *self.statements(depth + 1, handling)]
        if choice == "fresh":
            return ["fresh", str(self.random.randint(self.body + 1, self.n_gens - 1))]
        if choice == "raise":
            return ["raise"] if handling and self.random.random() < 0.6 else ["raise", self.kind_raised()]
        if choice == "step":
            return self.step(self.n_gens)
        return [choice, {"from": self.another, "log": lambda: "here"}.get(choice, self.value)()]

    def attempt(self, depth, handling):
        clauses = [["do", *self.statements(depth + 1, handling)]]
        shape = self.random.random()
        if shape < 0.75:
            clauses.append(["except", self.kind_caught(), *self.statements(depth + 1, True)])
        if shape > 0.5:
            clauses.append(["finally", *self.statements(depth + 1, handling and shape < 0.75)])
        return ["try", *clauses]

    def another(self):
        """Mostly one that comes later, so that the delegating makes trees, and sometimes any."""
        if self.body + 1 < self.n_gens and self.random.random() < 0.85:
            return str(self.random.randint(self.body + 1, min(self.body + 2, self.n_gens - 1)))
        return str(self.random.randint(0, self.n_gens))

    def step(self, n_gens):
        """The first ones more often: they are the roots of the trees."""
        number = str(min(int(self.random.expovariate(0.8)), n_gens - 1))
        op = self.random.choices(["next", "send", "throw", "close"], [20, 4, 3, 1])[0]
        more = {"send": [self.value()], "throw": [self.kind_thrown()]}.get(op, [])
        return [op, number, *more]

    def value(self):
        return str(self.random.randint(0, 99))

    def kind_caught(self):
        return self.random.choice(["any", "any", "error", "EXIT", "EXIT", "E1", "E2", "BUSY", "IGNORED", "START", "END"])

    def kind_raised(self):
        return self.random.choice(["E1", "E2", "E3", "EXIT", "END", "IGNORED"])

    def kind_thrown(self):
        return self.random.choice(["E1", "E1", "E2", "E3", "EXIT", "EXIT"])


def flat(parts):
    return [line for part in parts for line in part]


def compare(seed, machine):
    """What differs, or nothing."""
    program = Author(seed).program()
    python, cede = flat(protocol.run_here(program, careful=True)), flat(machine.run(program))
    if python == cede:
        return None
    return "\n".join([f"seed {seed}:", *program, *difflib.unified_diff(python, cede, "python", "cede", n=6, lineterm="")])


def work(first, last, command):
    """Exit status: 0 if all are the same."""
    machine = protocol.Machine(command)
    for seed in range(first, last):
        try:
            difference = compare(seed, machine)
        except Exception:
            print(f"seed {seed}:", file=sys.stderr)
            raise
        if difference:
            print(difference, flush=True)
            return 1
    machine.close()
    return 0


def spread(first, n_seeds, command):
    """In as many processes as there are processors."""
    n_workers = len(os.sched_getaffinity(0))
    bounds = [first + n_seeds * i // n_workers for i in range(n_workers + 1)]
    children = []
    for low, high in zip(bounds, bounds[1:]):
        child = os.fork()
        if child == 0:
            status = 2
            try:
                status = work(low, high, command)
            finally:
                sys.stdout.flush()
                os._exit(status)
        children.append(child)
    return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0 for child in children)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--show", type=int)
    parser.add_argument("machine", nargs="+")
    options = parser.parse_args()
    if options.show is None:
        sys.exit(spread(options.first, options.seeds, options.machine))
    program = Author(options.show).program()
    print("\n".join(program), "-- python", *flat(protocol.run_here(program, careful=True)), sep="\n")
    print("-- cede", *flat(protocol.Machine(options.machine).run(program)), sep="\n")


main()
