#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Bars of eight processes on one terminal: progress_children.py COMMAND-THAT-RUNS-progress_children

A pseudo-terminal, and behind it pyte as the screen. After every frame each row must be one whole bar, or one whole printed line; no
bar may stand there twice. Between frames the window changes its size at random, down to a few columns and rows.
"""
import collections
import fcntl
import os
import pty
import random
import re
import struct
import subprocess
import sys
import termios
import unittest

import pyte

COMMAND = sys.argv[1:]
MARK = b"\x1b]777;done\x07"
WORKERS, BARS, WORDS = range(8), range(4), range(1, 6)

NAME = re.compile(r"total|w[0-7]b[0-3]")
BAR = re.compile(r"(total|w[0-7]b[0-3](?: 下载)?): +\d+%\|[#0-9\u2588-\u258f ]+\| \d+/\d+ "
                 r"\[\d\d:\d\d<[\d:?]+, +[\d.?]+(?:s/)?(?:it|worker)(?:/s)?\]")
SAID = re.compile(r"w[0-7] says \d")
MORE = " ... (more hidden) ..."


class Screen:
    """The terminal, and the program on it."""

    def __init__(self, columns, rows):
        self.screen = pyte.HistoryScreen(columns, rows, history=100000, ratio=0.5)
        self.stream = pyte.ByteStream(self.screen)
        self.master, self.slave = pty.openpty()
        self.resize(columns, rows)
        self.process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stderr=self.slave)
        os.close(self.slave)

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def frames(self):
        """Yield after every frame; the program waits meanwhile."""
        data = b""
        while True:
            try:
                data += os.read(self.master, 65536)
            except OSError:  # the program has ended
                break
            while MARK in data:
                frame, data = data.split(MARK, 1)
                self.stream.feed(frame)
                yield
                self.process.stdin.write(b".")
                self.process.stdin.flush()
        self.process.stdin.close()
        os.close(self.master)

    def text(self, row):
        """A row as text; the cell behind a wide character is empty."""
        return "".join(row[x].data for x in range(self.screen.columns)).rstrip()

    def display(self):
        return [self.text(self.screen.buffer[y]) for y in range(self.screen.lines)]

    def everything(self):
        return [self.text(row) for row in self.screen.history.top] + self.display()


class Children(unittest.TestCase):
    def check_rows(self, rows, columns, uncut=False):
        """Each is whole, but for what the screen has or had no room for. The bars that were found."""
        found = collections.Counter()
        for row in filter(None, rows):
            name = NAME.match(row)
            if name:
                self.assertEqual(len(NAME.findall(row)), 1, rows)
                self.assertNotIn("says", row, rows)
                if uncut:
                    self.assertRegex(row, BAR)
                found[name.group()] += 1
            elif not row.startswith("total"[:columns]):
                self.assertTrue(SAID.fullmatch(row) or row == MORE[:columns].rstrip(), (row, rows))
        return found

    def check_once(self, found, rows):
        self.assertFalse([name for name, times in found.items() if times > 1], rows)

    def test_every_frame_is_whole_and_nothing_is_lost(self):
        screen = Screen(100, 60)
        for _ in screen.frames():
            self.check_once(self.check_rows(screen.display(), 100, True), screen.display())
        self.assertEqual(screen.process.wait(600), 0)
        rows = screen.everything()
        found = self.check_rows(rows, 100, True)
        self.assertEqual(found, {"total": 1} | {f"w{worker}b{bar}": 1 for worker in WORKERS for bar in BARS})
        for worker in WORKERS:
            for number in WORDS:
                self.assertEqual(rows.count(f"w{worker} says {number}"), 1)
            for bar in BARS:
                self.assertTrue(any(row.startswith(f"w{worker}b{bar}") and "100%|" in row and " 60/60 [" in row
                                    for row in rows), rows)
        self.assertEqual(screen.screen.cursor.x, 0)

    def run_resizing(self, seed, columns, rows):
        random.seed(seed)
        screen = Screen(80, 50)
        for _ in screen.frames():
            found = self.check_rows(screen.display(), screen.screen.columns)
            self.check_once(found, screen.display())
            if random.random() < 0.05:
                screen.resize(random.choice(columns), random.choice(rows))
        self.assertEqual(screen.process.wait(600), 0)
        return screen

    def test_no_bar_is_lost_or_doubled_while_the_width_changes(self):
        screen = self.run_resizing(1, [20, 35, 50, 79, 80, 132], [50])
        rows = screen.everything()
        self.assertEqual(sum(self.check_rows(rows, 20).values()), 33, rows)

    def test_frames_stay_whole_on_narrow_and_low_screens(self):
        self.run_resizing(2, [12, 16, 30, 100], [5, 10, 33, 34, 50])


unittest.main(argv=sys.argv[:1])
