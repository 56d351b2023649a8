# SPDX-License-Identifier: MIT
"""Runs an example and compares what it prints with the comment at the end of its source.

    run_example.py SOURCE COMMAND...

The comment is one of, or several of,

    /* Output:
     * two lines,
     * the second of which took {{0\\.2[0-9]}} s
     */
    /* Output of `name argument`, status 1:
    /* Output and errors:
    /* Output in any order:

Text in double braces is a regular expression: for what a clock, a port or the place of a build decides, nothing else. A line that
ends with a backslash goes on in the next. Lines are compared to the letter otherwise. Any order is for threads that print at the
same time.
"""

import re
import shlex
import subprocess
import sys

HEAD = re.compile(
    r"^/\* Output(?P<errors> and errors)?(?P<any> in any order)?(?: of `(?P<command>[^`]+)`)?(?:, status (?P<status>\d+))?:[ ]*\n"
    r"(?P<body>(?:^ \*(?!/).*\n)*)^ \*/",
    re.MULTILINE,
)


def expectations(source):
    """Each expectation of a source text: (arguments, errors too, in any order, status, lines)."""
    for match in HEAD.finditer(source):
        arguments = shlex.split(match["command"])[1:] if match["command"] else []
        body = re.sub(r"\\\n \* ?", "", match["body"])
        lines = [re.sub(r"^ \* ?", "", line) for line in body.splitlines()]
        yield arguments, bool(match["errors"]), bool(match["any"]), int(match["status"] or 0), lines


def line_matches(expected, actual):
    """Whether a line is as expected, {{...}} standing for a regular expression."""
    parts = re.split(r"\{\{(.*?)\}\}", expected)
    pattern = "".join(part if i % 2 else re.escape(part) for i, part in enumerate(parts))
    return re.fullmatch(pattern, actual) is not None


def difference(expected, actual):
    """A description of the first difference between lists of lines; None if there is none."""
    for number in range(max(len(expected), len(actual))):
        want = expected[number] if number < len(expected) else "(nothing)"
        got = actual[number] if number < len(actual) else "(nothing)"
        if number >= len(expected) or number >= len(actual) or not line_matches(want, got):
            return f"line {number + 1}\n  expected: {want}\n  printed:  {got}"
    return None


def in_order_of(expected, actual):
    """The lines of `actual` put in the order of those that are expected; what is left over comes last."""
    rest, found = list(actual), []
    for line in expected:
        same = next((other for other in rest if line_matches(line, other)), None)
        if same is not None:
            rest.remove(same)
            found.append(same)
    return found + rest


def main():
    source, command = sys.argv[1], sys.argv[2:]
    with open(source, encoding="utf-8") as file:
        expected = list(expectations(file.read()))
    if not expected:
        sys.exit(f"{source}: no comment that says what it prints")
    for arguments, errors, any_order, status, lines in expected:
        run = subprocess.run(
            command + arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if errors else None,
            timeout=600,
            check=False,
        )
        printed = run.stdout.decode("utf-8", "replace").splitlines()
        actual = [line.rstrip() for line in printed]
        found = difference(lines, in_order_of(lines, actual) if any_order else actual)
        if found:
            print("\n".join(printed))
            sys.exit(f"{source}: {' '.join(arguments)}: {found}")
        if run.returncode != status:
            sys.exit(f"{source}: {' '.join(arguments)}: ended with {run.returncode}, not {status}")


if __name__ == "__main__":
    main()
