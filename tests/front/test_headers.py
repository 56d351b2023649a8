# SPDX-License-Identifier: MIT
"""Every public header compiles alone, as C11 and as C++17, with every warning an error.

    test_headers.py C_COMPILER...
"""

import glob
import os
import subprocess
import sys

INCLUDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "include")
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-I" + INCLUDE, "-"]


def main():
    headers = sorted(glob.glob("**/*.h", root_dir=INCLUDE, recursive=True))
    failed = 0
    for compiler in sys.argv[1:] or ["cc"]:
        for header in headers:
            for language in (["-xc", "-std=c11"], ["-xc++", "-std=c++17"]):
                # Twice: a header that lacks its guard is found too.
                text = f"#include <{header}>\n#include <{header}>\ntypedef int unit;\n"
                run = subprocess.run([compiler, *language, *WARNINGS], input=text, text=True, check=False)
                if run.returncode:
                    print(f"{header} does not compile alone: {compiler} {' '.join(language)}")
                    failed += 1
    print(f"{len(headers)} headers, {failed} failures")
    sys.exit(1 if failed or not headers else 0)


if __name__ == "__main__":
    main()
