# SPDX-License-Identifier: MIT
"""Each rule of scripts/lint speaks where it should and is silent where it should not."""

import os
import sys
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "scripts"))
sys.dont_write_bytecode = True

from linter import c_rules, contract_rules, text_rules  # noqa: E402
from linter.source import Tree  # noqa: E402
from linter.wrap import wrap  # noqa: E402


def findings(rule, files):
    """What a rule says of a tree made of `files`, path to text."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        return list(rule(Tree(root)))


class Rules(unittest.TestCase):
    def speaks(self, rule, path, text, times=1, **others):
        found = findings(rule, {path: text, **others.get("also", {})})
        self.assertEqual(len(found), times, [str(finding) for finding in found])
        return found

    def silent(self, rule, path, text, **others):
        self.speaks(rule, path, text, 0, **others)


class TextRules(Rules):
    def test_licence(self):
        self.speaks(text_rules.licence, "src/base/a.c", "int a;\n")
        self.silent(text_rules.licence, "src/base/a.c", "/* SPDX-License-Identifier: MIT */\n")

    def test_head(self):
        self.speaks(text_rules.head, "src/base/a.c", "/* b.c - another. */\n")
        self.silent(text_rules.head, "src/base/a.c", "/* a.c - this. */\n")
        self.silent(text_rules.head, "include/cede/a.h", "/* cede/a.h - this. */\n")

    def test_width(self):
        self.silent(text_rules.width, "src/base/a.c", "/" * 100 + "\n")
        self.speaks(text_rules.width, "src/base/a.c", "/" * 101 + "\n")
        self.speaks(text_rules.width, "src/base/a.c", "int a; \n")
        self.speaks(text_rules.width, "src/base/a.c", "\tint a;\n")
        self.speaks(text_rules.width, "src/base/a.c", "int a;")

    def test_foreign(self):
        self.speaks(text_rules.foreign, "docs/a.md", "see " + "/wo" + "rk/main\n")
        self.speaks(text_rules.foreign, "docs/a.md", "as iss" + "ue 12 says\n")
        self.silent(text_rules.foreign, "docs/a.md", "an issue of 12 pages, /usr/include, /var/work/x\n")

    def test_guard(self):
        self.speaks(text_rules.guard, "src/base/a.h", "int a;\n")
        self.speaks(text_rules.guard, "src/base/a.h", "#ifndef CEDE_B_H\n#define CEDE_B_H\n#endif\n")
        self.silent(text_rules.guard, "src/base/a.h", "#ifndef CEDE_A_H\n#define CEDE_A_H\n#endif\n")
        self.silent(text_rules.guard, "src/base/a.h", "#ifndef CEDE_BASE_A_H\n#define CEDE_BASE_A_H\n#endif\n")

    def test_references(self):
        text = "/* cede/a.h - a\n * Source: src/base/a.c   Tests: tests/base/test_a.c\n */\n"
        self.speaks(text_rules.references, "include/cede/a.h", text, 2)
        self.silent(text_rules.references, "include/cede/a.h", text, also={"src/base/a.c": "", "tests/base/test_a.c": ""})

    def test_umbrella(self):
        self.speaks(text_rules.umbrella, "include/cede.h", "", also={"include/cede/a.h": ""})
        self.silent(text_rules.umbrella, "include/cede.h", "", also={"include/cede/http.h": ""})
        self.silent(text_rules.umbrella, "include/cede.h", "#include <cede/a.h>\n", also={"include/cede/a.h": ""})

    def test_architecture(self):
        self.speaks(text_rules.architecture, "ARCHITECTURE.md", "nothing\n", also={"src/base/a.c": ""})
        self.speaks(text_rules.architecture, "ARCHITECTURE.md", "`src/base/a.c`\n")
        self.silent(text_rules.architecture, "ARCHITECTURE.md", "`src/base/a.c`\n", also={"src/base/a.c": ""})


class FloorRule(Rules):
    def test_a_floor_does_not_include_one_above(self):
        self.speaks(c_rules.floors, "src/base/a.c", '#include "task/task.h"\n')
        self.silent(c_rules.floors, "src/task/a.c", '#include "base/base.h"\n')

    def test_neighbours_do_not_include_each_other(self):
        self.speaks(c_rules.floors, "src/http/a.c", '#include "progress/bar.h"\n')

    def test_tests_keep_to_their_floor(self):
        self.speaks(c_rules.floors, "tests/coro/test_a.c", '#include "loop/loop.h"\n')

    def test_a_public_header_stands_on_the_floor_of_its_source(self):
        header = {"include/cede/task.h": "/* cede/task.h\n * Source: src/task/task.c\n */\n"}
        self.speaks(c_rules.floors, "src/coro/a.c", "#include <cede/task.h>\n", also=header)
        self.silent(c_rules.floors, "src/io/a.c", "#include <cede/task.h>\n", also=header)
        above = "/* Source: src/base/a.c */\n#include <cede/task.h>\n"
        self.speaks(c_rules.floors, "include/cede/a.h", above, also=header)

    def test_nobody_below_includes_everything(self):
        self.speaks(c_rules.floors, "src/http/a.c", "#include <cede.h>\n")

    def test_examples_see_the_public_side_only(self):
        self.speaks(c_rules.floors, "examples/a.c", '#include "task/task.h"\n')
        self.silent(c_rules.floors, "examples/a.c", "#include <cede.h>\n")


class CallRules(Rules):
    def test_banned_calls(self):
        for call in ("malloc(3)", "free(p)", "sleep(1)", "strcpy(a, b)", "printf(a)", "exit(1)", "abort()"):
            self.speaks(c_rules.banned, "src/task/a.c", f"int f(void)\n{{\n    {call};\n}}\n")
        self.speaks(c_rules.banned, "tests/task/test_a.c", "    usleep(3);\n")
        self.silent(c_rules.banned, "src/base/allocator.c", "    free(p);\n")
        self.silent(c_rules.banned, "tools/cede/a.c", "    free(p);\n")

    def test_what_only_looks_like_a_call_is_not_banned(self):
        for code in ("cede__malloc(3)", "pool->free(p)", "cede_sleep(1)", "snprintf(a, b)", "/* free(p) */", '"free(p)"'):
            self.silent(c_rules.banned, "src/task/a.c", f"    {code};\n")

    def test_a_reason_lets_a_call_stand(self):
        self.silent(c_rules.banned, "src/task/a.c", "    exit(1); /* lint: allow exit: the second Ctrl-C */\n")
        self.silent(c_rules.banned, "src/task/a.c", "    /* lint: allow exit: the second Ctrl-C */\n    exit(1);\n")
        self.speaks(c_rules.banned, "src/task/a.c", "    exit(1); /* lint: allow exit: */\n")
        self.speaks(c_rules.banned, "src/task/a.c", "    exit(1); /* lint: allow free: no */\n")

    def test_errno(self):
        self.speaks(c_rules.errno_place, "src/task/a.c", "    return -errno;\n")
        self.silent(c_rules.errno_place, "src/sys/a.c", "    return -errno;\n")
        self.silent(c_rules.errno_place, "src/task/a.c", "#include <errno.h>\n/* errno */\n")

    def test_bodies_of_timeouts(self):
        for body in ("{ CEDE_TRY(f()); }", "{ if (x) { return 1; } }", "return 1;", "{ goto out; }"):
            self.speaks(c_rules.timeout_bodies, "examples/a.c", f"    CEDE_TIMEOUT(CEDE_MS(f(5)), rc) {body}\n    return 0;\n")
        for body in ("{ CEDE_TRY_BREAK(rc, f()); }", "{ if (x) { break; } }", "rc = f();"):
            self.silent(c_rules.timeout_bodies, "examples/a.c", f"    CEDE_TIMEOUT(CEDE_MS(f(5)), rc) {body}\n    return 0;\n")


class SizeRules(Rules):
    def test_bodies_of_contexts(self):
        for macro in ("CEDE_WITH(&c.context, rc)", "CEDE_WITH_AS(&c.context, rc, char *, value)"):
            self.speaks(c_rules.timeout_bodies, "examples/a.c", f"    {macro} {{ CEDE_TRY(f(value)); }}\n")
            self.silent(c_rules.timeout_bodies, "examples/a.c", f"    {macro} {{ CEDE_TRY_BREAK(rc, f(2)); return 0; }}\n")

    def function(self, n_lines, head="int cede_f(void)"):
        return head + "\n{\n" + "    x();\n" * (n_lines - 2) + "}\n"

    def test_functions(self):
        self.silent(c_rules.sizes, "src/base/a.c", self.function(60))
        self.assertTrue(self.speaks(c_rules.sizes, "src/base/a.c", self.function(61))[0].warning)
        self.assertFalse(self.speaks(c_rules.sizes, "src/base/a.c", self.function(101))[0].warning)

    def test_files(self):
        self.assertTrue(self.speaks(c_rules.sizes, "src/base/a.c", "\n" * 601)[0].warning)
        self.assertFalse(self.speaks(c_rules.sizes, "src/base/a.c", "\n" * 1001)[0].warning)
        self.assertFalse(self.speaks(c_rules.sizes, "include/cede/a.h", "\n" * 251)[0].warning)
        self.assertTrue(self.speaks(c_rules.sizes, "src/base/a.h", "\n" * 251)[0].warning)
        self.assertFalse(self.speaks(c_rules.sizes, "src/base/a.h", "\n" * 301)[0].warning)
        self.silent(c_rules.sizes, "include/cede/a.h", "\n" * 250)

    def test_parameters(self):
        six = "int cede_f(int a, int b, int c, int d, int e, void (*f)(int, int))"
        self.speaks(c_rules.parameters, "src/base/a.c", self.function(3, six))
        self.speaks(c_rules.parameters, "include/cede/a.h", "CEDE_API " + six + ";\n")
        five = "int cede_f(int a, int b, int c, int d, void (*f)(int, int), ...)"
        self.silent(c_rules.parameters, "src/base/a.c", self.function(3, five))

    def test_names(self):
        self.speaks(c_rules.names, "src/base/a.c", self.function(3, "int noun_verb(void)"))
        self.speaks(c_rules.names, "src/base/a.c", self.function(3, "static int cede__noun_verb(void)"))
        self.silent(c_rules.names, "src/base/a.c", self.function(3, "static int noun_verb(void)"))
        self.silent(c_rules.names, "src/base/a.c", self.function(3, "int cede__noun_verb(void)"))


GOOD = """/**
 * Do it.
 *
 * @param a  what
 * @param f  whom
 * @return 0
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API int cede_do(int a[4], int (*f)(int b, int c));
"""


class ContractRule(Rules):
    def check(self, text, times):
        self.speaks(contract_rules.contracts, "include/cede/a.h", text, times)

    def test_a_whole_contract(self):
        self.check(GOOD, 0)

    def test_no_comment(self):
        self.check("CEDE_API void cede_do(void);\n", 1)

    def test_each_missing_word(self):
        for line in (" * @param a  what\n", " * @param f  whom\n", " * @return 0\n"):
            self.check(GOOD.replace(line, ""), 1)
        for word in ("Suspends: never.", "Cancellation point: no.", "Call from: anywhere."):
            self.check(GOOD.replace(word, ""), 1)

    def test_void_returns_nothing(self):
        self.check(GOOD.replace(" * @return 0\n", "").replace("int cede_do", "void cede_do"), 0)
        self.check(GOOD.replace(" * @return 0\n", "").replace("int cede_do", "void *cede_do"), 1)

    def test_the_mark_and_the_words_agree(self):
        self.check(GOOD.replace("CEDE_API int", "CEDE_API CEDE_SUSPENDS int"), 1)
        self.check(GOOD.replace("Suspends: never", "Suspends: always"), 1)

    def test_what_stands_behind_a_macro_needs_none(self):
        self.check("CEDE_API int cede__do(int a);\n", 0)


class Wrapping(unittest.TestCase):
    def test_narrow_comments_stay_as_they_are(self):
        text = "/* a   drawing -->\n *   of two lines */\nint a; /* " + "x " * 60 + "*/\n"
        self.assertEqual(wrap(text), text)

    def test_a_wide_line_is_wrapped_and_its_paragraph_flows(self):
        words = "word " * 30
        text = "/* " + words + "\n * end.\n *\n * next */\n"
        wrapped = wrap(text)
        self.assertTrue(all(len(line) <= 100 for line in wrapped.splitlines()))
        self.assertEqual(wrapped.replace("*", " ").split(), text.replace("*", " ").split())
        self.assertIn("word end.\n *\n * next */", wrapped)

    def test_a_wide_comment_behind_code_is_lifted_above_it(self):
        text = "struct a {\n    int b;   /* narrow */\n    int c; /* " + "word " * 20 + "*/\n};\n"
        self.assertIn("    int b;   /* narrow */\n    /* word word", wrap(text))
        self.assertIn("*/\n    int c;\n", wrap(text))

    def test_the_words_of_a_contract_stay_lines_of_their_own(self):
        text = "/**\n * @param name  " + "word " * 20 + "\n * Suspends: never.\n */\n"
        self.assertIn("\n * Suspends: never.\n", wrap(text))

    def test_drawings_are_left_to_a_person(self):
        text = "/* a\n *\n * " + "made --->" * 12 + "\n * " + "a   table" * 12 + "\n */\n"
        self.assertEqual(wrap(text), text)

    def test_what_follows_a_label_stands_under_its_words(self):
        text = "/**\n * @param name  " + "word " * 20 + "\n * @return 0\n */\n"
        self.assertIn("\n *              word", wrap(text))
        self.assertIn("\n * @return 0\n", wrap(text))


if __name__ == "__main__":
    unittest.main()
