# SPDX-License-Identifier: MIT
"""A log made for examples/executor/split_log.c, and the check of what it finds in it."""

import datetime
import os
import subprocess
import tempfile

START = datetime.datetime(2018, 5, 1, 19, 31)
MINUTES = 1229  # up to 16:00 on the next day: what the example looks for
OUTSIDE = 7  # minutes before and after, which it does not
LONELY = 600  # a minute of one line
EMPTY = 601  # a minute without lines


def minute(number):
    return (START + datetime.timedelta(minutes=number)).strftime("%Y-%m-%d %H:%M")


def make(path, n_lines):
    """Write about n_lines in order of time; returns how many are of the minutes looked for, and the first of each."""
    numbers = range(1 - OUTSIDE, MINUTES + 1 + OUTSIDE)
    each = n_lines // len(numbers)
    total, firsts = 0, []
    with open(path, "w", encoding="ascii") as file:
        for number in numbers:
            name = minute(number)
            count = {LONELY: 1, EMPTY: 0}.get(number, each + number % 3)
            lines = [f"{name}:{index * 60 // max(count, 1):02d} push_slave[{number * 31 + index}] delivered {index}\n"
                     for index in range(count)]
            file.writelines(lines)
            if 1 <= number <= MINUTES:
                total += count
                firsts.extend(lines[:1])
    return total, firsts


def check(test, n_lines):
    program = os.path.join(os.environ["CEDE_EXAMPLES"], "executor", "split_log")
    with tempfile.TemporaryDirectory() as folder:
        log, new = os.path.join(folder, "push_slave.stdout"), os.path.join(folder, "new.txt")
        total, firsts = make(log, n_lines)
        run = subprocess.run([program, log, new], capture_output=True, text=True, check=False, timeout=600)
        test.assertEqual(run.stderr, "")
        test.assertEqual(run.stdout, f"{total} lines in {MINUTES - 1} minutes\n")
        with open(new, encoding="ascii") as file:
            test.assertEqual(sorted(file), sorted(firsts))  # workers write in any order
