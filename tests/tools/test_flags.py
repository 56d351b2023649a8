# SPDX-License-Identifier: MIT
"""The three downloaders of examples/http against `cede serve`: their output is as their sources say."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True

import run_example  # noqa: E402

SOURCES = os.path.join(os.environ["CEDE_SOURCE"], "examples", "http")
PROGRAMS = os.path.join(os.environ["CEDE_EXAMPLES"], "http")
COUNTRIES = "BD BR CD CN DE EG ET FR ID IN IR JP MX NG PH PK RU TR US VN".split()


class Flags(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for cc in COUNTRIES:
            os.mkdir(os.path.join(folder.name, cc))
            with open(os.path.join(folder.name, cc, cc + ".gif"), "wb") as file:
                file.write(b"GIF89a" + cc.encode())
        command = [os.environ["CEDE_TOOL"], "serve", folder.name, "--port", "0", "--delay", "20", "--log", "-"]
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.server.stdout.close)
        self.base = re.search(r"http://[0-9.:]+", self.server.stdout.readline()).group()

    def asked_for(self):
        """Ends the server; the paths that its log has."""
        self.server.send_signal(signal.SIGINT)
        log = self.server.communicate(timeout=600)[0]
        self.assertEqual(self.server.returncode, 0)
        return sorted(re.findall(r'"GET (\S+) HTTP', log))

    def check(self, name, change=lambda lines: lines):
        """Runs a program; its output is what its source says, changed so."""
        with open(os.path.join(SOURCES, name + ".c"), encoding="utf-8") as file:
            [(_, _, _, status, expected)] = run_example.expectations(file.read())
        run = subprocess.run([os.path.join(PROGRAMS, name), self.base], capture_output=True, text=True, timeout=600, check=False)
        printed = [line.rstrip() for line in run.stdout.splitlines()]
        self.assertIsNone(run_example.difference(change(expected), printed), run.stdout)
        self.assertEqual((run.returncode, run.stderr), (status, ""))

    def test_one_by_one_and_in_coroutines(self):
        self.check("flags")
        self.assertEqual(self.asked_for(), sorted(2 * [f"/{cc}/{cc}.gif" for cc in COUNTRIES]))

    def test_in_threads(self):
        self.check("flags_threadpool")
        self.assertEqual(self.asked_for(), sorted(f"/{cc}/{cc}.gif" for cc in [*COUNTRIES, "BR", "CN", "ID", "IN", "US"]))

    def test_with_everything_that_may_go_wrong(self):
        # A server of files is never out of order: what it does not have is not found.
        changes = {"*** Error for ER: 503 Service Unavailable": "*** Error for ER: 404 Not Found",
                   "20 flags downloaded, 1 not found, 1 error": "20 flags downloaded, 2 not found, 0 error"}
        self.check("flags2", lambda lines: [changes.get(line, line) for line in lines])
        self.assertEqual(len(self.asked_for()), 22)


if __name__ == "__main__":
    unittest.main()
