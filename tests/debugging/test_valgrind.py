# SPDX-License-Identifier: MIT
"""Valgrind follows the switches: no complaint about a program that has none, and one about a fault on a task's stack.

    test_valgrind.py PROGRAM        tests/debugging/parked.c, compiled
"""

import subprocess
import sys
import unittest

PROGRAM = sys.argv.pop(1)


def valgrind(*arguments):
    command = ["valgrind", "--leak-check=full", "--error-exitcode=9", PROGRAM, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


class Valgrind(unittest.TestCase):
    def test_a_program_without_faults_is_clean(self):
        done = valgrind()
        self.assertIn("ERROR SUMMARY: 0 errors", done.stderr)
        self.assertNotIn("WARNING", done.stderr)
        self.assertNotIn("client switching stacks", done.stderr)
        self.assertIn("definitely lost: 0 bytes", done.stderr)
        self.assertEqual((done.stdout, done.returncode), ("done after 15 turns\n", 0))

    def test_a_fault_in_a_task_is_found_with_its_stack(self):
        done = valgrind("--fault")
        self.assertIn("Invalid read of size 1", done.stderr)
        self.assertRegex(done.stderr, r"by 0x\w+: main_task \(parked\.c:\d+\)")
        self.assertEqual(done.returncode, 9)

    def test_a_leak_of_a_task_is_found(self):
        done = valgrind("--leak")
        self.assertIn("definitely lost: 1,234 bytes", done.stderr)
        self.assertEqual(done.returncode, 9)


if __name__ == "__main__":
    unittest.main()
