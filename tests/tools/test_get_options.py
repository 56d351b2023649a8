# SPDX-License-Identifier: MIT
"""The options of cede get, from outside: what is asked for, what is said, and what becomes of failures."""

import hashlib
import json
import os
import pathlib
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


def sha256(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


class Options(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="cede-get-")))

    def serve(self, answer):
        return self.enterContext(servers.Script(answer))

    def get(self, *arguments, status=0, stdin=None):
        """Runs `cede get`; gives (lines of output, lines of errors)."""
        run = subprocess.run([TOOL, "get", "-o", self.folder, *arguments], input=stdin, capture_output=True,
                             text=True, timeout=600, check=False)
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stdout.splitlines(), run.stderr.splitlines()

    def saved(self):
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def test_a_list_gives_names_and_sums(self):
        server = self.serve(lambda path, headers, connection: reply(path.encode()))
        lines = [
            f'{server.url}/a "one name.txt" {sha256(b"/a")}',
            f"{server.url}/b two.txt",
            f"{server.url}/c {sha256(b'/c').upper().replace('SHA256', 'sha256')}",
            f"{server.url}/other/two.txt",
            f"{server.url}/d two.txt",
            f"{server.url}/wrong {sha256(b'something else')}",
            f"{server.url}/e ../escape",
            f"{server.url}/f .hidden",
            f"{server.url}/g sha256:12",
            f"{server.url}/h one two",
            f'{server.url}/i "open',
        ]
        _, err = self.get("-i", "-", stdin="\n".join(lines), status=1)
        self.assertEqual(self.saved(), {
            "one name.txt": b"/a", "two.txt": b"/b", "c": b"/c", "two-2.txt": b"/d", "two-3.txt": b"/other/two.txt"})
        for line in [
            f"{server.url}/wrong: wrong contents: its sum is {sha256(b'/wrong')}",
            f"{server.url}/e: a name holds no slash",
            f"{server.url}/f: a name begins with no dot",
            f"{server.url}/g: sha256: takes 64 hexadecimal digits",
            f"{server.url}/h: a line is a URL, a name and a sum",
            f"{server.url}/i: a quote does not end",
        ]:
            self.assertIn(line, err)

    def test_a_sum_is_checked_for_every_way_a_body_goes(self):
        body = bytes(range(256)) * 5000
        server = self.serve(lambda path, headers, connection: reply(body))
        for options in [[], ["--discard"], ["--limit-rate", "20M"]]:
            self.get("--checksum", sha256(body), *options, server.url + "/x")
            self.get("--checksum", sha256(b"other"), *options, server.url + "/y", status=1)
        self.assertEqual(list(self.saved()), ["x"])

    def test_discard_keeps_nothing(self):
        server = self.serve(lambda path, headers, connection: reply(b"x" * 1000000))
        missing = self.folder / "missing"
        out, _ = self.get("-o", missing, "--discard", server.url + "/a", server.url + "/b")
        self.assertIn("2 files downloaded", out[-1])
        self.assertFalse(missing.exists())

    def test_json_is_a_line_a_file(self):
        server = self.serve(lambda path, headers, connection: reply(b"12345") if path == '/a"b' else
                            reply(status="404 Not Found") if path == "/none" else None)
        urls = [server.url + '/a"b', server.url + "/none", server.url + "/cut", "nonsense"]
        out, err = self.get("--json", "-j1", *urls, status=1)
        lines = [json.loads(line) for line in out]
        self.assertEqual([line["url"] for line in lines], urls)
        for line in lines:
            self.assertEqual(list(line), ["url", "path", "status", "bytes", "seconds", "attempts", "error"])
            self.assertGreaterEqual(line["seconds"], 0)
        facts = [[line[key] for key in ["path", "status", "bytes", "attempts", "error"]] for line in lines]
        self.assertEqual(facts[0], [f'{self.folder}/a"b', 200, 5, 1, None])
        self.assertEqual(facts[1], [None, 404, 0, 1, "404 Not Found"])
        self.assertEqual(facts[2], [None, None, 0, 1, "the connection ended without an answer"])
        self.assertEqual(facts[3][:4], [None, None, 0, 1])
        self.assertIn("1 file downloaded", err[-1])

    def test_what_may_pass_is_tried_again(self):
        seen = {}

        def answer(path, headers, connection):
            seen[path] = seen.get(path, 0) + 1
            if seen[path] > 2:
                return reply(b"at last")
            if path == "/cut":
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nat ")
                return None
            return None if path == "/drop" else reply(status=path[1:] + " No")

        server = self.serve(answer)
        good = ["/cut", "/drop", "/408", "/429", "/500", "/502", "/503", "/504"]
        bad = ["/400", "/403", "/404", "/501"]
        out, _ = self.get("--json", "--retries", "2", *[server.url + path for path in good + bad], status=1)
        lines = {json.loads(line)["url"].removeprefix(server.url): json.loads(line) for line in out}
        for path in good:
            # A connection that was used before and gives nothing may just be stale: libcurl asks again by itself.
            self.assertIn(lines[path]["attempts"], [2, 3] if path == "/drop" else [3], path)
            self.assertIsNone(lines[path]["error"], path)
        for path in bad:
            self.assertEqual(lines[path]["attempts"], 1, path)
        self.assertEqual(set(self.saved().values()), {b"at last"})

    def test_retry_after_is_obeyed(self):
        times = []

        def answer(path, headers, connection):
            times.append(time.monotonic())
            return reply(b"ok") if len(times) > 1 else reply(status="503 Busy", Retry_After=2)

        server = self.serve(answer)
        self.get("--retries", "1", server.url + "/x")
        self.assertGreaterEqual(times[1] - times[0], 2)

        server = self.serve(lambda path, headers, connection: reply(status="429 Later", Retry_After=86400))
        self.get("--retries", "1", server.url + "/x", status=1)
        self.assertEqual(len(server.asked), 1)  # nobody waits a day

    def test_fail_fast_stops_all(self):
        def answer(path, headers, connection):
            if path == "/bad":
                return reply(status="404 Not Found")
            time.sleep(300)
            return reply(b"late")

        for engine in ["coroutines", "threads"]:
            server = self.serve(answer)
            urls = [f"{server.url}/{i}" for i in range(3)] + [server.url + "/bad"]
            begun = time.monotonic()
            _, err = self.get("--fail-fast", "--engine", engine, *urls, status=1)
            self.assertLess(time.monotonic() - begun, 150)
            self.assertIn("cede get: stopped at a failure, 3 of 4 not tried to the end", err)
            self.assertEqual(self.saved(), {})

    def test_no_host_is_asked_by_more_than_per_host(self):
        now = [0]
        most = [0]

        def answer(path, headers, connection):
            now[0] += 1
            most[0] = max(most[0], now[0])
            time.sleep(0.02)
            now[0] -= 1
            return reply(b"x")

        one, two = self.serve(answer), self.serve(lambda path, headers, connection: reply(b"y"))
        listing = "\n".join([f"{one.url}/a{i}" for i in range(20)] + [f"{two.url}/b{i}" for i in range(20)])
        for engine in ENGINES:
            self.get("-i", "-", "--per-host", "2", "--engine", engine, stdin=listing)
            self.assertEqual(len(self.saved()), 40)
        self.assertEqual(most, [2])

    def test_redirects_are_bounded(self):
        server = self.serve(lambda path, headers, connection: reply(b"end") if path == "/0" else
                            reply(status="302 On", Location="/" + str(int(path[1:]) - 1)))
        self.get("--max-redirs", "3", server.url + "/3")
        _, err = self.get("--max-redirs", "3", server.url + "/4", status=1)
        self.assertIn("redirected more than 3 times", err[0])
        _, err = self.get("--max-redirs", "0", server.url + "/1", status=1)
        self.assertIn(f"{server.url}/1: 302 On", err)
        self.assertEqual(self.saved(), {"3": b"end"})

    def test_headers_are_sent(self):
        server = self.serve(lambda path, headers, connection: reply(b"x"))
        self.get("--header", "X-One: 1", "--header", "User-Agent: me", server.url + "/x")
        self.assertEqual((server.asked[0][1]["x-one"], server.asked[0][1]["user-agent"]), ("1", "me"))
        self.get("--header", "nonsense", "x", status=2)

    def test_a_proxy_is_asked(self):
        server = self.serve(lambda path, headers, connection: reply(path.encode()))
        self.get("--proxy", server.url, "http://far.invalid/file")
        self.assertEqual(self.saved(), {"file": b"http://far.invalid/file"})

    def test_the_rate_is_kept(self):
        server = self.serve(lambda path, headers, connection: reply(b"x" * 100000))
        for engine in ["coroutines", "threads"]:
            begun = time.monotonic()
            self.get("--limit-rate", "200k", "--engine", engine, server.url + "/a", server.url + "/b")
            self.assertGreaterEqual(time.monotonic() - begun, 200000 / (200 * 1024) * 0.95)

    def test_connecting_has_a_limit(self):
        server = self.serve(lambda path, headers, connection: b"")
        url = server.url.replace("http:", "https:")
        begun = time.monotonic()
        self.get("--connect-timeout", "0.2", url, status=1)
        self.assertLess(time.monotonic() - begun, 100)

    def test_the_command_line_makes_sense_or_is_refused(self):
        for arguments in [
            ["--checksum", "md5:12", "x"],
            ["--checksum", sha256(b""), "x", "y"],
            ["--discard", "--continue", "x"],
            ["--limit-rate", "0", "x"],
            ["--limit-rate", "3q", "x"],
            ["--timeout", "0", "x"],
            ["--per-host", "-1", "x"],
            ["--retries", "no", "x"],
            ["--max-redirs", "-1", "x"],
        ]:
            _, err = self.get(*arguments, status=2)
            self.assertEqual(len(err), 1, arguments)


if __name__ == "__main__":
    unittest.main()
