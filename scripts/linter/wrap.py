# SPDX-License-Identifier: MIT
"""Wraps comments that run past the last column: clang-format would wrap all of them, tables and drawings too."""

import re

from .source import BLANKED

COLUMNS = 100


def continuation(text):
    """How far the lines after this one are indented, so that they stand under its words."""
    labelled = re.match(r"\s*(?:@param\s+(?:\w+, )*\w+\s+|@return\s+|- |\d\. |[A-Z_-]+\s{2,})", text)
    return len(labelled.group()) if labelled else len(text) - len(text.lstrip())


def begins_afresh(text, before):
    """Whether a line of a comment begins a paragraph of its own after the line `before`."""
    if not text.strip() or not before.strip():
        return True
    if re.match(r"\s*(?:@\w|- |\d\. |[A-Z_-]+\s{2,}|(?:Suspends|Cancellation point|Call from|Source|Tests|Guide):)", text):
        return True
    indent = len(text) - len(text.lstrip())
    return indent not in (len(before) - len(before.lstrip()), continuation(before))


def is_drawing(text):
    """Whether a line is part of a drawing or a table, where blanks have a meaning."""
    text = re.sub(r"^\s*(?:@param\s+(?:\w+, )*\w+|@return|[A-Z_-]+)\s+", "", text).strip()
    return bool(re.search(r"\S {3}|-->|<--|\+--|\|", text))


def wrap_lines(lines, room):
    """Lines of a comment, without their margin, such that each fits into `room`."""
    done = []
    queue = list(lines)
    while queue:
        line = queue.pop(0)
        if len(line) > room and line.startswith("Source:") and "   " in line:
            cut = line.rfind("   ")
            queue[:0] = [line[:cut], line[cut:].strip()]
            continue
        if len(line) <= room or " " not in line.strip() or is_drawing(line):
            done.append(line)
            continue
        cut = line.rfind(" ", 0, room + 1)
        indent = continuation(line)
        if cut <= indent:
            done.append(line)
            continue
        rest = line[cut + 1 :].strip()
        if queue and not begins_afresh(queue[0], line) and not is_drawing(queue[0]):
            rest += " " + queue.pop(0).strip()
        done.append(line[:cut].rstrip())
        queue.insert(0, " " * indent + rest)
    return done


def wrap_comment(comment, margin):
    """A block comment that stands on lines of its own after `margin` blanks."""
    opening = re.match(r"/\*\*?", comment).group()
    inside = comment[len(opening) : -2]
    lines = inside.split("\n")
    closes_alone = len(lines) > 1 and not lines[-1].strip()
    texts = [re.sub(r"^ ", "", lines[0])] + [re.sub(r"^\s*\* ?", "", line) for line in lines[1:]]
    if closes_alone:
        texts.pop()
    texts[-1] = texts[-1].rstrip()
    if not closes_alone:
        texts[-1] += "\0*/"  # stays with the last word
    texts = [line.replace("\0", " ") for line in wrap_lines(texts, COLUMNS - margin - 3)]
    starts = [opening] + [" " * margin + " *"] * (len(texts) - 1)
    result = "\n".join((start + " " + text).rstrip() for start, text in zip(starts, texts))
    return result + ("\n" + " " * margin + " */" if closes_alone else "")


def lift(text):
    """A C source in which a comment behind code stands above it where the two do not fit on one line."""

    def replace(match):
        indent, code, comment = match.groups()
        if len(indent) + len(code) + 1 + len(comment) <= COLUMNS:
            return match.group()
        return f"{indent}{comment}\n{indent}{code}"

    return re.sub(r"^([ ]+)([^\s#/*][^\n]*?[;,])[ ]+(/\*[^\n]*\*/)$", replace, text, flags=re.MULTILINE)


def wrap(text):
    """A C source with its wide comments wrapped."""
    text = lift(text)

    def replace(match):
        comment = match.group()
        before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if not comment.startswith("/*") or before.strip():
            return comment
        if all(len(line) <= COLUMNS for line in (before + comment).split("\n")):
            return comment
        return wrap_comment(comment, len(before))

    return BLANKED.sub(replace, text)
