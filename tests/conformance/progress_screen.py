#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a terminal shows of cede's bars: progress_screen.py COMMAND-THAT-RUNS-progress_screen

A pseudo-terminal, and behind it pyte as the screen. Three kinds of runs, all from fixed seeds:
- several bars, lines printed above, bars closing and hiding, on screens of many sizes: after every command the screen and what has
  scrolled off it must be exactly what a model of it says;
- the same while the window changes its size; there tmux is a second screen, which breaks rows anew, as pyte does not;
- one bar beside tqdm's on a second screen: after every command both screens must look the same.
"""
import fcntl
import io
import os
import pty
import random
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

import pyte
import tqdm.std
from tqdm.utils import disp_trim

COMMAND = sys.argv[1:]
MARK = b"\x1b]777;done\x07"
SECOND = 10**9
tqdm.std.tqdm.monitor_interval = 0


class Terminal:
    """A screen that keeps what scrolls off it."""

    def __init__(self, columns, rows):
        self.screen = pyte.HistoryScreen(columns, rows, history=100000, ratio=0.5)
        self.stream = pyte.ByteStream(self.screen)

    def feed(self, data):
        self.stream.feed(data)

    def row_text(self, row):
        """A row as text; the cell behind a wide character is empty."""
        return "".join(row[x].data for x in range(self.screen.columns)).rstrip()

    def display(self):
        return [self.row_text(self.screen.buffer[y]) for y in range(self.screen.lines)]

    def everything(self):
        """All rows from the first to the last that is not empty."""
        rows = [self.row_text(row) for row in self.screen.history.top] + self.display()
        while rows and not rows[-1]:
            rows.pop()
        return rows


class Player:
    """The program under test on a pseudo-terminal."""

    def __init__(self, columns, rows):
        self.terminal = Terminal(columns, rows)
        self.master, self.slave = pty.openpty()
        self.size(columns, rows)
        self.process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stderr=self.slave)

    def size(self, columns, rows):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns, rows):
        self.size(columns, rows)
        self.terminal.screen.resize(rows, columns)

    def do(self, *fields):
        """Give a command and take what it prints. The bytes."""
        self.process.stdin.write(("\t".join(map(str, fields)) + "\n").encode())
        self.process.stdin.flush()
        data = b""
        while not data.endswith(MARK):
            data += os.read(self.master, 65536)
        data = data[: -len(MARK)]
        self.terminal.feed(data)
        return data

    def new(self, bar, total, *, initial=0, interval=-1, steps=0, smoothing=-1, columns=0, transient=0, unicode=0,
            unit="it", scale=0, divisor=1000, description=""):
        return self.do("new", bar, total, initial, interval, steps, smoothing, columns, transient, unicode, unit, scale,
                       divisor, description)

    def close(self):
        self.process.stdin.close()
        status = self.process.wait(600)
        os.close(self.master)
        os.close(self.slave)
        assert status == 0, status


class Model:
    """What the screen must show: lines printed before, and a line a bar."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.time = 0
        self.printed = []
        self.bars = {}  # in order of their making
        self.lines = {}  # as last drawn
        self.hidden = False

    def line(self, bar):
        state = self.bars[bar]
        text = tqdm.std.tqdm.format_meter(
            n=state["n"], total=state["total"] or None, elapsed=(self.time - state["start"]) / SECOND, ncols=self.columns,
            prefix=state["description"], ascii=not state["unicode"], postfix=state["postfix"])
        return disp_trim(text, self.columns)

    def draw(self, bar):
        self.lines[bar] = self.line(bar)

    def print(self, text):
        for line in text.split("\n"):
            self.printed += [line[i:i + self.columns] for i in range(0, len(line), self.columns)] or [""]

    def block(self):
        if self.hidden:
            return []
        lines = [disp_trim(line, self.columns) for line in self.lines.values()]
        if len(lines) > self.rows:
            lines = lines[: self.rows]
            if self.rows > 1:
                lines[-1] = disp_trim(" ... (more hidden) ...", self.columns)
        return lines

    def everything(self):
        rows = [row.rstrip() for row in self.printed + self.block()]
        while rows and not rows[-1]:
            rows.pop()
        return rows


