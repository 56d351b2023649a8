#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compare cede's exit stacks with Python's ExitStack: exit_stack.py PATH-OF-exit_stack

Thousands of random stacks from a fixed seed, each closed by both: functions that pass errors on, swallow, raise, raise from; that
push more while the stack is being closed; generators' contexts of every kind; pop_all. The order of the calls, what each saw with
its chain of errors, and how it ended must be the same. Chains are compared to their four newest errors, which is what cede keeps.

A case is a line of words: "-", or the error of the body; then what is pushed, in order (see exit_stack.c).
"""
import random
import subprocess
import sys
from contextlib import ExitStack, contextmanager

SEED = 20261122
CASES = 10000
KINDS = ["c", "cr", "cn", "p", "ps", "pr", "pf", "ph", "pi", "gp", "gs", "gr", "gf", "g2"]
RARE = ["g0", "gb", "A", "n1", "n2", "n3"]


class Error(Exception):
    pass


def chain(error):
    """The words of an error and of what caused it, the newest first."""
    words = []
    while error is not None:
        words.append(error.args[0].removeprefix("generator "))
        error = error.__cause__ if error.__suppress_context__ else error.__context__
    return "<".join(words[:4]) or "ok"


class Case:
    """One stack, made and closed by Python."""

    def __init__(self, words):
        self.words = words
        self.diary = []
        self.stack = ExitStack()

    def note(self, number, error):
        self.diary.append(f"{number}:{chain(error)}")

    def callback(self, kind, number):
        self.diary.append(f"{number}")
        if kind == "cr":
            raise Error(f"e{number}")
        if kind == "cn":
            try:
                raise Error(f"i{number}")
            finally:
                raise Error(f"e{number}")

    def push(self, kind, number):
        def function(_type, error, _traceback):
            self.note(number, error)
            if kind == "ps":
                return True
            if kind == "pr":
                raise Error(f"e{number}")
            if kind == "pf":
                raise Error(f"e{number}") from error
            if kind in ("ph", "pi"):
                try:
                    raise Error(f"e{number}")
                except Error:
                    pass
            return False

        return function

    @contextmanager
    def generator(self, kind, number):
        if kind == "gb":
            raise Error(f"e{number}")
        if kind == "g0":
            return
        error = None
        try:
            yield
            self.note(number, None)
        except Exception as caught:
            self.note(number, caught)
            error = caught
            if kind == "gp":
                raise
            if kind == "gr":
                raise Error(f"e{number}")
            if kind == "gf":
                raise Error(f"e{number}") from caught
        if kind in ("gr", "gf") and not error:
            raise Error(f"e{number}")
        if kind == "g2":
            yield

    def add(self, at):
        """Push what the word at `at` says. Where to go on."""
        kind = self.words[at]
        if kind == "A":
            self.stack = self.stack.pop_all()
        elif kind[0] == "n":
            n = int(kind[1])
            self.stack.callback(self.add_children, at, n)
            return at + 1 + n
        elif kind[0] == "c":
            self.stack.callback(self.callback, kind, at)
        elif kind[0] == "p":
            self.stack.push(self.push(kind, at))
        else:
            self.stack.enter_context(self.generator(kind, at))
        return at + 1

    def add_children(self, at, n):
        self.diary.append(f"{at}")
        for i in range(1, n + 1):
            self.add(at + i)

    def run(self):
        at = 1
        try:
            try:
                while at < len(self.words):
                    at = self.add(at)
                if self.words[0] != "-":
                    raise Error("e0")
            except Exception:
                if not self.stack.__exit__(*sys.exc_info()):
                    raise
            else:
                # After a body that did not fail, Python's ExitStack does not chain errors, unlike nested with-statements,
                # after which it is modelled: it takes no error for one that is chained already. So let there be one.
                try:
                    raise Error("nothing")
                except Error:
                    self.stack.__exit__(None, None, None)
        except Exception as error:
            self.diary.append(chain(error))
        else:
            self.diary.append("ok")
        return " ".join(self.diary)


def make_case():
    words = [random.choice(["-", "e", "e"])]
    for _ in range(random.randint(0, 9)):
        kind = random.choice(RARE if random.random() < 0.15 else KINDS)
        words.append(kind)
        if kind[0] == "n":
            # No contexts: what fails to be entered while the stack is being closed is its callback's error in both.
            words.extend(random.choices(KINDS[:9], k=int(kind[1])))
    return words


def main():
    random.seed(SEED)
    cases = [make_case() for _ in range(CASES)]
    lines = "".join(" ".join(case) + "\n" for case in cases)
    run = subprocess.run(sys.argv[1:], input=lines, stdout=subprocess.PIPE, text=True, check=True)
    answers = run.stdout.splitlines()
    assert len(answers) == CASES, f"{len(answers)} answers to {CASES} cases"
    wrong = 0
    for words, answer in zip(cases, answers):
        expected = Case(words).run()
        if answer != expected:
            wrong += 1
            if wrong <= 5:
                print(f"{' '.join(words)}\n  Python: {expected}\n  cede:   {answer}")
    print(f"{CASES} stacks, {wrong} differ")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
