# SPDX-License-Identifier: MIT
"""cede ps and cede tree show the tasks of a wedged process from outside; gdb shows those of its core file.

    test_ps.py PROGRAM CEDE         tests/debugging/wedged.c, compiled; the tool
"""

import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
COMMANDS = os.path.join(HERE, "..", "..", "tools", "gdb", "cede.py")
TOOL = sys.argv.pop(2)
PROGRAM = sys.argv.pop(1)


def cede(*arguments):
    return subprocess.run([TOOL, *map(str, arguments)], capture_output=True, text=True, timeout=600, check=False)


class Wedged(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.process = subprocess.Popen([PROGRAM], stdout=subprocess.PIPE, text=True)
        assert cls.process.stdout.readline() == "ready\n"

    @classmethod
    def tearDownClass(cls):
        cls.process.kill()
        cls.process.wait()
        cls.process.stdout.close()

    def test_ps_lists_a_thousand_tasks_and_what_each_waits_for(self):
        done = cede("ps", self.process.pid)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], "loop 0 on the real clock: 1009 tasks")
        self.assertEqual(len(lines), 1010)
        where = r" at wedged\.c:\d+ "
        times = r", age [\d.]+m?s, waits [\d.]+m?s$"
        self.assertRegex(lines[1], "  'main_task'" + where + "running, age")
        self.assertRegex(lines[2], "  'keep_house'" + where + "waiting for a group" + times)
        self.assertRegex(lines[3], "  'wait_for_house'" + where + "waiting for task 'keep_house'" + times)
        self.assertRegex(lines[4], "  'transfer'" + where + "waiting for lock 'right' held by task 'transfer'" + times)
        self.assertRegex(lines[5], "  'transfer'" + where + "waiting for lock 'left' held by task 'transfer'" + times)
        taken = r" last taken by task 'take_too_much', task 'take_too_much'"
        self.assertRegex(lines[6], "  'take_too_much'" + where + "waiting for rwlock 'table' read by task 'take_too_much', task 'take_too_much'" + times)
        self.assertRegex(lines[7], "  'take_too_much'" + where + "waiting for semaphore 'slots'" + taken + times)
        self.assertEqual(sum(bool(re.match("  'lie_asleep'" + where + "waiting for time" + times, line)) for line in lines), 1001)
        self.assertRegex(lines[-1], "  'never_begin'" + where + "ready$")

    def test_tree_puts_tasks_under_those_who_wait_and_shows_stacks(self):
        done = cede("tree", self.process.pid)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(
            done.stdout,
            r"(?m)^  'wait_for_house' .*\n"
            r"    cede_await\n    wait_for_house at wedged\.c:\d+\n"
            r"    'keep_house' .*\n"
            r"      cede_group_join\n      keep_house at wedged\.c:\d+\n"
            r"      'lie_asleep' .*\n"
            r"        lie_asleep at wedged\.c:\d+\n",
        )
        self.assertRegex(done.stdout, r"(?m)^    cede_lock_acquire\n    transfer at wedged\.c:\d+\n    'transfer' at")
        self.assertEqual(done.stdout.count("'lie_asleep' at"), 1001)

    def test_the_process_is_only_read(self):
        before = cede("ps", self.process.pid).stdout
        cede("tree", self.process.pid)
        self.assertEqual(re.sub(r"[\d.]+m?s", "", cede("ps", self.process.pid).stdout), re.sub(r"[\d.]+m?s", "", before))
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            self.assertRegex(status.read(), r"State:\s+S")


def core_pattern():
    with open("/proc/sys/kernel/core_pattern", encoding="utf-8") as pattern:
        return pattern.read().strip()


class Core(unittest.TestCase):
    @unittest.skipIf(core_pattern().startswith(("|", "/")), "the kernel gives core files to another program, or elsewhere")
    def test_gdb_lists_the_tasks_of_a_core_file_with_their_stacks(self):
        if resource.getrlimit(resource.RLIMIT_CORE)[1] != resource.RLIM_INFINITY:
            self.skipTest("core files are limited here")
        program = os.path.abspath(PROGRAM)
        with tempfile.TemporaryDirectory() as folder:
            command = ["sh", "-c", 'ulimit -c unlimited; exec "$0"', program]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
                self.assertEqual(process.stdout.readline(), "ready\n")
                process.send_signal(signal.SIGABRT)
            cores = [name for name in os.listdir(folder) if name.startswith("core")]
            self.assertEqual(len(cores), 1)
            look = ["gdb", "-q", "-batch", "-nx", "-ex", "set debuginfod enabled off", "-ex", "source " + COMMANDS]
            look += ["-ex", "info cede-tasks", "-ex", "cede-backtrace all", program, os.path.join(folder, cores[0])]
            said = subprocess.run(look, capture_output=True, text=True, timeout=600, check=True).stdout
        listed, stacks = said.split("task 0  ", 1)
        self.assertEqual(len(re.findall(r"(?m)^ *\d+  'lie_asleep' at .*, parked, waits for time$", listed)), 1001)
        self.assertRegex(listed, r"(?m)^ *\d+  'transfer' at .*, parked, waits for lock 'left' held by task 'transfer'$")
        self.assertRegex(listed, r"waits for semaphore 'slots' last taken by task 'take_too_much', task 'take_too_much'\n")
        self.assertRegex(listed, r"(?m)^ *\d+  'wait_for_house' at .*, parked, waits for task 'keep_house'$")
        self.assertEqual(len(re.findall(r"(?m)^task \d+ ", "task 0 " + stacks)), 1009)
        stack = r"(?m)^task \d+  'lie_asleep' .*\n(?:#.*\n)*#\d+ .*lie_asleep .* at .*wedged\.c:\d+\n(?:#.*\n)*#\d+ .*context_start"
        self.assertEqual(len(re.findall(stack, stacks)), 1001)
        self.assertRegex(stacks, r"(?m)^task \d+  'transfer' .*\n(?:#.*\n)*#\d+ +cede_lock_acquire .*\n(?:#.*\n)*#\d+ .*transfer .*wedged\.c:\d+")
        self.assertRegex(stacks, r"^'main_task' .*, running\n(?:#.*\n)*#\d+ .*main_task .*wedged\.c:\d+")
        self.assertNotIn("corrupt", stacks)


class Refused(unittest.TestCase):
    def test_a_process_without_cede_is_refused(self):
        done = cede("ps", os.getpid())
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("does not use cede", done.stderr)

    def test_a_process_that_is_not_there_is_refused(self):
        done = cede("tree", 1 << 29)
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no process", done.stderr)

    def test_wrong_usage_is_told(self):
        for arguments in (["ps"], ["ps", "x"], ["tree", "1", "2"], ["ps", "0"]):
            self.assertEqual(cede(*arguments).returncode, 2, arguments)
        self.assertIn("usage: cede ps PID", cede("ps", "--help").stdout)


if __name__ == "__main__":
    unittest.main()
