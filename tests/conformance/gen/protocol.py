# SPDX-License-Identifier: MIT
"""Programs of generators, run by Python's own generators, and by cede's through the program `machine`.

A program is lines of text, the same for both (program.h has the statements). Here each body becomes the source of a
Python generator function, so that what runs is what Python does with yield, yield from, try and finally, and nothing of
an interpreter stands between. A run gives lines: what bodies met, each step with its outcome, the states of all.
"""
import re
import subprocess
import sys

if sys.version_info < (3, 11):
    sys.exit("these tests need Python 3.11 or newer: apt-get install python3")

CLOSE_GIVES_RESULT = sys.version_info >= (3, 13)
MAX_GENS = 48
MAX_CLOSINGS = 200


class E1(Exception):
    pass


class E2(Exception):
    pass


class E3(Exception):
    pass


ERRORS = {"E1": E1, "E2": E2, "E3": E3, "EXIT": GeneratorExit, "BUSY": ValueError, "START": TypeError,
          "END": (StopIteration, RuntimeError),  # the second is what the first becomes where it leaves a generator
          "IGNORED": RuntimeError, "any": BaseException, "error": Exception}


def kind(error):
    """The name that cede's code for it has."""
    if isinstance(error, RuntimeError):
        return "IGNORED" if "ignored GeneratorExit" in str(error) else "END"
    return next(name for name, cls in ERRORS.items() if isinstance(error, cls))


def parse(text):
    """Statements as nested lists of words."""
    stack = [[]]
    for token in re.findall(r"[()]|[^\s()]+", text):
        if token == "(":
            stack.append([])
        elif token == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    assert len(stack) == 1, text
    return stack[0]


def write(statements):
    """The other way."""
    return " ".join(f"({' '.join(word if isinstance(word, str) else write([word]) for word in statement)})"
                    for statement in statements)


class Source:
    """The text of a generator function whose body is the statements."""

    def __init__(self, statements):
        self.lines = ["def body(run, me):", "    if 0: yield"]
        self.block(statements, 1)
        self.text = "\n".join(self.lines)

    def line(self, depth, text):
        self.lines.append("    " * depth + text)

    def block(self, statements, depth):
        for statement in statements:
            getattr(self, f"do_{statement[0]}", self.do_step)(depth, *statement[1:], op=statement[0])
        self.line(depth, "pass")

    def do_yield(self, depth, item, op):
        self.line(depth, f"run.note(me, 'sent', (yield {item}))")

    def do_from(self, depth, number, op):
        self.line(depth, f"run.note(me, 'result', (yield from run.delegate({number})))")

    def do_fresh(self, depth, body, op):
        self.line(depth, f"run.note(me, 'result', (yield from run.fresh({body})))")

    def do_raise(self, depth, *kinds, op):
        self.line(depth, f"raise run.error('{kinds[0]}')" if kinds else "raise")

    def do_return(self, depth, value, op):
        self.line(depth, f"return {value}")

    def do_log(self, depth, word, op):
        self.line(depth, f"run.trace.append(f'. {{me}} {word}')")

    def do_loop(self, depth, count, *statements, op):
        self.line(depth, f"for _ in range({count}):")
        self.block(statements, depth + 1)

    def do_step(self, depth, *words, op):
        self.line(depth, f"run.step({[op, *words]})")

    def do_try(self, depth, *clauses, op):
        for clause in clauses:
            getattr(self, f"clause_{clause[0]}")(depth, clause[1:])

    def clause_do(self, depth, statements):
        self.line(depth, "try:")
        self.block(statements, depth + 1)

    def clause_except(self, depth, statements):
        wanted = statements[0]
        self.line(depth, f"except run.errors['{wanted}'] as error:")
        self.line(depth + 1, f"run.caught(me, error, '{wanted}')")
        self.block(statements[1:], depth + 1)

    def clause_finally(self, depth, statements):
        self.line(depth, "finally:")
        self.line(depth + 1, "run.trace.append(f'. {me} finally')")
        self.block(statements, depth + 1)


