# SPDX-License-Identifier: MIT
"""The tables of other people's tests beside ours: every test of ours that they name exists, and no row is said twice. And the
rows of docs/from-python.md about tasks and executors: each has a test that is named after it.

    test_conformance.py [FOLDER]     FOLDER: where the tests are built

A row is | `theirs` | `noun.name` | same, different or no such thing | why |; only the last kind goes without a test of ours, and
what is not the same says why. Which tests a file has is asked of its binary (--list), or read from the file where that is newer.
"""

import os
import re
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
TABLES = ["asyncio.md", "concurrent_futures.md"]


def tests_in(text):
    """Names, as noun.name, of the tests in C."""
    return [".".join(found) for found in re.findall(r"^TEST\w*\((\w+),\s*(\w+)\)", text, re.MULTILINE)]


def tests_of(source, binary):
    """Names of the tests of one file."""
    with open(source, encoding="utf-8") as file:
        text = file.read()
    if binary and os.path.exists(binary) and os.path.getmtime(binary) >= os.path.getmtime(source):
        listed = subprocess.run([binary, "--list"], capture_output=True, text=True, check=True).stdout.split()
        # Some are for builds that have what others lack.
        return listed + [name for part in re.findall(r"^#if.*?^#endif", text, re.MULTILINE | re.DOTALL) for name in tests_in(part)]
    return tests_in(text)


def our_tests(build):
    """Names of the tests of all files tests/<floor>/test_<noun>.c, built as test_<floor>_<noun>."""
    for folder, _, files in os.walk(ROOT):
        for file in files:
            if file.startswith("test_") and file.endswith(".c"):
                floor = os.path.basename(folder)
                binary = os.path.join(build, f"test_{floor}_{file[5:-2]}") if build else None
                yield from tests_of(os.path.join(folder, file), binary)


def faults(table, ours):
    """What is wrong with a table; how many rows there are of each kind."""
    with open(os.path.join(ROOT, "conformance", table), encoding="utf-8") as file:
        text = file.read()
    seen, count, found = set(), {"same": 0, "different": 0, "no such thing": 0}, []
    section = ""
    for line in text.splitlines():
        if line.startswith("## "):
            section = line
        if not line.startswith("| `"):
            continue
        theirs, named, kind, why = [cell.strip() for cell in line.strip()[1:-1].split("|")]
        if (section, theirs) in seen:
            found.append(f"{theirs} has two rows")
        seen.add((section, theirs))
        if kind not in count:
            found.append(f"{theirs} is neither same nor different: '{kind}'")
            continue
        count[kind] += 1
        names = re.findall(r"`([\w.]+)`", named)
        if (kind == "no such thing") != (not names):
            found.append(f"{theirs}: a test of ours belongs to what is same or different, and only to that")
        found += [f"{theirs}: there is no test {name}" for name in names if name not in ours]
        if kind != "same" and not why:
            found.append(f"{theirs} is not the same and does not say why")
    return found, count


def rows_without_tests(ours):
    """The rows c1, d1 and so on of the page that no test is named after."""
    with open(os.path.join(ROOT, "..", "docs", "from-python.md"), encoding="utf-8") as file:
        cells = re.findall(r"^\| ([cd]\d+(?:, [cd]\d+)*) \|", file.read(), re.MULTILINE)
    rows = {row for cell in cells for row in cell.split(", ")}
    named = {row for name in ours for row in re.findall(r"[._]([cd]\d+)(?=_)", name)}
    return sorted(rows - named)


def main():
    ours = set(our_tests(sys.argv[1] if len(sys.argv) > 1 else None))
    failed = False
    for table in TABLES:
        found, count = faults(table, ours)
        for fault in found:
            print(f"{table}: {fault}")
        print(f"{table}: {sum(count.values())} rows, {count}")
        failed = failed or bool(found) or not count["same"]
    for row in rows_without_tests(ours):
        print(f"from-python.md: no test is named after row {row}")
        failed = True
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
