# SPDX-License-Identifier: MIT
"""cede get against servers and folders that do it wrong: a clear line for each, the others go on, nothing is half."""

import contextlib
import os
import pathlib
import random
import resource
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import servers  # noqa: E402
from servers import reply  # noqa: E402

TOOL = os.environ["CEDE_TOOL"]
ENGINES = ["coroutines", "threads", "sequential"]


class Hostile(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="cede-get-")))

    def get(self, *arguments, **options):
        command = [TOOL, "get", "-o", self.folder, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False, **options)

    def saved(self):
        return {path.name: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}

    def test_every_wrong_answer_is_a_line_and_the_right_ones_come(self):
        head = b"HTTP/1.1 200 OK\r\n"

        def drip(connection):
            with contextlib.suppress(OSError):
                connection.sendall(head + b"Content-Length: 1000\r\n\r\n")
                while True:
                    connection.sendall(b"x")
                    time.sleep(0.2)

        def answer(path, headers, connection):
            if path == "/drip":
                return drip(connection)
            if path == "/mute":
                time.sleep(30)
            if path in wrong:
                connection.sendall(wrong[path])
                return None
            return reply(b"good")

        wrong = {
            "/early": head + b"Content-Length: 10\r\n\r\nonly",
            "/nothing": b"",
            "/chunk": head + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
            "/badchunk": head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n",
            "/two": head + b"Content-Length: 4\r\nContent-Length: 7\r\n\r\nbody",
            "/minus": head + b"Content-Length: -4\r\n\r\nbody",
            "/noise": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
            "/flood": head + b"X: y\r\n" * 20000 + b"\r\n",
            "/line": head + b"X: " + b"y" * 300000 + b"\r\n\r\n",
            "/file": b"HTTP/1.1 302 On\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
            "/circle": b"HTTP/1.1 302 On\r\nLocation: /circle\r\nContent-Length: 0\r\n\r\n",
            "/206": b"HTTP/1.1 206 Part\r\nContent-Range: bytes 0-3/9\r\nContent-Length: 4\r\n\r\npart",
            "/304": b"HTTP/1.1 304 Same\r\n\r\n",
        }
        more = ["/drip", "/mute"]
        with servers.Script(answer) as server:
            for engine in ["coroutines", "threads"]:
                # What never ends is given up after a second; whatever else comes may take its time.
                given_up = self.get("--timeout", "1", "--engine", engine, *[server.url + path for path in more])
                urls = [server.url + path for path in [*wrong, "/good1", "/good2"]]
                run = self.get("--engine", engine, *urls)
                self.assertEqual((given_up.returncode, run.returncode), (1, 1))
                self.assertEqual(self.saved(), {"good1": b"good", "good2": b"good"}, engine)
                said = (given_up.stderr + run.stderr).splitlines()
                for path in [*wrong, *more]:
                    lines = [line for line in said if line.startswith(server.url + path + ": ")]
                    self.assertEqual(len(lines), 1, (path, said))
                    self.assertGreater(len(lines[0]), len(server.url + path) + 5)

    def test_longer_bodies_than_said_are_not_taken(self):
        with servers.Script(lambda path, headers, connection: reply(b"body") + b"and more") as server:
            self.get(server.url + "/x", server.url + "/y", "-j1")
        self.assertEqual(self.saved(), {"x": b"body", "y": b"body"})

    def test_one_connection_in_ten_is_dropped(self):
        chance = random.Random(7)

        def answer(path, headers, connection):
            if chance.random() < 0.1:
                if chance.random() < 0.5:
                    connection.sendall(reply(path.encode() * 100)[:-50])
                return None
            return reply(path.encode() * 100)

        with servers.Script(answer) as server:
            run = self.get("-j", "20", "--retries", "8", *[f"{server.url}/{i}" for i in range(200)])
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.saved(), {str(i): f"/{i}".encode() * 100 for i in range(200)})

    def test_a_server_restarts(self):
        """It goes after some answers, with connections that are kept open, and comes back at the same port."""
        port = servers.free_port()

        def start():
            script = servers.Script(lambda path, headers, connection: reply(path.encode()), port=port)
            script.__enter__()
            return script

        server = start()
        command = [TOOL, "get", "-q", "-o", self.folder, "-j4", "--retries", "8", "--limit-rate", "400"]
        command += [f"{server.url}/{i:03}" for i in range(150)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as run:
            for _ in range(2):
                for _ in range(20):
                    self.assertTrue(server.arrived.acquire(timeout=600))
                server.__exit__()
                time.sleep(0.3)
                server = start()
            _, err = run.communicate(timeout=600)
        server.__exit__()
        self.assertEqual((run.returncode, err), (0, ""))
        self.assertEqual(len(self.saved()), 150)

    def test_a_certificate_for_another_name_is_refused(self):
        root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        servers.make_certificate(root, name="other.example")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(root / "cert.pem", root / "key.pem")
        with servers.Script(lambda path, headers, connection: reply(b"secret"), tls=context) as server:
            url = server.url.replace("http:", "https:") + "/x"
            run = self.get("--cacert", root / "cert.pem", url)
            self.assertEqual(run.returncode, 1)
            self.assertRegex(run.stderr, r"/x: SSL: .*(name|address)")
            self.assertEqual(self.saved(), {})
            self.assertEqual(self.get("--insecure", url).returncode, 0)

    def test_names_that_are_folders_and_urls_that_are_none(self):
        (self.folder / "taken").mkdir()
        with servers.Script(lambda path, headers, connection: reply(b"x")) as server:
            run = self.get(server.url + "/taken", "not a url", "http://", "http://127.1/x", "gopher://x/y",
                           server.url + "/fine")
        lines = run.stderr.splitlines()
        self.assertIn(f"{server.url}/taken: cannot rename to taken: Is a directory", lines)
        for url in ["not a url", "http://", "http://127.1/x", "gopher://x/y"]:
            self.assertEqual(len([line for line in lines if line.startswith(url + ": ")]), 1, lines)
        self.assertEqual(self.saved(), {"fine": b"x"})

    def test_a_file_that_cannot_be_written_is_said_and_the_others_come(self):
        def small_files_only():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))

        with servers.Script(lambda path, headers, connection: reply(b"x" * int(path[1:]))) as server:
            urls = [f"{server.url}/{n}" for n in [1000, 3000000, 2000]]
            for engine in ENGINES:
                run = self.get("--engine", engine, *urls, preexec_fn=small_files_only)
                self.assertEqual(run.returncode, 1)
                self.assertIn(f"{urls[1]}: cannot write 3000000: File too large", run.stderr)
                self.assertEqual(sorted(self.saved()), ["1000", "2000"])

    def test_full_disks_and_read_only_folders(self):
        """In a name space of our own, where mounting is allowed."""
        mount = (
            'mount -t tmpfs -o size=64k none "$1" && cd "$1" && "$2" get "$3/200000" "$3/100"; echo "status $?";'
            'ls -A; mount -o remount,ro "$1"; "$2" get "$3/101"; echo "status $?"; ls -A'
        )
        with servers.Script(lambda path, headers, connection: reply(b"x" * int(path[1:]))) as server:
            command = ["unshare", "-m", "sh", "-c", mount, "sh", self.folder, TOOL, server.url]
            if os.getuid() != 0:
                command.insert(1, "-Ur")
            run = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        self.assertEqual([line for line in run.stdout.splitlines() if "downloaded" not in line],
                         ["status 1", "100", "status 1", "100"], run.stderr)
        self.assertIn(f"{server.url}/200000: cannot write 200000: No space left on device", run.stderr)
        self.assertIn(f"{server.url}/101: cannot create 101: Read-only file system", run.stderr)

    def test_two_runs_in_one_folder_do_not_meet(self):
        with servers.Script(lambda path, headers, connection: time.sleep(0.02) or reply(path.encode() * 999)) as server:
            runs = [
                subprocess.Popen([TOOL, "get", "-q", "-o", self.folder, "-j4",
                                  *[f"{server.url}/{k}-{i}" for i in range(40)]])
                for k in range(3)
            ]
            self.assertEqual([run.wait() for run in runs], [0, 0, 0])
        self.assertEqual(self.saved(), {f"{k}-{i}": f"/{k}-{i}".encode() * 999 for k in range(3) for i in range(40)})


if __name__ == "__main__":
    unittest.main()