class Run:
    """One program, run by Python. `careful` has two things refused that cede refuses and Python does not, each on purpose
    (cases.txt says why): to ask for anything in a chain of which a part runs, and to delegate to one that has a
    delegator."""
    errors = ERRORS

    def __init__(self, careful):
        self.careful = careful
        self.trace = []
        self.bodies = []
        self.gens = []

    # What bodies call.

    def note(self, me, word, value):
        self.trace.append(f". {me} {word} {value}")

    def caught(self, me, error, wanted):
        if wanted in ("END", "IGNORED") and kind(error) != wanted:
            raise error  # both are RuntimeError
        self.trace.append(f". {me} caught {kind(error)}")

    def error(self, name):
        if name == "IGNORED":
            return RuntimeError("generator ignored GeneratorExit")
        return StopIteration() if name == "END" else ERRORS[name]("on purpose")

    def delegate(self, number):
        if number >= len(self.gens) or self.gens[number] is None:
            return ()
        gen = self.gens[number]
        if self.careful and gen.gi_frame is not None and (self.delegator(gen) or self.chain_runs(gen)):
            raise ValueError("busy")
        return gen

    def fresh(self, body):
        return self.make(self.bodies[body]) or ()

    def step(self, words):
        op, number = words[0], int(words[1])
        if number >= len(self.gens) or self.gens[number] is None:
            return
        try:
            outcome = getattr(self, f"step_{op}")(number, *words[2:])
        except BaseException as error:
            self.trace.append(f"{number} {op} -> raise {kind(error)}")
            raise
        self.trace.append(f"{number} {op} -> {outcome}")

    # Steps.

    def resume(self, number, method, *arguments):
        gen = self.gens[number]
        if self.careful and self.chain_runs(gen):
            raise ValueError("busy")
        try:
            return f"yield {method(gen, *arguments)}"
        except StopIteration as end:
            if method is throw and end is arguments[0]:
                raise  # it had ended, so what was thrown comes straight back
            return "end" if end.value is None else f"end {end.value}"

    def step_next(self, number):
        return self.resume(number, next)

    def step_send(self, number, value):
        return self.resume(number, lambda gen: gen.send(int(value)))

    def step_throw(self, number, name):
        return self.resume(number, throw, self.error(name))

    def step_close(self, number):
        gen = self.gens[number]
        if self.careful and self.chain_runs(gen):
            raise ValueError("busy")
        result = gen.close()
        return "closed" if result is None else f"closed {result}"

    def step_destroy(self, number):
        hook, sys.unraisablehook = sys.unraisablehook, lambda report: self.trace.append(". report")
        self.gens[number] = None
        sys.unraisablehook = hook
        return "gone"

    # What there is to know.

    def delegator(self, gen):
        return next((other for other in self.gens if other is not None and other.gi_yieldfrom is gen), None)

    def chain_runs(self, gen):
        while outer := self.delegator(gen):
            gen = outer
        while gen is not None:
            if gen.gi_running:
                return True
            gen = gen.gi_yieldfrom
        return False

    def state(self, gen):
        if gen is None:
            return "x"
        if gen.gi_running:
            return "r"
        if gen.gi_frame is None:
            return "-"
        if gen.gi_frame.f_lasti < 0 or not gen.gi_suspended:
            return "c"
        sub = gen.gi_yieldfrom
        if sub is None or sub.gi_frame is None:  # one that ended by itself is not seen by cede
            return "s"
        return "s" + str(next((i for i, other in enumerate(self.gens) if other is sub), "x"))

    # The driver.

    def make(self, body):
        if len(self.gens) == MAX_GENS:
            return None
        gen = body(self, len(self.gens))
        self.gens.append(gen)
        return gen

    def states(self):
        self.trace.append("= " + " ".join(self.state(gen) for gen in self.gens))

    def drive(self, line):
        try:
            self.step(line.split())
        except BaseException as error:  # noted already
            error.__traceback__ = None
        self.states()

    def end(self):
        number = 0
        while number < len(self.gens):
            gen = self.gens[number]
            for _ in range(MAX_CLOSINGS):
                if gen is None or gen.gi_frame is None:
                    break
                self.drive(f"close {number}")
            number += 1


def throw(gen, error):
    return gen.throw(error)


def run_here(lines, careful):
    """The trace of a program: a list of lists of lines, one for each line that does something, and one for the end."""
    run = Run(careful)
    parts = []
    for line in lines:
        run.trace = []
        if line.startswith("gen "):
            scope = {}
            exec(compile(Source(parse(line.split(None, 2)[2])).text, line, "exec"), scope)  # pylint: disable=exec-used
            run.bodies.append(scope["body"])
            run.make(scope["body"])
        else:
            run.drive(line)
            parts.append(run.trace)
    run.trace = []
    run.end()
    return parts + [run.trace]


class Machine:
    """The program that runs them with cede."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=-1)

    def run(self, lines):
        """As run_here, without the result of close if Python does not give one."""
        self.process.stdin.write("\n".join(["begin", *lines, "end"]) + "\n")
        self.process.stdin.flush()
        part, parts = [], []
        steps = sum(not line.startswith("gen ") for line in lines)
        for line in self.process.stdout:
            line = line.rstrip("\n")
            if line == "end":
                return parts + [part]
            part.append(line if CLOSE_GIVES_RESULT else re.sub(r"(close -> closed) \d+$", r"\1", line))
            if line.startswith("=") and len(parts) < steps:
                parts.append(part)
                part = []
        raise RuntimeError(f"machine ended with {self.process.wait()}, after {parts + [part]}")

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise RuntimeError(f"machine ended with {self.process.returncode}")
