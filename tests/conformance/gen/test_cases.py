# SPDX-License-Identifier: MIT
"""Run every case of cases.txt with Python and with cede, and compare both with the table, and with each other.

    test_cases.py -- MACHINE...
"""
import sys

import protocol

LEAST = 60


class Case:
    def __init__(self, name, at):
        self.name = name
        self.at = at           # line of the table
        self.lines = []        # what is run: generators and steps
        self.cede = []         # the expected outcome of each step
        self.python = []
        self.notes = {}        # step -> what bodies met
        self.because = ""

    def add_step(self, line):
        step, outcomes = line.split(" => ")
        cede, _, python = outcomes.partition(" | ")
        self.lines.append(step)
        self.cede.append(cede)
        self.python.append(python or cede)
        self.differs = True if python else self.differs

    differs = False


def read_cases(path):
    cases = []
    with open(path, encoding="utf-8") as file:
        for at, line in enumerate(file, 1):
            line = line.strip()
            if line.startswith("case "):
                cases.append(Case(line[5:], at))
            elif line.startswith("gen "):
                cases[-1].lines.append(line)
            elif line.startswith(". "):
                cases[-1].notes.setdefault(len(cases[-1].cede) - 1, []).append(line)
            elif line.startswith("because "):
                cases[-1].because = line[8:]
            elif line and not line.startswith("#"):
                cases[-1].add_step(line)
    return cases


def outcomes(parts):
    """Of each step: the last line but one says what came of it."""
    return [part[-2].split(" -> ")[1] for part in parts[:-1]]


def without_results(expected):
    """Before Python 3.13 close gave no value."""
    return expected if protocol.CLOSE_GIVES_RESULT else [
        "closed" if outcome.startswith("closed") else outcome for outcome in expected]


def check(case, machine):
    """What is wrong with a case, a line each."""
    python, cede = protocol.run_here(case.lines, careful=False), machine.run(case.lines)
    wrong = []
    for who, parts, expected in [("python", python, case.python), ("cede", cede, case.cede)]:
        if outcomes(parts) != without_results(expected):
            wrong.append(f"{who}: {outcomes(parts)}, not {expected}")
        for i, part in enumerate(parts[:-1]):
            notes = [line if line.startswith(".") else f". {line}" for line in part[:-2]]
            if case.notes and notes != case.notes.get(i, []):
                wrong.append(f"{who}: in step {i + 1} bodies met {notes}, not {case.notes.get(i, [])}")
    if case.differs and python == cede:
        wrong.append("nothing differs")
    elif not case.differs and python != cede:
        wrong += [f"python: {python}", f"cede: {cede}"]
    if case.differs != bool(case.because):
        wrong.append("a difference and its reason belong together")
    return wrong


def main():
    machine = protocol.Machine(sys.argv[sys.argv.index("--") + 1:])
    cases = read_cases("cases.txt")
    n_wrong = 0
    for case in cases:
        for message in check(case, machine):
            n_wrong += 1
            print(f"cases.txt:{case.at}: {case.name}\n    {message}")
    machine.close()
    names = [case.name for case in cases]
    if len(cases) < LEAST or len(set(names)) != len(names):
        sys.exit(f"{len(cases)} cases, not {LEAST}; or two of one name")
    print(f"{len(cases)} cases, {sum(case.differs for case in cases)} of them different on purpose, {n_wrong} wrong")
    sys.exit(n_wrong > 0)


main()
