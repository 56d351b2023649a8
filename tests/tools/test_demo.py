# SPDX-License-Identifier: MIT
"""cede demo, from outside: three times for the same files, and nothing left behind"""

import json
import os
import signal
import subprocess
import tempfile
import time
import unittest

TOOL = os.environ["CEDE_TOOL"]


class Demo(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="cede-demo-test-"))
        self.environment = {**os.environ, "TMPDIR": self.folder, "LC_ALL": "C"}

    def demo(self, *arguments, status=0):
        run = subprocess.run(
            [TOOL, "demo", *arguments], capture_output=True, text=True, timeout=600, check=False, env=self.environment
        )
        self.assertEqual(run.returncode, status, run.stderr)
        self.assertEqual(os.listdir(self.folder), [])
        return run.stdout, run.stderr

    def test_json_has_the_three_times(self):
        out, err = self.demo("--json", "--delay", "100")
        result = json.loads(out)
        self.assertEqual(list(result), ["sequential_s", "threads_s", "coroutines_s", "delay_s", "files"])
        self.assertEqual((result["delay_s"], result["files"]), (0.1, 20))
        self.assertGreaterEqual(result["sequential_s"], 20 * 0.1)
        for way in ["threads_s", "coroutines_s"]:
            self.assertGreaterEqual(result[way], 0.1)
            if "CEDE_TEST_SLOW_MACHINE" not in os.environ:  # twenty waits at once, not one after the other
                self.assertLess(result[way], result["sequential_s"] / 2)
        self.assertEqual(err, "")

    def test_a_table_with_bars_is_printed(self):
        out, _ = self.demo("--delay", "20", "--files", "45")
        lines = out.splitlines()
        self.assertEqual(lines[0], "45 flags, each 20 ms away:")
        for line, way in zip(lines[2:], ["one by one", "in threads", "in coroutines"], strict=True):
            self.assertRegex(line, rf"^  {way} +\d+\.\d{{3}} s  #{{1,40}}$")
        self.assertEqual(max(line.count("#") for line in lines[2:]), 40)  # the longest

    def test_usage(self):
        for arguments in [["--delay", "-1"], ["--files", "0"], ["--files", "many"], ["what"], ["--nonsense"]]:
            _, err = self.demo(*arguments, status=2)
            self.assertTrue(err)
        out, _ = self.demo("--help")
        self.assertTrue(out.startswith("usage: cede demo"))

    def test_ctrl_c_leaves_nothing_behind(self):
        with subprocess.Popen([TOOL, "demo", "--delay", "20000"], env=self.environment) as run:
            while not os.listdir(self.folder):
                time.sleep(0.005)
            run.send_signal(signal.SIGINT)
            self.assertEqual(run.wait(600), 130)
        self.assertEqual(os.listdir(self.folder), [])


if __name__ == "__main__":
    unittest.main()
