# SPDX-License-Identifier: MIT
"""cede get, from outside: against nginx, and against a server that breaks off."""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import servers  # noqa: E402

TOOL = os.environ["CEDE_TOOL"]
ENGINES = ["coroutines", "threads", "sequential"]
FILES = {f"flags/{i:03}.bin": bytes([i % 251]) * (37 * i + i**2) for i in range(200)}
FILES["big.bin"] = bytes(range(256)) * 12000
FILES["dir/flag.png"] = b"one"
FILES["other/flag.png"] = b"two"
FILES["third/flag.png"] = b"three"
FILES["empty.txt"] = b""
FILES["index.html"] = b"<p>home"


class Get(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base, _ = cls.enterClassContext(servers.nginx(FILES))

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="cede-get-")))

    def get(self, *arguments, status=0, stdin=None):
        """Runs `cede get`; gives (lines of output, lines of errors)."""
        run = subprocess.run(
            [TOOL, "get", "-o", self.folder, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stdout.splitlines(), run.stderr.splitlines()

    def saved(self):
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def test_a_file_is_saved_under_the_end_of_its_path(self):
        out, _ = self.get(f"{self.base}/flags/003.bin?size=1#top")
        self.assertEqual(self.saved(), {"003.bin": FILES["flags/003.bin"]})
        self.assertRegex(out[-1], r"^1 file downloaded in \d+\.\d\ds \(120 B, 0 not found, 0 errors\)$")

    def test_the_engines_have_the_same_results(self):
        urls = [f"{self.base}/{name}" for name in FILES if name.startswith("flags/")]
        urls += [f"{self.base}/missing{i}.bin" for i in range(5)] + [f"{self.base}/big.bin"]
        results = {}
        for engine in ENGINES:
            out, err = self.get("--engine", engine, "-j", "20", *urls, status=1)
            results[engine] = (self.saved(), re.sub(r"in \S+s", "", out[-1]), sorted(err))
            for path in self.folder.iterdir():
                path.unlink()
        for engine in ENGINES:
            files, line, errors = results[engine]
            self.assertEqual(len(files), 201, engine)
            self.assertEqual(files["199.bin"], FILES["flags/199.bin"])
            self.assertEqual(files["big.bin"], FILES["big.bin"])
            self.assertTrue(files == results["sequential"][0])
            self.assertEqual(line, "201 files downloaded  (6.2 MiB, 5 not found, 0 errors)")
            self.assertEqual(
                [line for line in errors if "missing" in line],
                [f"{self.base}/missing{i}.bin: 404 Not Found" for i in range(5)],
            )

    def test_names_that_are_equal_get_numbers(self):
        self.get(*[f"{self.base}/{name}/flag.png" for name in ["dir", "other", "third"]])
        self.assertEqual(self.saved(), {"flag.png": b"one", "flag-2.png": b"two", "flag-3.png": b"three"})

    def test_names_are_harmless(self):
        asked = {
            "": "index.html",
            "/": "index.html",
            "/a/": "index-2.html",
            "/a%2Fb": "a_b",
            "/..%2f..%2fetc%2fpasswd": "_._.._etc_passwd",
            "/%2e%2e": "_.",
            "/.hidden": "_hidden",
            "/a%00b%0ac%1b[2J": "a_b_c_[2J",
            "/%c3%a9.txt": "é.txt",
            "/%ff%fe": "__",
            "/%c2%9b31m": "__31m",
            "/" + "n" * 300 + ".tar": "n" * 176 + ".tar",
        }
        answers = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

        class Any(dict):
            def __missing__(self, key):
                return (answers,)

        with servers.Raw(Any()) as server:
            self.get("-j1", *[server.url + path for path in asked])
        names = sorted(self.saved())
        self.assertEqual(len(names), len(asked))
        self.assertLessEqual({"é.txt", "a_b", "_hidden", "a_b_c_[2J", "__", "n" * 176 + ".tar"}, set(names))
        for name in names:
            self.assertFalse(name.startswith("."), name)
            self.assertNotRegex(name, "[\x00-\x1f\x7f-\x9f]")

    def test_a_file_that_is_there_is_replaced(self):
        (self.folder / "empty.txt").write_text("old")
        self.get(f"{self.base}/empty.txt")
        self.assertEqual(self.saved(), {"empty.txt": b""})

    def test_each_failure_is_a_line_with_its_reason(self):
        closed = servers.free_port()
        _, err = self.get(
            f"{self.base}/nowhere",
            f"{self.base}/gone",
            f"{self.base}/denied",
            f"{self.base}/loop",
            f"http://127.0.0.1:{closed}/x",
            "ftp://127.0.0.1/x",
            "http://no-such-host.invalid/x",
            f"{self.base}/empty.txt",
            status=1,
        )
        text = "\n".join(err)
        for line in [
            f"{self.base}/nowhere: 404 Not Found",
            f"{self.base}/gone: 410 Gone",
            f"{self.base}/denied: 403 Forbidden",
            f"{self.base}/loop: redirected more than 10 times, now to {self.base}/loop",
            f"http://127.0.0.1:{closed}/x: Connection refused",
            "ftp://127.0.0.1/x: neither http nor https",
        ]:
            self.assertIn(line, err)
        self.assertRegex(text, r"(?m)^http://no-such-host.invalid/x: no-such-host.invalid: .+$")
        self.assertEqual(list(self.saved()), ["empty.txt"])

    def test_the_counts_at_the_end(self):
        out, _ = self.get(
            f"{self.base}/nowhere", f"{self.base}/gone", f"{self.base}/denied", f"{self.base}/empty.txt", status=1
        )
        self.assertRegex(out[-1], r"^1 file downloaded in \d+\.\d\ds \(0 B, 2 not found, 1 error\)$")

    def test_redirects_are_followed_and_the_name_stays(self):
        self.get(f"{self.base}/moved/flags/007.bin")
        self.assertEqual(self.saved(), {"007.bin": FILES["flags/007.bin"]})

    def test_urls_come_from_a_file_or_from_standard_input(self):
        text = f"# flags\n{self.base}/flags/001.bin\r\n\n  {self.base}/flags/002.bin  \n"
        listing = self.folder / "list"
        listing.write_text(text)
        self.get("-i", listing)
        self.get("-i", "-", f"{self.base}/empty.txt", stdin=text.replace("001", "011"))
        self.assertEqual(sorted(self.saved()), ["001.bin", "002.bin", "011.bin", "empty.txt", "list"])

    def test_quiet_and_verbose(self):
        out, err = self.get("-q", f"{self.base}/flags/003.bin")
        self.assertEqual((out, err), ([], []))
        out, err = self.get("-q", f"{self.base}/nowhere", status=1)
        self.assertEqual((out, err), ([], [f"{self.base}/nowhere: 404 Not Found"]))
        _, err = self.get("-v", f"{self.base}/flags/003.bin")
        self.assertIn(f"{self.base}/flags/003.bin: saved 003.bin (120 B)", err)

    def test_a_body_that_breaks_off_leaves_no_file(self):
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
        with servers.Raw({"/cut": (head + b"x" * 400000, "close")}) as server:
            for engine in ENGINES:
                _, err = self.get("--engine", engine, server.url + "/cut", status=1)
                self.assertIn(f"{server.url}/cut: the connection ended before the body did", err)
        self.assertEqual(self.saved(), {})

    def test_a_file_that_does_not_come_in_time_is_given_up(self):
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
        done = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        with servers.Raw({"/mute": (b"",), "/half": (head + b"x" * 1000,), "/done": (done,)}) as server:
            for engine in ["coroutines", "threads"]:
                urls = [server.url + path for path in ["/mute", "/half", "/done"]]
                _, err = self.get("--engine", engine, "--timeout", "4", *urls, status=1)
                for path in ["/mute", "/half"]:
                    self.assertIn(f"{server.url}{path}: did not come within 4 s", err)
                self.assertEqual(self.saved(), {"done": b"ok"})

    def test_a_folder_that_cannot_be_written_to_is_said(self):
        target = self.folder / "file"
        target.write_text("")
        run = subprocess.run(
            [TOOL, "get", "-o", target, f"{self.base}/empty.txt"], capture_output=True, text=True, check=False
        )
        self.assertEqual(run.returncode, 1)
        self.assertIn("Not a directory", run.stderr)

    def test_usage(self):
        for arguments in [[], ["--nonsense"], ["-j", "0", "x"], ["-j", "many", "x"], ["--engine", "steam", "x"]]:
            _, err = self.get(*arguments, status=2)
            self.assertTrue(err, arguments)
        out, _ = self.get("--help")
        self.assertTrue(out[0].startswith("usage: cede get"))
        self.get("-i", self.folder / "none", status=1)

    def test_ctrl_c_leaves_no_half_file_and_prints_the_counts(self):
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
        answers = {f"/{i}": (head + b"x" * 300000,) for i in range(10)}
        answers["/done"] = (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",)
        for engine in ENGINES:
            with servers.Raw(answers) as server:
                urls = [server.url + path for path in ["/done", *sorted(answers)[:10]]]
                command = [TOOL, "get", "-o", self.folder, "--engine", engine, "-j", "4", *urls]
                with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
                    for _ in range(2 if engine == "sequential" else 4):
                        self.assertTrue(server.arrived.acquire(timeout=600))
                    self.wait_for_files(run.pid)
                    run.send_signal(signal.SIGINT)
                    out, err = run.communicate(timeout=600)
            self.assertEqual(run.returncode, 130, (engine, err))
            self.assertEqual(self.saved(), {"done": b"ok"}, engine)
            self.assertRegex(out, r"(?m)^1 file downloaded in \S+s \(2 B, 0 not found, 0 errors\)$")
            self.assertIn("interrupted, 10 of 11 not tried to the end", err)
            (self.folder / "done").unlink()

    def wait_for_files(self, pid):
        """Until a whole file is there, and a half one, which need not have a name, so that it can be missing afterwards."""
        while not (self.folder / "done").exists() or not self.is_open(pid):
            pass

    def is_open(self, pid):
        for number in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{pid}/fd/{number}").startswith(f"{self.folder}/"):
                    return True
        return False


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base, cls.root = cls.enterClassContext(servers.nginx({"flag": b"secret"}, tls=True))

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="cede-get-")))

    def get(self, *arguments):
        command = [TOOL, "get", "-q", "-o", self.folder, *arguments, self.base + "/flag"]
        return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)

    def test_a_certificate_nobody_vouches_for_is_refused(self):
        run = self.get()
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stderr, r"/flag: SSL certificate problem: self.signed certificate")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_certificates_are_trusted_when_named(self):
        self.assertEqual(self.get("--cacert", self.root / "cert.pem").returncode, 0)
        self.assertEqual((self.folder / "flag").read_bytes(), b"secret")

    def test_certificates_are_not_checked_when_asked(self):
        self.assertEqual(self.get("--insecure").returncode, 0)

    def test_plain_http_to_it_is_an_error_status(self):
        run = subprocess.run(
            [TOOL, "get", "-q", "-o", self.folder, self.base.replace("https", "http") + "/flag"],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        self.assertIn("400 Bad Request", run.stderr)


if __name__ == "__main__":
    unittest.main()