DESCRIPTIONS = ["", "flags", "下载", "a rather long description of what is done", "café"]


class Pair:
    """The player and the model, given the same commands."""

    def __init__(self, columns, rows):
        self.player, self.model = Player(columns, rows), Model(columns, rows)

    def new(self, bar, total, description, unicode, transient):
        self.player.new(bar, total, description=description, unicode=int(unicode), transient=int(transient))
        self.model.bars[bar] = dict(n=0, total=total, start=self.model.time, description=description, unicode=unicode,
                                    transient=transient, postfix="")
        self.model.draw(bar)

    def random_new(self):
        free = [bar for bar in range(6) if bar not in self.model.bars]
        if free:
            self.new(random.choice(free), random.choice([0, 7, 1000, 10**12]), random.choice(DESCRIPTIONS),
                     random.random() < 0.5, random.random() < 0.3)

    def add(self, bar):
        n = random.choice([1, 5, 300])
        self.player.do("add", bar, n)
        self.model.bars[bar]["n"] += n
        self.model.draw(bar)

    def words(self, bar):
        self.wait()
        what = random.choice(["description", "postfix"])
        text = random.choice(DESCRIPTIONS)
        self.player.do(what, bar, text)
        if self.model.bars[bar][what] != text:
            self.model.bars[bar][what] = text
            self.model.draw(bar)

    def write(self, bar):
        text = random.choice(["x", "a message", "a longer message " * random.randint(1, 9)])
        self.player.do("write", bar, text)
        self.model.print(text)
        self.model.draw(bar)

    def hide(self, bar):
        self.player.do("hide", bar)
        self.model.hidden = True

    def show(self, bar):
        if self.model.hidden:
            self.player.do("print", bar, "printed by others")
            self.model.print("printed by others")
            self.player.do("show", bar)
            self.model.hidden = False

    def wait(self, *_):
        span = random.randint(7, 200) * SECOND // 64
        self.player.do("pass", 0, span)
        self.model.time += span

    def close(self, bar):
        self.player.do("destroy", bar)
        if not self.model.bars[bar]["transient"]:
            # The whole line is one row: it is cut, not wrapped.
            self.model.printed.append(disp_trim(self.model.line(bar), self.model.columns))
        del self.model.bars[bar], self.model.lines[bar]

    def step(self):
        bars = list(self.model.bars)
        if not bars:
            self.random_new()
            return "new"
        action = random.choices([self.add, self.wait, self.write, self.words, self.close, self.hide, self.show, None],
                                [8, 4, 2, 2, 1, 0.5, 2, 1.5])[0]
        if not action or (action == self.hide and self.model.hidden):
            self.random_new()
            return "new"
        if action == self.close and len(bars) == 1:
            self.show(bars[0])
        action(random.choice(bars))
        return action.__name__


class Frames(unittest.TestCase):
    def compare(self, pair, message):
        self.assertEqual(pair.player.terminal.everything(), pair.model.everything(), message)

    def run_random(self, columns, rows, steps, seed):
        random.seed(seed)
        pair = Pair(columns, rows)
        for number in range(steps):
            action = pair.step()
            self.compare(pair, f"{columns}x{rows}, seed {seed}, step {number}: {action}")
        for bar in list(pair.model.bars):
            if pair.model.hidden:
                pair.show(bar)
            pair.close(bar)
        self.compare(pair, "at the end")
        self.assertEqual(pair.player.terminal.screen.cursor.x, 0)
        pair.player.close()

    def test_every_frame_on_an_ordinary_screen(self):
        for seed in range(6):
            self.run_random(80, 24, 150, seed)

    def test_every_frame_on_a_narrow_screen(self):
        for seed in range(4):
            self.run_random(20, 24, 150, seed)

    def test_every_frame_on_a_screen_of_a_column_or_two(self):
        for columns in 1, 2, 3, 4:
            self.run_random(columns, 24, 150, columns)

    def test_every_frame_on_a_screen_with_fewer_rows_than_bars(self):
        for rows in 1, 2, 3, 5:
            self.run_random(40, rows, 150, rows)

    def test_sizes_at_random(self):
        for seed in range(20):
            random.seed(seed)
            self.run_random(random.randint(1, 150), random.randint(1, 40), 60, seed)


