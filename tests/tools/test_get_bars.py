# SPDX-License-Identifier: MIT
"""The bars of cede get on a terminal, behind which pyte is the screen: one for the whole, one for each transfer that takes long."""

import fcntl
import os
import pathlib
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest

import pyte

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import servers  # noqa: E402
from servers import reply  # noqa: E402

TOOL = os.environ["CEDE_TOOL"]
SIZE = 1000000
TOTAL = re.compile(r" *\d+%\|[#0-9 ]+\| \d+/\d+ \[.*file/s\]")
LONG = re.compile(r"(long\d+): *\d+%\|[#0-9 ]+\| \d+k/977k \[.*B/s\]")
UNKNOWN = re.compile(r"(unknown): \d+kB \[.*B/s\]")


class Bars(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="cede-get-"))
        self.finish = threading.Event()
        self.addCleanup(self.finish.set)
        self.server = self.enterContext(servers.Script(self.answer))

    def answer(self, path, headers, connection):
        """Long ones come drop by drop until they are told to finish; one of them does not say how long it is."""
        if path == "/short":
            return reply(b"short")
        if path == "/missing":
            return reply(status="404 Not Found")
        whole = reply(b"x" * SIZE)
        if path == "/unknown":
            whole = b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * SIZE
        at = 300000
        connection.sendall(whole[:at])
        while not self.finish.wait(0.05) and at < 900000:
            connection.sendall(whole[at : at + 1000])
            at += 1000
        self.finish.wait()
        connection.sendall(whole[at:])
        return None

    def start(self, *names, columns=100):
        self.screen = pyte.Screen(columns, 24)
        self.stream = pyte.ByteStream(self.screen)
        self.master, slave = pty.openpty()
        self.addCleanup(os.close, self.master)
        self.resize(columns)
        self.run = subprocess.Popen([TOOL, "get", "-o", self.folder, *[f"{self.server.url}/{name}" for name in names]],
                                    stdout=subprocess.PIPE, stderr=slave, env={**os.environ, "LC_ALL": "C"})
        self.addCleanup(self.run.stdout.close)
        self.addCleanup(self.run.wait)
        self.addCleanup(self.finish.set)
        os.close(slave)

    def resize(self, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.screen.resize(24, columns)

    def rows(self):
        return [row.rstrip() for row in self.screen.display if row.strip()]

    def until(self, wanted):
        """Let it draw until the rows are as wanted, or it has ended; gives them."""
        deadline = time.monotonic() + 60
        while not wanted(self.rows()):
            self.assertLess(time.monotonic(), deadline, self.rows())
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.stream.feed(os.read(self.master, 65536))
                except OSError:  # nobody has the other end any more
                    self.assertTrue(self.finish.is_set(), self.rows())
                    break
        return self.rows()

    def end(self):
        """All of it comes; gives the rows that stay."""
        self.finish.set()
        rows = self.until(lambda rows: False)
        self.status = self.run.wait(60)
        return rows

    def named(self, rows):
        """The names of the bars below that of the whole; None if a row is not one whole bar, as in the middle of a frame."""
        bars = [LONG.fullmatch(row) or UNKNOWN.fullmatch(row) for row in rows[1:]]
        if not rows or not TOTAL.fullmatch(rows[0]) or not all(bars):
            return None
        return sorted(bar[1] for bar in bars)

    def test_transfers_that_take_long_have_bars_while_they_last(self):
        self.start("long1", "short", "long2", "unknown")
        self.until(lambda rows: self.named(rows) == ["long1", "long2", "unknown"] and "| 1/4 [" in rows[0])
        rows = self.end()
        self.assertEqual(self.status, 0)
        self.assertEqual(len(rows), 1, rows)
        self.assertRegex(rows[0], r"^100%\|#+\| 4/4 \[")
        self.assertEqual({path.name: path.stat().st_size for path in pathlib.Path(self.folder).iterdir()},
                         {"long1": SIZE, "long2": SIZE, "short": 5, "unknown": SIZE})

    def test_failures_stand_above_the_bars(self):
        self.start("long1", "missing")
        rows = self.until(lambda rows: self.named(rows[1:]) == ["long1"])
        self.assertEqual(rows[0], f"{self.server.url}/missing: 404 Not Found")
        rows = self.end()
        self.assertEqual(self.status, 1)
        self.assertEqual(len(rows), 2, rows)

    def test_eight_have_bars_at_most(self):
        self.start(*[f"long{i}" for i in range(12)])
        self.until(lambda rows: len(rows) == 9 and self.named(rows))
        self.assertEqual(len(set(self.named(self.rows()))), 8)
        self.assertEqual(len(self.end()), 1)

    def test_bars_follow_the_width_of_the_terminal(self):
        """A frame for the old width may be on its way when it changes: what that leaves stays above the bars."""
        self.start("long1", "long2")
        self.until(lambda rows: self.named(rows) == ["long1", "long2"])
        for columns in [60, 120]:
            self.resize(columns)
            self.until(lambda rows, columns=columns: self.named(rows[-3:]) == ["long1", "long2"]
                       and all(len(row) == columns for row in rows[-3:]))
        self.assertRegex(self.end()[-1], r"^100%\|#+\| 2/2 \[")


if __name__ == "__main__":
    unittest.main()
