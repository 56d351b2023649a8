# SPDX-License-Identifier: MIT
"""A log of two hundred thousand lines, split by minute over 24 processes with a file lock: examples/executor/split_log.c."""

import unittest

import log


class SplitLog(unittest.TestCase):
    def test_the_first_line_of_each_minute_is_found(self):
        log.check(self, 200_000)


if __name__ == "__main__":
    unittest.main()
