# SPDX-License-Identifier: MIT
"""`cede serve` against hostile peers: slow ones, ten thousand idle ones, resets, half-closes, random bytes, no descriptors."""

import contextlib
import http.client
import os
import random
import re
import resource
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import unittest

TOOL = os.environ["CEDE_TOOL"]


class Hostile(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        with open(os.path.join(self.folder.name, "a.txt"), "w", encoding="ascii") as file:
            file.write("hello\n")
        with open(os.path.join(self.folder.name, "big"), "wb") as file:
            file.truncate(20 << 20)

    def start(self, *options, descriptors=None):
        limits = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors,) * 2)) if descriptors else None
        self.server = subprocess.Popen(
            [TOOL, "serve", self.folder.name, "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=limits,
        )
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.stderr.close)
        self.addCleanup(self.server.kill)
        self.port = int(re.search(r":(\d+)/", self.server.stdout.readline()).group(1))

    def stop(self):
        """It still serves, and ends when it is told to."""
        self.assertEqual(self.get(), b"hello\n")
        self.server.terminate()
        self.assertEqual(self.server.wait(600), 0)
        return self.server.stderr.read()

    def get(self, path="/a.txt"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request("GET", path)
        body = connection.getresponse().read()
        connection.close()
        return body

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), 60)

    def slow(self, *options):
        """slowhttptest with 200 connections for three seconds; the server must answer all the while."""
        self.start("--request-timeout", "2", "--body-timeout", "2", "--send-timeout", "2", "--max-connections", "100")
        attack = subprocess.Popen(
            ["slowhttptest", *options, "-c", "200", "-r", "200", "-i", "1", "-l", "3", "-u"]
            + [f"http://127.0.0.1:{self.port}/big"],
            stdout=subprocess.PIPE,
            text=True,
        )
        answered = 0
        while attack.poll() is None:
            self.assertEqual(self.get(), b"hello\n")
            answered += 1
            time.sleep(0.05)
        said = attack.communicate()[0]
        self.assertIn("service available", said)
        self.assertGreater(answered, 3)  # held up, it would answer one when the attack is over
        self.assertEqual(self.stop(), "")

    needs_slowhttptest = unittest.skipUnless(shutil.which("slowhttptest"), "slowhttptest is not installed")

    @needs_slowhttptest
    def test_slow_heads_do_not_hold_it_up(self):
        self.slow("-H")

    @needs_slowhttptest
    def test_slow_bodies_do_not_hold_it_up(self):
        self.slow("-B")

    @needs_slowhttptest
    def test_slow_readers_do_not_hold_it_up(self):
        self.slow("-X", "-w", "10", "-y", "20", "-z", "32", "-k", "3", "-n", "1")

    def test_ten_thousand_idle_connections_are_kept_and_served(self):
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        count = min(10000, most - 200)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self.start("--max-connections", "20000", descriptors=most)
        request = b"GET /a.txt HTTP/1.1\r\nHost: h\r\n\r\n"
        with contextlib.ExitStack() as stack:
            idle = [stack.enter_context(self.connect()) for _ in range(count)]
            self.assertEqual(self.get(), b"hello\n")
            for connection in idle[::100]:
                connection.sendall(request)
                self.assertIn(b"hello", connection.recv(4096))
            self.assertEqual(self.stop(), "")

    def test_resets_and_half_closes_are_nothing(self):
        self.start()
        for i in range(200):
            connection = self.connect()
            connection.sendall(b"GET /big HTTP/1.1\r\nHost: h\r\n\r\n"[: 5 + i % 40])
            if i % 3 == 0:  # a reset, amid whatever goes on
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if i % 3 == 1:
                connection.shutdown(socket.SHUT_WR)
            connection.close()
        connection = self.connect()
        connection.sendall(b"GET /a.txt HTTP/1.1\r\nHost: h\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)  # who has said all is still answered
        self.assertIn(b"hello\n", connection.makefile("rb").read())
        connection.close()
        self.assertEqual(self.stop(), "")

    def test_random_bytes_are_refused(self):
        self.start("--request-timeout", "1")
        numbers = random.Random(1)
        words = [b"GET ", b"/a.txt", b" HTTP/1.1", b"\r\n", b"\n", b"Host: h", b": ", b"\0", b"%2e%2e/", b"Range: bytes=", b"0-"]
        for i in range(300):
            connection = self.connect()
            if i % 2:
                noise = numbers.randbytes(numbers.randrange(1, 3000))
            else:
                noise = b"".join(numbers.choice(words) for _ in range(numbers.randrange(1, 40)))
            with contextlib.suppress(ConnectionError):
                connection.sendall(noise)
                connection.shutdown(socket.SHUT_WR)
                reply = connection.makefile("rb").read()
                self.assertRegex(reply[:9], rb"\A(HTTP/1\.1 |\Z)")
            connection.close()
        self.assertEqual(self.stop(), "")

    def test_pipelined_requests_are_all_answered(self):
        self.start()
        connection = self.connect()
        connection.sendall(b"GET /a.txt HTTP/1.1\r\nHost: h\r\n\r\n" * 999)
        connection.sendall(b"GET /a.txt HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        self.assertEqual(connection.makefile("rb").read().count(b"\r\n\r\nhello\n"), 1000)
        connection.close()
        self.assertEqual(self.stop(), "")

    def test_out_of_descriptors_the_longest_idle_give_way(self):
        self.start(descriptors=64)
        with contextlib.ExitStack() as stack:
            idle = [stack.enter_context(self.connect()) for _ in range(200)]
            self.assertEqual(self.get(), b"hello\n")
            self.assertEqual(idle[0].recv(1), b"")
            self.assertIn("Too many open files", self.stop())


if __name__ == "__main__":
    unittest.main()
