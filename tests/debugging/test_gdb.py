# SPDX-License-Identifier: MIT
"""gdb walks through running and parked tasks to their first frames, and tools/gdb/cede.py lists them.

    test_gdb.py PROGRAM         tests/debugging/parked.c, compiled
"""

import os
import re
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
COMMANDS = os.path.join(HERE, "..", "..", "tools", "gdb", "cede.py")
PROGRAM = sys.argv.pop(1)


def gdb(*commands):
    """What gdb prints while it runs the program to stop_here and then does the commands."""
    arguments = ["gdb", "-q", "-batch", "-nx"]
    for command in ("set debuginfod enabled off", "set disable-randomization off", "break stop_here", "run", *commands):
        arguments += ["-ex", command]
    done = subprocess.run([*arguments, PROGRAM], capture_output=True, text=True, timeout=600, check=True)
    return done.stdout + done.stderr


def frames(text):
    """The functions of a backtrace."""
    return [match.group(1) for match in re.finditer(r"^#\d+ +(?:0x[0-9a-f]+ in )?([\w.]+) \(", text, re.MULTILINE)]


class Gdb(unittest.TestCase):
    def test_a_running_task_ends_at_its_first_frame(self):
        said = gdb("backtrace")
        self.assertEqual(frames(said)[:2], ["stop_here", "main_task"])
        self.assertIn("context_start", frames(said)[-1])
        self.assertNotIn("corrupt", said)
        self.assertNotIn("Backtrace stopped", said)

    def test_tasks_are_listed(self):
        said = gdb("source " + COMMANDS, "info cede-tasks")
        self.assertRegex(said, r"  0  'main_task' at .*parked\.c:\d+, running\n")
        self.assertEqual(len(re.findall(r"\d  'read_book' at .*parked\.c:\d+, parked, waits for a future\n", said)), 3)
        self.assertRegex(said, r"4  'lie_asleep' at .*, parked, waits for time\n")
        self.assertRegex(said, r"5  'come_last' at .*, ready\n")

    def test_a_parked_task_is_walked_through_to_its_first_frame(self):
        said = gdb("source " + COMMANDS, "cede-backtrace 2")
        names = frames(said.split("task 2 ")[1])
        where = names.index("wait_for_gate")
        self.assertIn("cede_await", names[:where])
        self.assertEqual(names[where : where + 4], ["wait_for_gate"] * 3 + ["read_book"])
        self.assertIn("context_start", names[-1])
        self.assertNotIn("corrupt", said)

    def test_all_of_them_and_then_the_program_goes_on(self):
        said = gdb("source " + COMMANDS, "cede-backtrace all", "backtrace 1", "continue")
        self.assertEqual(frames(said).count("read_book"), 3)
        self.assertEqual(frames(said).count("lie_asleep"), 1)
        self.assertEqual(frames(said)[-1], "stop_here")
        self.assertIn("done after 15 turns", said)
        self.assertIn("exited normally", said)

    def test_a_running_task_is_shown_by_its_thread_and_one_that_has_not_begun_by_its_first_frame(self):
        said = gdb("source " + COMMANDS, "cede-backtrace 0", "cede-backtrace 5")
        self.assertEqual(frames(said.split("task 0 ")[1])[:2], ["stop_here", "main_task"])
        self.assertIn("context_start", said.split("task 5 ")[1])

    def test_a_number_that_no_task_has_is_an_error(self):
        arguments = ["-ex", "source " + COMMANDS, "-ex", "cede-backtrace 99"]
        start = ["gdb", "-q", "-batch", "-nx", "-ex", "break stop_here", "-ex", "run"]
        done = subprocess.run([*start, *arguments, PROGRAM], capture_output=True, text=True, timeout=600, check=False)
        self.assertIn("which task?", done.stderr)


if __name__ == "__main__":
    unittest.main()
