#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compare the lines of cede's progress bars with tqdm's: progress_meter.py PATH-OF-progress_meter

Thousands of cases from a fixed seed: format_meter, format_sizeof, format_interval. Every character must be the same.
"""
import random
import subprocess
import sys
import warnings

from tqdm import tqdm

warnings.simplefilter("ignore")  # tqdm warns of counts below zero
SEED = 20261122
CASES = 20000
random.seed(SEED)

WORDS = ["", "flags", "下载", "café", "a b", "\x1b[31mred\x1b[0m", "\x1b[1mbold", "x: ", "ｆｕｌｌ", "long " * 12]
WIDE = set("下载ｆｕｌ")
COLOURS = [None, None, None, "red", "BLUE", "White", "#00ff7f", "#ABCDEF"]
UNITS = ["it", "B", "file", "%s"]


def count(limit_exponent=15):
    shape = random.random()
    if shape < 0.1:
        return random.choice([0, 1, 9, 10, 99, 100, 999, 1000, 9995, 99950, 999500, 1023, 1024])
    return int(10 ** random.uniform(0, limit_exponent))


def seconds():
    shape = random.random()
    if shape < 0.1:
        return 0.0
    if shape < 0.3:
        return float(random.choice([1, 59, 60, 61, 3599, 3600, 3661, 86400, 360000]))
    return 10 ** random.uniform(-6, 6)


def meter_case():
    total = random.choice([0, count(), count(3)])
    shape = random.random()
    n = total if shape < 0.1 else random.randint(0, total) if shape < 0.9 else total + count(2)
    if shape > 0.98:
        n = -count(2)
    elapsed = seconds()
    rate = random.choice([None, None, 10 ** random.uniform(-9, 12), 1.0, 0.0, -2.5])
    columns = random.choice([None, 0, 1, 2, 5, 10, 20, 40, 79, 80, 132, 250, random.randint(1, 120)])
    scale = random.choice([False, False, True, 2, 512, 0.5, 0.1, 1e-7, 1e9 + 0.5])
    # tqdm subtracts an unscaled initial from a scaled count; cede scales both.
    initial = random.choice([0, 0, random.randint(0, max(n, 0))]) if scale in (False, True) else 0
    prefix, postfix = random.choice(WORDS), random.choice(WORDS)
    if "\x1b" in prefix + postfix and set(prefix + postfix) & WIDE:
        postfix = prefix = ""  # tqdm miscounts lines in which wide characters make up for the bytes of colours
    if (not total or n > total) and prefix.endswith(": "):
        prefix = "x"  # tqdm doubles the colon where the total is unknown; cede does not
    return dict(n=n, total=total or None, elapsed=elapsed, ncols=columns, prefix=prefix, ascii=random.random() < 0.5,
                unit=random.choice(UNITS), unit_scale=scale, rate=rate, postfix=postfix,
                unit_divisor=random.choice([1000, 1024]), initial=initial, colour=random.choice(COLOURS))


def fields(case):
    columns = {None: 0, 0: -1}.get(case["ncols"], case["ncols"])
    return [case["n"], case["total"] or 0, case["initial"], repr(case["elapsed"]),
            "-" if case["rate"] is None else repr(case["rate"]), columns, repr(float(case["unit_scale"])),
            case["unit_divisor"], int(not case["ascii"]), case["prefix"], case["unit"], case["postfix"], case["colour"] or ""]


def main():
    cases = []
    while len(cases) < CASES:
        case = meter_case()
        if abs(case["n"] - (case["total"] or 0)) < 9e18 * abs(case["rate"] or 1):
            # else the estimate is longer than 64 bits of seconds, where cede holds it
            cases.append((fields(case), tqdm.format_meter(**case)))
    for _ in range(4000):
        value = random.choice([10 ** random.uniform(-4, 28), -(10 ** random.uniform(0, 9)), float(count())])
        divisor = random.choice([1000, 1024])
        cases.append((["size", repr(value), divisor], tqdm.format_sizeof(value, divisor=divisor)))
    for _ in range(4000):
        span = random.choice([seconds(), -seconds(), float(random.randint(-100000, 100000))])
        cases.append((["interval", repr(span)], tqdm.format_interval(span)))

    text = "".join("\t".join(map(str, row)) + "\n" for row, _ in cases)
    answer = subprocess.run(sys.argv[1:], input=text.encode(), stdout=subprocess.PIPE, check=True).stdout.decode()
    lines = answer.split("\n")[:-1]
    if len(lines) != len(cases):
        sys.exit(f"{len(lines)} answers to {len(cases)} cases")
    wrong = [(row, want, got) for (row, want), got in zip(cases, lines) if want != got]
    for row, want, got in wrong[:20]:
        print(f"case {row!r}\n  tqdm {want!r}\n  cede {got!r}")
    print(f"{len(cases)} cases, {len(wrong)} differ")
    sys.exit(1 if wrong else 0)


main()
