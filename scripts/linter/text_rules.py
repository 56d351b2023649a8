# SPDX-License-Identifier: MIT
"""Rules about files as texts: licence, heads, widths, the map of the tree."""

import os
import re

from .source import Finding

COLUMNS = 100
# Folders where a person or a machine works, and how it is organised, are no part of the project.
FOREIGN = re.compile(r"(?<![\w.])/(?:work|farm|home|root)/\w|\.\./shared\b|/tmp/\w+jobs|\bissue #?[0-9]+\b")


def licence(tree):
    """Every source names its licence near its top."""
    for source in tree.sources:
        named = source.path.endswith((".c", ".h", ".cpp", ".py", ".sh", ".cmake", ".go")) or os.path.basename(
            source.path
        ) in ("CMakeLists.txt", "Makefile")
        named = named or source.path.startswith(("scripts/", ".ci/"))
        if named and "SPDX-License-Identifier: MIT" not in "\n".join(source.lines[:60]):
            yield Finding(source.path, 1, "licence", "no line SPDX-License-Identifier: MIT near the top")


def head(tree):
    """A C file begins with a comment that names it and says what it is."""
    for source in tree.c_sources():
        name = os.path.basename(source.path)
        first = source.lines[0] if source.lines else ""
        if not re.match(r"/\* (?:cede/)?" + re.escape(name) + r" ?[-:]", first):
            yield Finding(source.path, 1, "head", f"the file does not begin with '/* {name} - what it is'")


def width(tree):
    """Lines of C end by column 100; no tabs, no blanks at their ends."""
    for source in tree.sources:
        if source.path.endswith(".md"):
            continue
        for number, line in enumerate(source.lines, 1):
            if source.is_c and len(line) > COLUMNS and not re.search(r"https?://\S+$", line):
                yield Finding(source.path, number, "width", f"{len(line)} columns, more than {COLUMNS}")
            if line != line.rstrip():
                yield Finding(source.path, number, "width", "blanks at the end of the line")
            if source.is_c and "\t" in line:
                yield Finding(source.path, number, "width", "a tab")
        if source.text and not source.text.endswith("\n"):
            yield Finding(source.path, len(source.lines), "width", "no newline at the end of the file")


def foreign(tree):
    """Nothing names this machine or the way the work is organised."""
    for source in tree.sources:
        if source.path.startswith(("scripts/linter/", "tests/front/test_lint")):
            continue
        for number, line in enumerate(source.lines, 1):
            found = FOREIGN.search(line)
            if found:
                yield Finding(source.path, number, "foreign", f"'{found.group()}' does not belong in the project")


def guard(tree):
    """A header has a guard made from its name."""
    for source in tree.c_sources("include", "src", "tests"):
        if not source.path.endswith(".h"):
            continue
        name = os.path.basename(source.path).replace(".", "_").upper()
        guards = re.findall(r"^#ifndef (\w+)\n#define \1$", source.code, re.MULTILINE)
        if not any(re.fullmatch(r"CEDE_(?:\w+_)?" + name + r"|" + name, word) for word in guards):
            yield Finding(source.path, 1, "guard", f"no guard that ends in {name}")


def references(tree):
    """The files that a public header names as its source, tests and guide exist."""
    for source in tree.c_sources("include"):
        for kind, names in re.findall(r"(Source|Tests|Guide): ((?:[\w./-]+(?:, )?)+)", source.text):
            for name in names.split(", "):
                if not tree.exists(name.rstrip(".")):
                    line = source.line_of(source.text.index(name))
                    yield Finding(source.path, line, "references", f"{kind.lower()} {name} does not exist")


def umbrella(tree):
    """cede.h includes every public header of libcede."""
    if "include/cede.h" not in tree.by_path:
        return
    included = set(re.findall(r"#include <(cede/[\w/]+\.h)>", tree.by_path["include/cede.h"].code))
    for source in tree.c_sources("include/cede"):
        name = source.path[len("include/") :]
        if not name.startswith("cede/http") and name not in included:
            yield Finding("include/cede.h", 1, "umbrella", f"does not include <{name}>")


def architecture(tree):
    """ARCHITECTURE.md has a line for every file of the product, and for none that is gone."""
    if "ARCHITECTURE.md" not in tree.by_path:
        return
    source = tree.by_path["ARCHITECTURE.md"]
    named = set(re.findall(r"`((?:src|include|tools|cmake|scripts)/[\w./-]+)`", source.text))
    for path in tree.paths:
        product = path.startswith(("src/", "include/", "tools/")) and path.endswith((".c", ".h"))
        if product and path not in named:
            yield Finding("ARCHITECTURE.md", 1, "architecture", f"has no line for {path}")
    for name in sorted(named):
        if not tree.exists(name):
            yield Finding("ARCHITECTURE.md", 1, "architecture", f"names {name}, which does not exist")


RULES = [licence, head, width, foreign, guard, references, umbrella, architecture]