class Resizing(unittest.TestCase):
    def test_the_block_is_whole_after_every_change_of_size(self):
        for seed in range(12):
            random.seed(seed)
            player = Player(80, 24)
            bars = random.randint(1, 4)
            for bar in range(bars):
                player.new(bar, 100, description=f"bar {bar}")
            player.do("write", 0, "above")
            for number in range(1, 80):
                columns, rows = random.choice([1, 2, 20, 50, 80, 200]), random.choice([8, 24, 50])
                player.resize(columns, rows)
                for bar in range(bars):
                    player.do("add", bar, 1)
                display = player.terminal.display()
                while display and not display[-1]:
                    display.pop()
                for bar in range(bars):
                    wanted = tqdm.std.tqdm.format_meter(number, 100, 0, ncols=columns, prefix=f"bar {bar}", ascii=True)
                    self.assertEqual(display[bar - bars], wanted.rstrip(), f"seed {seed}, step {number}, {columns}x{rows}")
                # This screen takes rows away at its top; no rest of a bar may stand above the block.
                self.assertTrue(all("above".startswith(row) for row in display[:-bars]), display)
            player.close()


class Tmux:
    """The program under test in a window of tmux, which breaks long rows anew when the window becomes narrower."""

    def __init__(self, columns, rows):
        self.folder = tempfile.TemporaryDirectory()
        commands = os.path.join(self.folder.name, "commands")
        os.mkfifo(commands)
        self.run("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows),
                 shlex.join(COMMAND) + " < " + shlex.quote(commands), ";", "set", "status", "off", ";",
                 "set", "window-size", "manual")
        self.commands = open(commands, "w", encoding="utf-8")
        self.tty = os.open(self.run("display", "-p", "#{pane_tty}").strip(), os.O_RDONLY | os.O_NOCTTY)

    def run(self, *words):
        return subprocess.run(["tmux", "-S", os.path.join(self.folder.name, "socket"), *words], check=True, text=True,
                              stdout=subprocess.PIPE, env={**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm"}).stdout

    def do(self, *fields):
        self.commands.write("\t".join(map(str, fields)) + "\n")
        self.commands.flush()

    def resize(self, columns, rows):
        self.run("resize-window", "-x", str(columns), "-y", str(rows))
        while struct.unpack("HHHH", fcntl.ioctl(self.tty, termios.TIOCGWINSZ, bytes(8)))[:2] != (rows, columns):
            time.sleep(0.01)  # tmux tells its programs a little later

    def display(self):
        return self.run("capture-pane", "-p").rstrip("\n").split("\n")

    def wait_for(self, rows):
        """What is on the screen, once its end is what it should be, or after a minute."""
        until = time.monotonic() + 60
        while self.display()[-len(rows):] != rows and time.monotonic() < until:
            time.sleep(0.01)
        return self.display()

    def close(self):
        self.commands.close()
        os.close(self.tty)
        subprocess.run(["tmux", "-S", os.path.join(self.folder.name, "socket"), "kill-server"], stderr=subprocess.DEVNULL,
                       check=False)
        self.folder.cleanup()


class Reflowing(unittest.TestCase):
    def test_no_rest_of_a_bar_is_left_where_rows_are_broken_anew(self):
        random.seed(5)
        tmux = Tmux(80, 30)
        self.addCleanup(tmux.close)
        for bar in range(3):
            tmux.do("new", bar, 100, 0, -1, 0, -1, 0, 0, 0, "it", 0, 1000, f"bar {bar}")
        for number in range(40):
            tmux.do("write", 0, f"line {number}")
        for number in range(1, 16):
            columns = random.choice([12, 26, 40, 80, 120])
            tmux.resize(columns, random.choice([24, 30, 34]))
            for bar in range(3):
                tmux.do("add", bar, 1)
            bars = [disp_trim(tqdm.std.tqdm.format_meter(number, 100, 0, ncols=columns, prefix=f"bar {bar}", ascii=True),
                              columns).rstrip() for bar in range(3)]
            display = tmux.wait_for(bars)
            self.assertEqual(display[-3:], bars, f"step {number}, {columns} columns")
            self.assertTrue(all(row.startswith("line ") for row in display[:-3]), display)


class Likeness(unittest.TestCase):
    """One bar, beside tqdm's."""

    def session(self, seed):
        random.seed(seed)
        columns = random.choice([20, 45, 80, 120, 150])
        player, other = Player(columns, 24), Terminal(columns, 24)
        now = [1000.0]
        tqdm.std.time = lambda: now[0]

        class File(io.StringIO):
            encoding = "utf-8"

            def write(self, text):
                other.feed(text.replace("\n", "\r\n").encode())

        # A line without a bar tqdm lets wrap; so on narrow screens the total stays out of reach.
        total = random.choice([0, 10, 500, 10**9]) if columns > 100 else 10**9
        scale = random.choice([0, 0, 1])
        smoothing = random.choice([0.3, 0.3, 1, 0.05, 0])
        unicode = random.random() < 0.5
        unit, description = random.choice(["it", "B"]), random.choice(["", "flags", "下载"])
        initial = random.choice([0, 0, 3])
        transient = random.random() < 0.2
        file = File()
        bar = tqdm.std.tqdm(total=total or None, file=file, ncols=columns, nrows=24, mininterval=0.1, miniters=1,
                            ascii=not unicode, unit=unit, unit_scale=bool(scale), unit_divisor=1024, smoothing=smoothing,
                            desc=description or None, initial=initial, leave=not transient)
        player.new(0, total, initial=initial, interval=SECOND // 10, steps=1, smoothing=smoothing or -1, unicode=int(unicode),
                   unit=unit, scale=scale, divisor=1024, description=description, transient=int(transient))

        def advance(sixty_fourths):
            now[0] += sixty_fourths / 64
            player.do("pass", 0, sixty_fourths * SECOND // 64)

        for number in range(120):
            action = random.choices(["add", "back", "write", "description", "postfix", "refresh", "unpause", "reset"],
                                    [20, 1, 2, 1, 1, 1, 0.5, 0.3])[0]
            advance(random.choice([0, 1, 3, 7, 20, 64, 640]))
            if action == "add":
                n = random.choice([1, 1, 2, 50, 10**6])
                player.do("add", 0, n)
                bar.update(n)
            elif action == "back":
                player.do("add", 0, -1)
                bar.update(-1)
            elif action == "write":
                player.do("write", 0, "a message")
                bar.write("a message", file=file)
            elif action == "description":
                advance(7)
                # Not the words it has: tqdm would draw them again, with the time of now.
                description = random.choice([w for w in ["x", "flags", "下载", "a long one"] if w != description])
                player.do("description", 0, description)
                bar.set_description_str(description)  # as set_description, but for a colon doubled without a total
            elif action == "postfix":
                advance(7)
                player.do("postfix", 0, f"step={number}")
                bar.set_postfix_str(f"step={number}")
            elif action == "refresh":
                player.do("refresh", 0)
                bar.refresh()
            elif action == "unpause":
                player.do("unpause", 0)
                bar.unpause()
            elif action == "reset" and not initial:
                player.do("reset", 0, 0)
                bar.reset()
            self.assertEqual(player.terminal.everything(), other.everything(), f"seed {seed}, step {number}: {action}")
        advance(30)
        player.do("close", 0)
        bar.close()
        self.assertEqual(player.terminal.everything(), other.everything(), f"seed {seed}: close")
        player.close()

    def test_the_screen_looks_as_with_tqdm_after_every_call(self):
        for seed in range(40):
            self.session(seed)


unittest.main(argv=sys.argv[:1])
