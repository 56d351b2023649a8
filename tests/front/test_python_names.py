# SPDX-License-Identifier: MIT
"""The tables of docs/from-python.md are complete and true: every public name of asyncio and concurrent.futures is there, as far as
the Python that runs this has them, and every name of cede in the page is declared.

    test_python_names.py

Methods are Class.method, those of the loop loop.method, those of concurrent.futures futures.Class.method. Python's side of a row may
have patterns: `Subprocess*`.
"""

import asyncio
import concurrent.futures
import fnmatch
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
LAST_VERSION = (3, 13)  # the page speaks of this one

# What came after 3.11, which is the oldest Python that may run this, and what only Windows has.
ADDED = """
    TaskGroup TaskGroup.create_task EventLoop eager_task_factory create_eager_task_factory Task.get_context Handle.get_context
    QueueShutDown Queue.shutdown Server.close_clients Server.abort_clients futures.InvalidStateError ProactorEventLoop IocpProactor
    WindowsSelectorEventLoopPolicy WindowsProactorEventLoopPolicy
""".split()

# Classes whose methods are told one by one; of others the class is told as a whole.
CLASSES = """
    Future Task TaskGroup Timeout Runner Lock Event Condition Semaphore Barrier Queue StreamReader StreamWriter Server Handle TimerHandle
""".split()


def methods(cls):
    """Names of what a class itself makes public."""
    return [name for name in vars(cls) if not name.startswith("_")]


def python_names():
    """What has to be in the tables."""
    yield from ADDED
    if sys.version_info[:2] > LAST_VERSION:
        return
    yield from (name for name in asyncio.__all__ if not name.startswith("_"))
    yield from ("loop." + name for name in methods(asyncio.AbstractEventLoop))
    for name in CLASSES:
        yield from (f"{name}.{method}" for method in methods(getattr(asyncio, name)))
    yield from ("futures." + name for name in concurrent.futures.__all__)
    for name in ["Future", "Executor"]:
        yield from (f"futures.{name}.{method}" for method in methods(getattr(concurrent.futures, name)))


def rows(page):
    """The left and middle cells of the rows of the section."""
    section = re.search(r"^## Every name.*?(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)[0]
    for line in section.splitlines():
        if line.startswith("| `"):
            left, middle, _ = line.strip()[1:-1].split("|")
            yield re.findall(r"`([^`]+)`", left), middle.strip()


def declared():
    """All words of the public headers."""
    words = set()
    folder = os.path.join(ROOT, "include", "cede")
    for header in os.listdir(folder):
        with open(os.path.join(folder, header), encoding="utf-8") as file:
            words.update(re.findall(r"\b(?:cede|CEDE)_\w+", file.read()))
    return words


def main():
    with open(os.path.join(ROOT, "docs", "from-python.md"), encoding="utf-8") as file:
        page = file.read()
    found, names = list(rows(page)), set(python_names())
    patterns = [pattern for left, _ in found for pattern in left]
    # A word that ends in _ stands for several; code blocks are compiled elsewhere.
    words = set(re.findall(r"(?<!-)\b(?:cede|CEDE)_\w*[a-zA-Z0-9]\b", re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL)))
    faults = [f"no row for {name}" for name in sorted(names) if not any(fnmatch.fnmatchcase(name, p) for p in patterns)]
    faults += [f"{pattern} has two rows" for pattern in sorted({p for p in patterns if patterns.count(p) > 1})]
    faults += [f"{left[0]}: nothing on the right" for left, middle in found if not middle]
    faults += [f"{word} is not declared" for word in sorted(words - declared())]
    for fault in faults:
        print(f"from-python.md: {fault}")
    print(f"{len(names)} names, {len(found)} rows, {len(words)} names of cede")
    sys.exit(1 if faults or not found else 0)


if __name__ == "__main__":
    main()
