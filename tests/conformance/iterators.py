#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compare cede's iterators with Python's: iterators.py COMMAND-OF-iterators

Expressions, a table of cases and thousands made at random from a fixed seed, are built of cede's iterators and of Python's
own; every item must be the same, streamed and collected, and the size hint must hold. What itertools of this Python lacks
(batched is of 3.12) and what more_itertools has is written down here as their documentation defines it.
"""
import itertools
import random
import subprocess
import sys
from collections import deque

SEED = 20261122
CASES = 6000
MODULUS = 1009
NONE = "none"  # where there is no item: zip_longest, windowed
ENDLESS = 2**64 - 1


def weight(item):
    if item is NONE:
        return 7
    if isinstance(item, int):
        return item % MODULUS
    if isinstance(item, Numbered):
        return (item[0] + 2 * weight(item[1])) % MODULUS
    return (len(item) + sum((i + 1) * weight(part) for i, part in enumerate(item))) % MODULUS


class Numbered(tuple):
    """An item of enumerate."""


def batched(source, n, strict=False):
    source = iter(source)
    while batch := tuple(itertools.islice(source, n)):
        if strict and len(batch) != n:
            raise ValueError("batched(): incomplete batch")
        yield batch


def windowed(source, n, step):
    source = iter(source)
    window = deque(itertools.islice(source, n), maxlen=n)
    if not window:
        return
    if len(window) < n:
        yield tuple(window) + (NONE,) * (n - len(window))
        return
    yield tuple(window)
    padding = (NONE,) * (n - 1 if step >= n else step - 1)
    filler = map(window.append, itertools.chain(source, padding))
    for _ in itertools.islice(filler, step - 1, None, step):
        yield tuple(window)


def unique(source, key):
    seen = set()
    for item in source:
        if key(item) not in seen:
            seen.add(key(item))
            yield item


def grouped(source, n):
    for key, group in itertools.groupby(source, lambda item: weight(item) // 4):
        yield 100 * key + sum((i + 1) * weight(item) for i, item in enumerate(itertools.islice(group, n)))


def tee(source):
    return itertools.chain(*itertools.tee(source))


def tee_ahead(source):
    one, two = itertools.tee(source)
    return zip(one, itertools.islice(two, 2, None))


def starred(item):
    return sum((i + 5) * weight(part) for i, part in enumerate(item)) % MODULUS


def interleave_longest(*sources):
    return (item for item in itertools.chain(*itertools.zip_longest(*sources, fillvalue=None)) if item is not None)


BUILD = {
    "range": lambda a, b, s: iter(range(a, b, s)),
    "reversed": lambda a, b, s: reversed(range(a, b, s)),
    "count": lambda a, s, n: itertools.islice(itertools.count(a, s), n),
    "array": lambda n, *values: iter(values),
    "map": lambda x: map(lambda item: (3 * weight(item) + 1) % MODULUS, x),
    "star": lambda x: map(starred, x),
    "accumulate": itertools.accumulate,
    "accumulate_initial": lambda x: itertools.accumulate(x, max, initial=5),
    "groupby": lambda n, x: grouped(x, n),
    "islice": lambda a, b, s, x: itertools.islice(x, a, None if b < 0 else b, s),
    "cycle": lambda n, x: itertools.islice(itertools.cycle(x), n),
    "filter": lambda x: filter(lambda item: weight(item) % 3 != 0, x),
    "filterfalse": lambda x: itertools.filterfalse(lambda item: weight(item) % 3 != 0, x),
    "takewhile": lambda x: itertools.takewhile(lambda item: weight(item) < 12, x),
    "dropwhile": lambda x: itertools.dropwhile(lambda item: weight(item) < 12, x),
    "sorted": lambda x: iter(sorted(x, key=weight)),
    "unique": lambda x: unique(x, lambda item: weight(item) % 5),
    "unique_compared": lambda x: unique(x, lambda item: weight(item) % 7),
    "justseen": lambda x: (next(group) for _, group in itertools.groupby(x, lambda item: weight(item) % 5)),
    "peekable": lambda x: x,
    "pairwise": itertools.pairwise,
    "enumerate": lambda n, x: map(Numbered, enumerate(x, n)),
    "batched": lambda n, x: batched(x, n),
    "batched_strict": lambda n, x: batched(x, n, True),
    "windowed": lambda n, step, x: windowed(x, n, step),
    "permutations": lambda r, x: itertools.permutations(x, None if r < 0 else r),
    "combinations": lambda r, x: itertools.combinations(x, r),
    "replaced": lambda r, x: itertools.combinations_with_replacement(x, r),
    "tee": tee,
    "tee_ahead": tee_ahead,
    "chain": itertools.chain,
    "interleave": lambda *xs: itertools.chain.from_iterable(zip(*xs)),
    "interleave_longest": interleave_longest,
    "compress": lambda x, y: itertools.compress(x, (weight(item) % 2 for item in y)),
    "product": lambda repeat, *xs: itertools.product(*xs, repeat=repeat),
    "zip": zip,
    "zip_strict": lambda *xs: zip(*xs, strict=True),
    "zip_longest": lambda *xs: itertools.zip_longest(*xs, fillvalue=NONE),
}


def build(expression):
    if isinstance(expression, int):
        return expression
    return BUILD[expression[0]](*map(build, expression[1:]))


def text_of(expression):
    if isinstance(expression, int):
        return str(expression)
    return "(" + " ".join([expression[0], *map(text_of, expression[1:])]) + ")"


def shown(item):
    if item is NONE:
        return "-"
    if isinstance(item, int):
        return str(item)
    return "(" + ",".join(map(shown, item)) + ")"


def outcome(expression):
    """What is yielded, as a list of texts, and the error in the end, if there is one."""
    items = []
    try:
        for item in build(expression):
            items.append(shown(item))
    except ValueError:
        return items, "!EINVAL"
    return items, None


# Random expressions. A type is "i", ("n", type), ("t", type, ...), or ("b", n, type): tuples of n at most.

def numbers(low, high):
    return random.randint(low, high)


def source():
    kind = random.choice(["range", "reversed", "count", "array", "array"])
    if kind in ("range", "reversed"):
        start, n, step = numbers(-9, 20), numbers(-2, 9), random.choice([-3, -2, -1, 1, 2, 5])
        return (kind, start, start + n * step, step)
    if kind == "count":
        return (kind, numbers(-9, 20), numbers(-3, 3), numbers(0, 8))
    values = [numbers(-5, 12) for _ in range(numbers(0, 9))]
    return (kind, len(values), *values)


def of_type(wanted, depth):
    """An expression whose items are of the type."""
    if wanted == "i" and (depth <= 0 or random.random() < 0.15):
        return source()
    same = random.random() < 0.45 and depth > 0
    if same:
        kind = random.choice(["islice", "cycle", "filter", "filterfalse", "takewhile", "dropwhile", "sorted", "unique",
                              "unique_compared", "justseen", "peekable", "tee", "chain", "interleave",
                              "interleave_longest", "compress"])
        if kind == "islice":
            return (kind, numbers(0, 4), random.choice([-1, numbers(0, 9)]), numbers(1, 3), of_type(wanted, depth - 1))
        if kind == "cycle":
            return (kind, numbers(0, 12), of_type(wanted, depth - 1))
        if kind in ("chain", "interleave", "interleave_longest"):
            return (kind, *(of_type(wanted, depth - 1) for _ in range(numbers(1, 3))))
        if kind == "compress":
            return (kind, of_type(wanted, depth - 1), of_type(any_type(1), depth - 1))
        return (kind, of_type(wanted, depth - 1))
    if wanted == "i":
        return to_number(depth)
    return to_tuple(wanted, depth)


def to_number(depth):
    kind = random.choice(["map", "star", "accumulate", "accumulate_initial", "groupby"])
    if kind == "map":
        return (kind, of_type(any_type(2), depth - 1))
    if kind == "star":
        return (kind, of_type(("t", *(any_type(1) for _ in range(numbers(1, 3)))), depth - 1))
    if kind == "groupby":
        return (kind, numbers(0, 3), of_type(any_type(2), depth - 1))
    return (kind, of_type("i", depth - 1))


def to_tuple(wanted, depth):
    if wanted[0] == "n":
        return ("enumerate", numbers(-3, 9), of_type(wanted[1], depth - 1))
    if wanted[0] == "t":
        parts = wanted[1:]
        if len(parts) == 2 and parts[0] == parts[1] and random.random() < 0.3:
            return ("tee_ahead", of_type(parts[0], depth - 1))
        kind = random.choice(["zip", "zip_longest", "product"])
        if kind == "product":
            few = [("islice", 0, 3, 1, of_type(part, depth - 1)) for part in parts]
            return (kind, 1, *few)
        return (kind, *(of_type(part, depth - 1) for part in parts))
    kind = random.choice(["pairwise", "batched", "windowed", "permutations", "combinations", "replaced"])
    n = wanted[1]
    inner = of_type(wanted[2], depth - 1)
    if kind == "pairwise" and n == 2:
        return (kind, inner)
    if kind == "windowed":
        return (kind, n, numbers(1, 5), inner)
    if kind in ("permutations", "combinations", "replaced"):
        return (kind, n, ("islice", 0, 4, 1, inner))
    return ("batched", n, inner)


def any_type(depth):
    kind = random.choice("iiinbt") if depth > 0 else "i"
    if kind == "i":
        return "i"
    if kind == "t":
        return ("t", *(any_type(depth - 1) for _ in range(numbers(1, 3))))
    if kind == "b":
        return ("b", numbers(1, 4), any_type(depth - 1))
    return (kind, any_type(depth - 1))


def table():
    """Cases that are worth naming: each adaptor at its edges."""
    def row(n):
        return ("range", 0, n, 1)

    for n in range(6):
        for r in range(6):
            yield ("combinations", r, row(n))
            yield ("replaced", r, row(n))
            yield ("permutations", r, row(n))
        yield ("permutations", -1, row(n))
        yield ("pairwise", row(n))
        for size in range(1, 5):
            yield ("batched", size, row(n))
            yield ("batched_strict", size, row(n))
            for step in range(1, 6):
                yield ("windowed", size, step, row(n))
        for start, stop, step in itertools.product((0, 1, 3, 7), (-1, 0, 2, 4, 9), (1, 2, 3, 2**62)):
            yield ("islice", start, stop, step, row(n))
        for other, third in itertools.product(range(4), repeat=2):
            for kind in ("zip", "zip_strict", "zip_longest", "interleave", "interleave_longest", "chain"):
                yield (kind, row(n), row(other), row(third))
            yield ("product", 1, row(n), row(other), row(third))
        for repeat in range(4):
            yield ("product", repeat, row(n))
    for kind in ("zip", "zip_strict", "zip_longest", "interleave", "interleave_longest", "chain"):
        yield (kind,)
    for kind in ("chain", "interleave", "interleave_longest"):  # tuples of other lengths, kept all the same
        yield (kind, ("batched", 2, row(5)), ("pairwise", row(4)), ("batched", 4, row(7)), ("permutations", 3, row(3)))
        yield ("sorted", (kind, ("zip", row(3), row(4)), ("combinations", 2, row(3))))
    yield ("product", 1)
    yield ("product", 0)
    for start, stop, step in itertools.product((-3, 0, 5), (-5, 0, 4), (-2, -1, 1, 3)):
        yield ("range", start, stop, step)
        yield ("reversed", start, stop, step)


def check(expression, answer):
    """Why the answer is wrong; None if it is right."""
    lo, hi, answer = answer.split(" ", 2)
    items, error = outcome(expression)
    streamed = "[" + " ".join(items + ([error] if error else [])) + "]"
    collected = "[" + (error if error else " ".join(items)) + "]"
    if answer != streamed + " " + collected:
        return f"  cede:   {answer}\n  Python: {streamed} {collected}"
    if not error and not int(lo) <= len(items) <= int(hi):
        return f"  {len(items)} items, hint {lo}..{hi}"
    return None


def main():
    random.seed(SEED)
    cases = list(table())
    n_table = len(cases)
    cases += [of_type(any_type(2), numbers(1, 4)) for _ in range(CASES)]
    lines = "".join(text_of(case) + "\n" for case in cases)
    run = subprocess.run(sys.argv[1:], input=lines, stdout=subprocess.PIPE, text=True, check=True)
    answers = run.stdout.splitlines()
    if len(answers) != len(cases):
        sys.exit(f"{len(cases)} cases, {len(answers)} answers")
    n_exact = 0
    for case, answer in zip(cases, answers):
        wrong = check(case, answer)
        if wrong:
            sys.exit(f"{text_of(case)}\n{wrong}")
        lo, hi, _ = answer.split(" ", 2)
        n_exact += lo == hi
    print(f"{n_table} cases and {len(cases) - n_table} at random, {n_exact} with an exact hint: all the same")


if __name__ == "__main__":
    main()
