# SPDX-License-Identifier: MIT
"""Sources as rules see them: texts, texts without comments and strings, and the functions in them."""

import os
import re
import subprocess
from dataclasses import dataclass


@dataclass
class Finding:
    """What a rule found; a warning does not fail the run."""

    path: str
    line: int
    rule: str
    message: str
    warning: bool = False

    def __str__(self):
        kind = "warning: " if self.warning else ""
        return f"{self.path}:{self.line}: {kind}{self.message} [{self.rule}]"


@dataclass
class Function:
    """A function with a body, laid out as .clang-format does: its braces stand in the first column."""

    name: str
    head: str  # everything before the body, on one line
    line: int  # of its name or what precedes it
    first: int  # line of the opening brace
    last: int  # line of the closing brace

    @property
    def size(self):
        return self.last - self.first + 1


BLANKED = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)


def blank(text):
    """C text with comments and the insides of literals replaced by spaces: positions and lines stay."""

    def replace(match):
        found = match.group()
        if found[0] in "\"'":
            return found[0] + " " * (len(found) - 2) + found[-1]
        return re.sub(r"[^\n]", " ", found)

    return BLANKED.sub(replace, text)


class Source:
    """One file of the tree."""

    def __init__(self, root, path):
        self.path = path
        with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
            self.text = file.read()
        self.lines = self.text.splitlines()
        self.is_c = path.endswith((".c", ".h"))
        self.code = blank(self.text) if self.is_c else self.text

    def line_of(self, position):
        return self.text.count("\n", 0, position) + 1

    def allows(self, rule, line):
        """Whether a comment on this line or the one before says `lint: allow RULE: reason`."""
        for number in (line, line - 1):
            if 0 < number <= len(self.lines):
                found = re.search(r"lint: allow ([a-z_]+): [^*\s]", self.lines[number - 1])
                if found and found.group(1) == rule:
                    return True
        return False

    def functions(self):
        """Every function with a body."""
        lines = self.code.splitlines()
        for number, line in enumerate(lines):
            if line.rstrip() != "{":
                continue
            start = number
            while start > 0 and lines[start - 1].strip() and not re.search(r"[;}]\s*$|^\s*#", lines[start - 1]):
                start -= 1
            end = number
            while end < len(lines) - 1 and not lines[end].startswith("}"):
                end += 1
            head = " ".join(" ".join(lines[start:number]).split())
            name = re.search(r"([A-Za-z_]\w*)\s*\(", re.sub(r"__attribute__\s*\(\(.*?\)\)", "", head))
            if name:
                yield Function(name.group(1), head, start + 1, number + 1, end + 1)


class Tree:
    """The files that git knows of under `root`, or all of them where there is no git."""

    def __init__(self, root):
        self.root = root
        listed = subprocess.run(
            ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True,
            check=False,
        )
        if listed.returncode == 0:
            names = listed.stdout.decode().split("\0")
        else:
            names = [
                os.path.relpath(os.path.join(folder, name), root) for folder, _, files in os.walk(root) for name in files
            ]
        self.paths = sorted({name for name in names if name and os.path.isfile(os.path.join(root, name))})
        self.sources = [Source(root, path) for path in self.paths if is_text(path)]
        self.by_path = {source.path: source for source in self.sources}

    def c_sources(self, *tops):
        """C files, in all of the tree or under some folders."""
        for source in self.sources:
            if source.is_c and (not tops or source.path.startswith(tuple(top + "/" for top in tops))):
                yield source

    def exists(self, path):
        return os.path.exists(os.path.join(self.root, path))


def is_text(path):
    if path.startswith("fuzz/corpus/"):  # any bytes
        return False
    name = os.path.basename(path)
    return name.endswith((".c", ".h", ".cpp", ".py", ".sh", ".cmake", ".in", ".md", ".txt", ".go", ".json", ".yml")) or (
        "." not in name or name in (".clang-format", ".clang-tidy", ".editorconfig", ".gitignore")
    )
