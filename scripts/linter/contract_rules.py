# SPDX-License-Identifier: MIT
"""Rules about public headers: every function says what it does to whom, and what its caller must know."""

import re

from .source import Finding

DECLARATION = re.compile(
    r"^(?P<marks>(?:CEDE_API|CEDE_CHECK|CEDE_SUSPENDS|static inline)\b[^;{}]*?)"
    r"(?P<name>\bcede_\w+)\((?P<parameters>[^;{}]*?)\)(?P<rest>[^;{}]*)[;{]",
    re.MULTILINE,
)


def declarations(source):
    """(match, comment before it) of every function that a header declares."""
    for match in DECLARATION.finditer(source.code):
        before = source.text[: match.start()].rstrip()
        comment = ""
        if before.endswith("*/"):
            comment = before[before.rindex("/*") :]
        yield match, comment


def contracts(tree):
    """A public function's comment has its parameters, its result, Suspends, Cancellation point and Call from."""
    for source in tree.c_sources("include"):
        for match, comment in declarations(source):
            name = match["name"]
            if name.startswith("cede__"):
                continue
            line = source.line_of(match.start("name"))

            def found(message, at=line):
                return Finding(source.path, at, "contracts", message)

            if not comment:
                yield found(f"{name} has no comment")
                continue
            for word in ("Suspends:", "Cancellation point:", "Call from:"):
                if word not in comment:
                    yield found(f"{name}'s comment does not say '{word}'")
            if not re.search(r"\bvoid\s*$", match["marks"]) and "@return" not in comment:
                yield found(f"{name}'s comment has no @return")
            for parameter in parameter_names(match["parameters"]):
                if not re.search(r"@param\s+(?:\w+, )*" + parameter + r"\b", comment):
                    yield found(f"{name}'s comment has no @param {parameter}")
            yield from suspension(match, comment, found)


def suspension(match, comment, found):
    """The marker CEDE_SUSPENDS and the comment agree."""
    says = re.search(r"Suspends:\s*([^.;]*)", comment)
    if not says:
        return
    never = says.group(1).strip().lower() in ("never", "no")
    marked = "CEDE_SUSPENDS" in match["marks"]
    if marked and never:
        yield found(f"{match['name']} is marked CEDE_SUSPENDS but its comment says never")
    if not marked and not never:
        yield found(f"{match['name']} may suspend but is not marked CEDE_SUSPENDS")


def parameter_names(text):
    """The names in a list of parameters; those of a callback's own parameters are not among them."""
    while True:
        flat = re.sub(r"\(\*?\s*(\w+)\)\s*\([^()]*\)", r" \1", text)
        if flat == text:
            break
        text = flat
    for item in text.split(","):
        item = re.sub(r"\[[^\]]*\]", "", item).strip()
        if item and item not in ("void", "..."):
            found = re.search(r"(\w+)$", item)
            if found:
                yield found.group(1)


RULES = [contracts]
