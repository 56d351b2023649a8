# SPDX-License-Identifier: MIT
"""`cede serve` from outside: what it says, what it serves, how it ends."""

import glob
import http.client
import os
import pathlib
import re
import signal
import ssl
import subprocess
import tempfile
import time
import unittest

import servers

TOOL = os.environ["CEDE_TOOL"]


def run(*arguments):
    return subprocess.run([TOOL, *arguments], capture_output=True, text=True, timeout=600, check=False)


class Serve(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        with open(os.path.join(self.folder.name, "a.txt"), "w", encoding="ascii") as file:
            file.write("hello\n")

    def tearDown(self):
        self.folder.cleanup()

    def start(self, *options):
        """A server on a free port; the process, its port and the line it printed."""
        process = subprocess.Popen(
            [TOOL, "serve", self.folder.name, "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        line = process.stdout.readline()
        found = re.fullmatch(r"serving (.*) on https?://127\.0\.0\.1:(\d+)/\n", line)
        self.assertTrue(found, line)
        self.assertEqual(found.group(1), self.folder.name)
        return process, int(found.group(2))

    def stop(self, process):
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(600), 0)
        self.assertEqual(process.stderr.read(), "")

    def get(self, port, path):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, body

    def test_files_are_served_until_ctrl_c(self):
        process, port = self.start()
        self.assertEqual(self.get(port, "/a.txt"), (200, b"hello\n"))
        self.assertEqual(self.get(port, "/b.txt")[0], 404)
        self.stop(process)

    def test_it_ends_cleanly_by_sigterm_too(self):
        process, _ = self.start()
        process.terminate()
        self.assertEqual(process.wait(600), 0)

    def test_a_delay_is_kept(self):
        process, port = self.start("--delay", "200")
        before = time.monotonic()
        self.assertEqual(self.get(port, "/a.txt")[0], 200)
        self.assertGreaterEqual(time.monotonic() - before, 0.2)
        self.stop(process)

    def test_tls_is_spoken_with_a_certificate(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            servers.make_certificate(root)
            process, port = self.start("--cert", str(root / "cert.pem"), "--key", str(root / "key.pem"))
            context = ssl.create_default_context(cafile=root / "cert.pem")
            connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=600, context=context)
            for _ in range(3):
                connection.request("GET", "/a.txt")
                self.assertEqual(connection.getresponse().read(), b"hello\n")
            connection.close()
            self.stop(process)

    def test_several_loops_share_a_port_and_a_log(self):
        log = os.path.join(self.folder.name, "log")
        process, port = self.start("--loops", "3", "--log", log)
        for _ in range(30):
            self.assertEqual(self.get(port, "/a.txt"), (200, b"hello\n"))
        names = [pathlib.Path(path).read_text(encoding="ascii").strip()
                 for path in glob.glob(f"/proc/{process.pid}/task/*/comm")]
        self.stop(process)
        names.remove("cede-watchdog")
        self.assertEqual(len(names), 4, names)  # the log has one
        with open(log, encoding="ascii") as file:
            lines = file.readlines()
        self.assertEqual(len(lines), 30)
        for line in lines:
            self.assertRegex(line, r'^127\.0\.0\.1 - - \[.* \+0000\] "GET /a\.txt HTTP/1\.1" 200 6 "-" "-"$')

    def test_the_log_may_go_to_standard_output(self):
        process, port = self.start("--log", "-")
        self.get(port, "/b.txt")
        self.assertRegex(process.stdout.readline(), r'"GET /b\.txt HTTP/1\.1" 404 ')
        self.stop(process)

    def test_a_page_of_names_is_made_on_request(self):
        process, port = self.start("--index")
        self.assertIn(b'<a href="./a.txt">', self.get(port, "/")[1])
        self.stop(process)
        process, port = self.start()
        self.assertEqual(self.get(port, "/")[0], 404)
        self.stop(process)

    def test_an_idle_client_does_not_hold_it_up(self):
        process, port = self.start()
        idle = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        idle.connect()
        self.stop(process)
        idle.close()

    def test_what_cannot_be_served_is_one_line_and_status_1(self):
        result = run("serve", "/no/such/folder", "--port", "0")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"\Acede serve: .*/no/such/folder.*\n\Z")

    def test_a_certificate_or_log_that_cannot_be_used_is_one_line_and_status_1(self):
        for option in ("--cert", "--log"):
            result = run("serve", self.folder.name, "--port", "0", option, "/no/such/file")
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stderr, r"\Acede serve: .*/no/such/file.*\n\Z")

    def test_a_port_that_is_taken_is_one_line_and_status_1(self):
        process, port = self.start()
        result = run("serve", self.folder.name, "--port", str(port))
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"\Acede serve: .*127\.0\.0\.1:%d.*\n\Z" % port)
        self.stop(process)

    def test_wrong_usage_is_status_2(self):
        for arguments in (
            ["--port", "x"],
            ["--port", "65536"],
            ["--delay", "-1"],
            ["--bad"],
            ["a", "b"],
            ["--loops", "0"],
            ["--idle-timeout", "0"],
            ["--key", "k"],
        ):
            result = run("serve", *arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)

    def test_help_is_no_failure(self):
        result = run("serve", "--help")
        self.assertEqual(result.returncode, 0)
        self.assertIn("--delay MS", result.stdout)
        self.assertIn("serve", run("--help").stdout)
        self.assertEqual(run().returncode, 2)
        self.assertEqual(run("nonsense").returncode, 2)


if __name__ == "__main__":
    unittest.main()
