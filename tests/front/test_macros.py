# SPDX-License-Identifier: MIT
"""The macros that stand in front of blocks compile where people use them: in C11 and C++17, every warning an error.

    test_macros.py C_COMPILER...
"""

import os
import subprocess
import sys

INCLUDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "include")
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-fsyntax-only", "-I" + INCLUDE, "-"]

# Nested, too, and several in a block: their names must not meet.
USES = """
#include <stdio.h>
#include <stdlib.h>
#include <cede/exit_stack.h>
#include <cede/gen_context.h>
#include <cede/scope.h>

CEDE_DEFER_FN(close_file, FILE *, fclose)

static int body(cede_gen *self, void *arg)
{
    CEDE_DEFER(free, malloc(3));
    return cede_yield(self, arg, NULL);
}

int use(FILE *file, cede_gen_context *a, cede_context *b);
int use(FILE *file, cede_gen_context *a, cede_context *b)
{
    int rc = 0;

    CEDE_DEFER(close_file, file);
    CEDE_DEFER(free, malloc(3));
    cede_gen_context_init(a, body, NULL);
    CEDE_WITH_AS(&a->context, rc, const char *, what) {
        CEDE_WITH(b, rc) {
            CEDE_TIMEOUT(CEDE_S(1), rc) {
                rc = what[0];
            }
            if (rc > 3)
                break;
        }
        CEDE_WITH_AS(b, rc, void *, unused) {
            CEDE_TRY_BREAK(rc, cede_context_call(b, NULL, file));
        }
    }
    return rc;
}
"""


def main():
    failed = 0
    for compiler in sys.argv[1:] or ["cc"]:
        for language in (["-xc", "-std=c11"], ["-xc++", "-std=c++17"]):
            run = subprocess.run([compiler, *language, *WARNINGS], input=USES, text=True, check=False)
            if run.returncode:
                print(f"uses of macros do not compile: {compiler} {' '.join(language)}")
                failed += 1
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
