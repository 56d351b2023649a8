# SPDX-License-Identifier: MIT
"""The comparison of examples with their comments: tests/run_example.py."""

import os
import subprocess
import sys
import tempfile
import unittest

RUNNER = os.path.join(os.path.dirname(__file__), "..", "run_example.py")


def run(comment, shell):
    """The status of the runner for a source with `comment` and a command that runs `shell`."""
    with tempfile.NamedTemporaryFile("w", suffix=".c") as source:
        source.write("int main(void) { return 0; }\n" + comment)
        source.flush()
        command = [sys.executable, RUNNER, source.name, "sh", "-c", shell, "example"]
        return subprocess.run(command, capture_output=True, check=False).returncode


class Comparison(unittest.TestCase):
    def test_the_same_lines_pass(self):
        self.assertEqual(run("/* Output:\n * one\n *\n *  two\n */\n", "printf 'one\\n\\n two\\n'"), 0)

    def test_a_different_line_fails(self):
        self.assertNotEqual(run("/* Output:\n * one\n */\n", "echo two"), 0)

    def test_a_missing_line_fails(self):
        self.assertNotEqual(run("/* Output:\n * one\n * two\n */\n", "echo one"), 0)

    def test_a_line_too_many_fails(self):
        self.assertNotEqual(run("/* Output:\n * one\n */\n", "echo one; echo two"), 0)

    def test_braces_hold_a_regular_expression_and_the_rest_is_literal(self):
        comment = "/* Output:\n * took {{[0-9]}} s (x.y)\n */\n"
        self.assertEqual(run(comment, "echo 'took 5 s (x.y)'"), 0)
        self.assertNotEqual(run(comment, "echo 'took 5 s (xzy)'"), 0)
        self.assertNotEqual(run(comment, "echo 'took 55 s (x.y)'"), 0)

    def test_a_backslash_goes_on_in_the_next_line(self):
        comment = "/* Output:\n * one and \\\n * two\n * three\n */\n"
        self.assertEqual(run(comment, "echo one and two; echo three"), 0)
        self.assertNotEqual(run(comment, "echo one and; echo two; echo three"), 0)

    def test_the_status_is_compared(self):
        self.assertNotEqual(run("/* Output:\n * one\n */\n", "echo one; exit 3"), 0)
        self.assertEqual(run("/* Output, status 3:\n * one\n */\n", "echo one; exit 3"), 0)

    def test_arguments_are_handed_over(self):
        self.assertEqual(run("/* Output of `example 1 'b c'`:\n * b c\n */\n", 'echo "$2"'), 0)

    def test_errors_are_compared_where_the_comment_says_so(self):
        self.assertEqual(run("/* Output and errors:\n * one\n */\n", "echo one >&2"), 0)
        self.assertNotEqual(run("/* Output:\n * one\n */\n", "echo one >&2"), 0)

    def test_any_order_is_any_order_of_the_same_lines(self):
        comment = "/* Output in any order:\n * one {{[0-9]}}\n * two\n */\n"
        self.assertEqual(run(comment, "echo two; echo one 1"), 0)
        self.assertEqual(run(comment, "echo one 1; echo two"), 0)
        self.assertNotEqual(run(comment, "echo two; echo two; echo one 1"), 0)
        self.assertNotEqual(run(comment, "echo one 1"), 0)
        self.assertNotEqual(run(comment, "echo two; echo one"), 0)

    def test_a_source_without_the_comment_fails(self):
        self.assertNotEqual(run("", "true"), 0)


if __name__ == "__main__":
    unittest.main()
