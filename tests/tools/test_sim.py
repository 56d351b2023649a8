# SPDX-License-Identifier: MIT
"""`cede sim`, from outside: the taxis, as the listing with generators has them."""

import os
import re
import subprocess
import unittest

TOOL = os.environ["CEDE_TOOL"]
LISTING = os.path.join(os.environ["CEDE_EXAMPLES"], "coroutines", "taxi_sim")
ACTIONS = ["leave garage", "pick up passenger", "drop off passenger", "going home"]
EVENT = re.compile(r"taxi: (\d+)( +)Event\(time=(\d+), proc=(\d+), action='([a-z ]+)'\)")


def printed(*command, status=0):
    run = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert run.returncode == status, (command, run.returncode, run.stderr)
    return run.stdout


class Taxis(unittest.TestCase):
    def test_prints_what_the_listing_prints(self):
        for seed, taxis, end in [(3, 3, 180), (0, 1, 50), (1, 10, 300), (7, 25, 100), (8, 2, 0)]:
            out = printed(TOOL, "sim", "taxi", "--taxis", str(taxis), "--seed", str(seed), "--end", str(end))
            self.assertEqual(out, printed(LISTING, str(seed), str(taxis), str(end)))

    def test_each_line_is_indented_by_its_taxi(self):
        *lines, last = printed(TOOL, "sim", "taxi", "--taxis", "3", "--seed", "3", "--end", "180").splitlines()
        self.assertRegex(last, r"^\*\*\* end of (events|simulation time: \d+ events pending) \*\*\*$")
        times = []
        for line in lines:
            match = EVENT.fullmatch(line)
            self.assertIsNotNone(match, line)
            self.assertEqual(match[1], match[4])
            self.assertEqual(len(match[2]), 2 + 2 * int(match[1]))
            self.assertIn(match[5], ACTIONS)
            times.append(int(match[3]))
        self.assertEqual(times, sorted(times))

    def test_everybody_comes_home_in_the_end(self):
        lines = printed(TOOL, "sim", "taxi", "--end", "100000").splitlines()
        self.assertEqual(lines[-1], "*** end of events ***")
        self.assertEqual(sum("going home" in line for line in lines), 3)
        self.assertEqual(sum("pick up" in line for line in lines), 2 + 4 + 6)

    def test_those_who_are_out_are_pending(self):
        last = printed(TOOL, "sim", "taxi", "--taxis", "5", "--end", "10").splitlines()[-1]
        self.assertEqual(last, "*** end of simulation time: 5 events pending ***")

    def test_usage(self):
        for arguments in [[], ["car"], ["taxi", "--taxis", "0"], ["taxi", "--seed", "x"], ["taxi", "two"]]:
            printed(TOOL, "sim", *arguments, status=2)
        self.assertTrue(printed(TOOL, "sim", "--help").startswith("usage: cede sim"))


if __name__ == "__main__":
    unittest.main()
