# SPDX-License-Identifier: MIT
"""cede get killed at a random moment and run again, 200 times."""

import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import get_killed  # noqa: E402


class Killed(unittest.TestCase):
    def test_all_files_are_right_at_the_end_and_none_is_ever_half(self):
        get_killed.kill_and_run_again(200, seed=2)


if __name__ == "__main__":
    unittest.main()
