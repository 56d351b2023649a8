# SPDX-License-Identifier: MIT
"""Every variable of the library that is not constant has a line in docs/design.md, and every line there has its variable.

    test_globals.py LIBRARY...      static libraries
"""

import os
import re
import subprocess
import sys

DESIGN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "design.md")


def variables(library):
    """Names, as file.c:name, of what stands in a section that can be written to."""
    listing = subprocess.run(["objdump", "-t", library], capture_output=True, text=True, check=True).stdout
    unit = None
    for line in listing.splitlines():
        found = re.match(r"(\S+?)(?:\.o)?:\s+file format", line)
        if found:
            unit = found.group(1)
        found = re.match(r"[0-9a-f]+ .{7} (\.t?(?:data|bss)\S*)\s+[0-9a-f]+\s+(?:\.hidden )?(\S+)$", line)
        if found and not found.group(1).startswith(".data.rel.ro") and not found.group(2).startswith("."):
            yield unit + ":" + re.sub(r"\.\d+$", "", found.group(2))


def main():
    there = {name for library in sys.argv[1:] for name in variables(library) if not name.startswith(("api.c", "llhttp.c"))}
    with open(DESIGN, encoding="utf-8") as file:
        section = file.read().split("\n## Globals\n")[1].split("\n## ")[0]
    listed = set(re.findall(r"^- `([\w.]+:\w+)`", section, re.MULTILINE))
    for name in sorted(there - listed):
        print(f"{name} is not listed in docs/design.md under Globals")
    for name in sorted(listed - there):
        print(f"docs/design.md lists {name}, which is gone")
    print(f"{len(there)} variables")
    sys.exit(0 if there == listed and there else 1)


if __name__ == "__main__":
    main()
