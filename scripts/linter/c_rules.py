# SPDX-License-Identifier: MIT
"""Rules about C: floors, calls that are not made here, bodies of CEDE_TIMEOUT and CEDE_WITH, sizes, names."""

import re

from .source import Finding

# Who may include whom: itself and every floor of a lower number.
FLOORS = {"base": 0, "sys": 1, "coro": 2, "loop": 3, "task": 4, "io": 5, "http": 6, "progress": 6, "sim": 7, "mpi": 6}


def public_floors(tree):
    """The floor of every public header, from the line in its head that says where its source is."""
    floors = {}
    for source in tree.c_sources("include/cede"):
        found = re.search(r"Source: src/(\w+)/", source.text)
        floors[source.path[len("include/") :]] = found.group(1) if found else "base"
    return floors


def may_include(floor, other):
    return floor == other or FLOORS[other] < FLOORS[floor]


def floors(tree):
    """A floor includes itself and the floors under it; programs include public headers only."""
    public = public_floors(tree)
    for source in tree.c_sources():
        parts = source.path.split("/")
        if parts[0] in ("src", "tests") and len(parts) > 2 and parts[1] in FLOORS:
            floor = parts[1]
        elif parts[0] == "include":
            floor = public.get(source.path[len("include/") :], "mpi") if len(parts) > 2 else None
        else:
            floor = None
        for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]+([<"])([^>"\n]+)[>"]', source.text, re.MULTILINE):
            name = match.group(2)
            line = source.line_of(match.start())
            other = name.split("/")[0] if match.group(1) == '"' else public.get(name)
            opted_in = parts[0] == "include" and name.endswith("_inline.h")
            if match.group(1) == '"' and other in FLOORS and parts[0] in ("examples", "include") and not opted_in:
                yield Finding(source.path, line, "floors", f"includes the inside of the library: {name}")
            elif floor and other in FLOORS and not may_include(floor, other):
                yield Finding(source.path, line, "floors", f"{floor} may not include {name}, which is of {other}")
            if parts[0] == "src" and name == "cede.h":
                yield Finding(source.path, line, "floors", "includes cede.h, which holds every floor")


# What is not called, by the folders it is not called in: word -> (folders, exempt, what instead).
MEMORY = (("src",), ("src/base/allocator.c",), "cede__malloc and its kin")
SLEEP = (("src", "examples", "tests"), (), "the loop's clock")
UNSAFE = (("src", "tools", "examples", "tests"), (), "a bounded function")
OUTPUT = (("src",), ("src/base/report.c",), "cede__report")
JUMP = (("src", "tools", "examples"), (), "a coroutine: jumps may not leave one")
BANNED = {
    **dict.fromkeys(["malloc", "calloc", "realloc", "reallocarray", "free", "strdup", "strndup", "asprintf"], MEMORY),
    **dict.fromkeys(["sleep", "usleep", "nanosleep", "thrd_sleep"], SLEEP),
    **dict.fromkeys(["strcpy", "strcat", "sprintf", "vsprintf", "strtok", "gets", "tmpnam", "mktemp"], UNSAFE),
    **dict.fromkeys(["atoi", "atol", "atoll", "atof"], (("src", "tools"), (), "strtol with its end looked at")),
    **dict.fromkeys(["printf", "puts", "putchar", "perror"], OUTPUT),
    **dict.fromkeys(["abort", "assert"], (("src",), ("src/base/report.c",), "cede__assert")),
    **dict.fromkeys(["exit", "quick_exit"], (("src",), (), "an error code")),
    **dict.fromkeys(["setjmp", "sigsetjmp", "longjmp", "siglongjmp"], JUMP),
    **dict.fromkeys(["signal"], (("src", "tools"), (), "sigaction")),
    **dict.fromkeys(["alloca"], (("src",), (), "a buffer of known size: stacks are small")),
    **dict.fromkeys(["system", "popen"], (("src", "tools", "examples"), (), "a subprocess without a shell")),
}
CALL = re.compile(r"(?<![\w.>])(" + "|".join(sorted(BANNED)) + r")\s*\(")


def banned(tree):
    """Calls that have one place, or none."""
    for source in tree.c_sources("src", "tools", "examples", "tests"):
        top = source.path.split("/")[0]
        for match in CALL.finditer(source.code):
            tops, exempt, instead = BANNED[match.group(1)]
            line = source.line_of(match.start())
            if top in tops and source.path not in exempt and not source.allows(match.group(1), line):
                yield Finding(source.path, line, "banned", f"{match.group(1)} is not called here but {instead}")


def errno_place(tree):
    """errno is read on the floor of system calls and nowhere else in the library."""
    for source in tree.c_sources("src"):
        if source.path.startswith("src/sys/"):
            continue
        for match in re.finditer(r"(?<![\w<])errno\b(?!\.h)", source.code):
            line = source.line_of(match.start())
            if not source.allows("errno", line):
                yield Finding(source.path, line, "errno", "errno is read in src/sys only")


def timeout_bodies(tree):
    """The body of CEDE_TIMEOUT is left by its end or by break: leaving otherwise would leave its scope open. That of CEDE_WITH
    may be left by return, but its context does not see an error that is returned."""
    for source in tree.c_sources("src", "tests", "examples", "tools", "bench"):
        for match in re.finditer(r"(?<!define )\bCEDE_(TIMEOUT|WITH|WITH_AS)\s*\(", source.code):
            start = matching(source.code, match.end() - 1, "(", ")") + 1
            body = re.compile(r"\s*\{").match(source.code, start)
            end = matching(source.code, body.end() - 1, "{", "}") if body else source.code.find(";", start)
            words = r"\b(CEDE_TRY|return|goto)\b" if match.group(1) == "TIMEOUT" else r"\b(CEDE_TRY)\b"
            for leave in re.finditer(words, source.code[start:end]):
                line = source.line_of(start + leave.start())
                message = f"{leave.group(1)} inside CEDE_{match.group(1)} (CEDE_TRY_BREAK?)"
                yield Finding(source.path, line, "timeout", message)


def matching(text, position, opening, closing):
    """Where the bracket opened at `position` is closed; the end of the text if nowhere."""
    depth = 0
    for at in range(position, len(text)):
        if text[at] == opening:
            depth += 1
        elif text[at] == closing:
            depth -= 1
            if depth == 0:
                return at
    return len(text)


def sizes(tree):
    """Functions, files and headers keep to their bounds: the long ones are where bugs live."""
    for source in tree.c_sources():
        n_lines = len(source.lines)
        if source.path.endswith(".h") and n_lines > 250:
            # An inner header may carry inline functions of the hot path, up to a point.
            warning = not source.path.startswith("include/") and n_lines <= 300
            yield Finding(source.path, 1, "sizes", f"a header of {n_lines} lines, more than 250", warning)
        if source.path.endswith(".c") and n_lines > 600 and not source.allows("sizes", 2):
            yield Finding(source.path, 1, "sizes", f"a file of {n_lines} lines, more than 600", n_lines <= 1000)
        for function in source.functions():
            if function.size > 60:
                message = f"{function.name} has {function.size} lines, more than 60"
                yield Finding(source.path, function.line, "sizes", message, function.size <= 100)


def parameters(tree):
    """At most five parameters; beyond that an options struct."""
    for source in tree.c_sources("src", "tools", "examples", "include"):
        heads = [(function.name, function.head, function.line) for function in source.functions()]
        for match in re.finditer(r"^(?! *return)(?:CEDE_\w+ )*[\w ]+?[ *](cede_\w+)(\([^;{}]*\))[^;{}()]*;", source.code, re.MULTILINE):
            heads.append((match.group(1), match.group(), source.line_of(match.start())))
        for name, text, line in heads:
            start = text.find("(", text.find(name))
            inside = text[start + 1 : matching(text, start, "(", ")")]
            count = len([item for item in split_top(inside) if item.strip() not in ("", "void", "...")])
            if count > 5 and not source.allows("parameters", line):
                yield Finding(source.path, line, "parameters", f"{name} has {count} parameters, more than 5")


def split_top(text):
    """Split at commas that stand in no brackets."""
    depth, item = 0, ""
    for char in text:
        depth += (char in "([") - (char in ")]")
        if char == "," and depth == 0:
            yield item
            item = ""
        else:
            item += char
    yield item


def names(tree):
    """cede_noun_verb is public, cede__noun_verb is shared between files, noun_verb is of one file."""
    for source in tree.c_sources("src"):
        for function in source.functions():
            static = re.search(r"\bstatic\b", function.head)
            ours = function.name.startswith("cede")
            if source.path.endswith(".c") and static and ours:
                yield Finding(source.path, function.line, "names", f"{function.name} is static: no prefix")
            if not static and not ours:
                yield Finding(source.path, function.line, "names", f"{function.name} is not static: cede__ before it")


RULES = [floors, banned, errno_place, timeout_bodies, sizes, parameters, names]
