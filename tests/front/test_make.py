# SPDX-License-Identifier: MIT
"""`make help` says in a line what each target does."""

import os
import re
import subprocess
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


class Help(unittest.TestCase):
    def test_it_names_every_target_once_and_says_what_it_does(self):
        with open(os.path.join(ROOT, "Makefile"), encoding="utf-8") as file:
            targets = re.search(r"^\.PHONY: (.*)$", file.read(), re.MULTILINE).group(1).split()
        # Not as a part of the make that may be running this.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        said = subprocess.run(["make", "-s", "-C", ROOT, "help"], env=environment, capture_output=True, text=True, check=True)
        lines = said.stdout.splitlines()
        self.assertEqual([line.split()[1] for line in lines], targets)
        for line in lines:
            self.assertRegex(line, r"^make [a-z0-9-]+ +\S+ \S+")


if __name__ == "__main__":
    unittest.main()
