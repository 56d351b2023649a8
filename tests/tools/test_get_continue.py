# SPDX-License-Identifier: MIT
"""What cede get leaves behind and goes on with: --continue, Ctrl-C, runs that are killed."""

import hashlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import get_killed  # noqa: E402
import servers  # noqa: E402
from servers import reply  # noqa: E402

TOOL = os.environ["CEDE_TOOL"]
BODY = bytes(range(256)) * 2000
DATES = {"Last_Modified": "Sun, 06 Nov 1994 08:49:37 GMT", "Date": "Mon, 07 Nov 1994 08:49:37 GMT"}


class Versions:
    """Answers with a body that breaks off while `cut` says where; serves ranges as told."""

    def __init__(self, body=BODY, cut=300000, ranges=True, **headers):
        self.body, self.cut, self.ranges, self.headers = body, cut, ranges, headers

    def validator(self):
        return self.headers.get("ETag") or self.headers.get("Last_Modified")

    def __call__(self, path, headers, connection):
        start = 0
        if self.ranges and "range" in headers and headers.get("if-range") == self.validator():
            start = int(headers["range"].removeprefix("bytes=").rstrip("-"))
        if start >= len(self.body):
            return reply(status="416 No", Content_Range=f"bytes */{len(self.body)}")
        extra = dict(self.headers)
        if start:
            extra["Content_Range"] = f"bytes {start}-{len(self.body) - 1}/{len(self.body)}"
        answer = reply(self.body[start:], "206 Part" if start else "200 OK", **extra)
        if self.cut:
            connection.sendall(answer[: len(answer) - len(self.body[start:]) + self.cut - start])
            return None
        return answer


class Continue(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="cede-get-")))

    def get(self, *arguments, status=0):
        run = subprocess.run([TOOL, "get", "-q", "-o", self.folder, *arguments], capture_output=True, text=True,
                             timeout=600, check=False)
        self.assertEqual(run.returncode, status, run.stderr)
        return run.stderr

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def broken_off(self, versions):
        """A run that breaks off, then the server as `versions` becomes; gives the server."""
        server = self.enterContext(servers.Script(versions))
        self.get("--continue", server.url + "/x", status=1)
        versions.cut = 0
        return server

    def whole(self, body=BODY):
        self.assertEqual(self.names(), ["x"])
        self.assertEqual((self.folder / "x").read_bytes(), body)

    def test_the_rest_is_asked_for_with_the_validator(self):
        for headers in [{"ETag": '"v1"'}, DATES]:
            versions = Versions(**headers)
            server = self.broken_off(versions)
            self.assertEqual(self.names(), [".x.part", ".x.part.from"])
            self.assertEqual((self.folder / ".x.part").read_bytes(), BODY[:300000])
            self.get("--continue", "--checksum", "sha256:" + hashlib.sha256(BODY).hexdigest(), server.url + "/x")
            self.assertEqual(server.asked[1][1]["range"], "bytes=300000-")
            self.assertEqual(server.asked[1][1]["if-range"], versions.validator())
            self.whole()
            (self.folder / "x").unlink()

    def test_a_try_goes_on_where_the_one_before_broke_off(self):
        versions = Versions(ETag='"v1"')

        def answer(path, headers, connection):
            result = versions(path, headers, connection)
            versions.cut = 400000 if versions.cut == 300000 else 0
            return result

        server = self.enterContext(servers.Script(answer))
        self.get("--continue", "--retries", "2", server.url + "/x")
        self.assertEqual([headers.get("range") for _, headers in server.asked], [None, "bytes=300000-", "bytes=400000-"])
        self.whole()

    def test_another_version_comes_whole(self):
        versions = Versions(ETag='"v1"')
        server = self.broken_off(versions)
        versions.headers, versions.body = {"ETag": '"v2"'}, b"new" * 1000
        self.get("--continue", server.url + "/x")
        self.whole(b"new" * 1000)

    def test_nothing_is_kept_without_a_strong_validator(self):
        late = {"Last_Modified": DATES["Date"], "Date": DATES["Date"]}
        for headers in [{}, {"ETag": 'W/"v1"'}, late, {"Last_Modified": DATES["Last_Modified"]}, {"ETag": ""}]:
            server = self.broken_off(Versions(**headers))
            self.assertEqual(self.names(), [], headers)
            self.get("--continue", server.url + "/x")
            self.assertNotIn("range", server.asked[1][1])
            self.whole()
            (self.folder / "x").unlink()

    def test_servers_that_answer_another_range_are_not_believed(self):
        for content_range, tag in [("bytes 0-5/9", '"v1"'), ("bytes 300001-5/9", '"v1"'), ("junk", '"v1"'),
                                   ("bytes 300000-511999/512000", '"v2"')]:
            versions = Versions(ETag='"v1"')
            server = self.broken_off(versions)
            good = versions.__call__

            def answer(path, headers, connection, good=good, content_range=content_range, tag=tag):
                if "range" in headers:
                    return reply(b"wrong!", "206 Part", Content_Range=content_range, ETag=tag)
                return good(path, headers, connection)

            server.answer = answer
            self.get("--continue", server.url + "/x")
            self.whole()
            (self.folder / "x").unlink()

    def test_a_part_that_is_whole_already_is_fetched_anew(self):
        versions = Versions(ETag='"v1"')
        server = self.broken_off(versions)
        (self.folder / ".x.part").write_bytes(BODY)
        self.get("--continue", server.url + "/x")
        self.whole()

    def test_what_is_beside_a_part_is_not_trusted_if_it_is_not_ours(self):
        for change in [lambda text: b"", lambda text: text[:-1], lambda text: b"z" + text[1:], lambda text: text * 9,
                       lambda text: text[:65] + b"\n", lambda text: b"\0" * 400]:
            server = self.broken_off(Versions(ETag='"v1"'))
            beside = self.folder / ".x.part.from"
            beside.write_bytes(change(beside.read_bytes()))
            self.get("--continue", server.url + "/x")
            self.assertNotIn("range", server.asked[1][1])
            self.whole()
            (self.folder / "x").unlink()

    def test_a_part_of_another_url_is_not_gone_on_with(self):
        server = self.broken_off(Versions(ETag='"v1"'))
        self.get("--continue", server.url + "/other/x")
        self.assertNotIn("range", server.asked[1][1])
        self.whole()

    def test_a_wrong_sum_leaves_nothing(self):
        server = self.broken_off(Versions(ETag='"v1"'))
        err = self.get("--continue", "--checksum", "sha256:" + "0" * 64, server.url + "/x", status=1)
        self.assertIn("wrong contents", err)
        self.assertEqual(self.names(), [])

    def test_ctrl_c_keeps_what_can_be_continued(self):
        head = b"HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 1000000\r\n\r\n"
        with servers.Raw({"/x": (head + b"x" * 300000,), "/y": (head.replace(b"ETag", b"Tag") + b"y",)}) as server:
            command = [TOOL, "get", "-o", self.folder, "--continue", server.url + "/x", server.url + "/y"]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
                while ".x.part" not in self.names() or (self.folder / ".x.part").stat().st_size < 300000:
                    pass
                run.send_signal(signal.SIGINT)
                out, err = run.communicate(timeout=600)
        self.assertEqual(run.returncode, 130)
        self.assertEqual(self.names(), [".x.part", ".x.part.from"])
        self.assertIn("interrupted, 2 of 2 not tried to the end", err)
        self.assertIn("0 files downloaded", out)

    def again(self, server, *arguments):
        """A second run; gives the headers of what it asked for."""
        n = len(server.asked)
        run = subprocess.run([TOOL, "get", "-v", "-o", self.folder, "--continue", *arguments, server.url + "/x"],
                             capture_output=True, text=True, timeout=600, check=True)
        return [headers for _, headers in server.asked[n:]], run.stdout + run.stderr

    def test_what_is_complete_is_not_fetched_again(self):
        versions = Versions(cut=0, **DATES)
        server = self.enterContext(servers.Script(versions))
        self.get("--continue", server.url + "/x")
        asked, out = self.again(server)
        self.assertEqual([headers.get("range") for headers in asked], [f"bytes={len(BODY)}-"])
        self.assertEqual(asked[0]["if-range"], DATES["Last_Modified"])
        self.assertIn("/x: x is complete\n", out)
        self.assertIn("0 files downloaded", out)
        self.assertIn("1 complete already", out)
        self.whole()

    def test_what_a_killed_run_left_beside_a_complete_file_goes(self):
        server = self.enterContext(servers.Script(Versions(cut=0, **DATES)))
        self.get("--continue", server.url + "/x")
        for name in [".x.part", ".x.part.from"]:
            (self.folder / name).write_text("old")
        _, out = self.again(server)
        self.assertIn("1 complete already", out)
        self.assertEqual(self.names(), ["x"])
        self.whole()

    def test_what_is_complete_but_of_another_version_comes_anew(self):
        changes = [
            lambda versions: versions.headers.update(Last_Modified="Sun, 06 Nov 1994 08:49:38 GMT"),
            lambda versions: setattr(versions, "body", BODY + b"more"),
            lambda versions: setattr(versions, "body", BODY[:-1]),
            lambda versions: versions.headers.pop("Last_Modified"),
            lambda versions: setattr(versions, "ranges", False),
        ]
        for change in changes:
            versions = Versions(cut=0, **DATES)
            server = self.enterContext(servers.Script(versions))
            self.get("--continue", server.url + "/x")
            change(versions)
            _, out = self.again(server)
            self.assertIn("1 file downloaded", out)
            self.whole(versions.body)

    def test_what_has_no_time_of_the_servers_is_not_asked_about(self):
        late = {"Last_Modified": DATES["Date"], "Date": DATES["Date"]}
        for headers in [{"ETag": '"v1"'}, late, {}]:
            server = self.enterContext(servers.Script(Versions(cut=0, **headers)))
            self.get("--continue", server.url + "/x")
            asked, _ = self.again(server)
            self.assertEqual([headers.get("range") for headers in asked], [None])
            self.whole()

    def test_a_sum_says_what_is_complete(self):
        server = self.enterContext(servers.Script(Versions(cut=0)))
        right = "sha256:" + hashlib.sha256(BODY).hexdigest()
        (self.folder / "x").write_bytes(BODY)
        asked, out = self.again(server, "--checksum", right)
        self.assertEqual(asked, [])
        self.assertIn("1 complete already", out)
        (self.folder / "x").write_bytes(b"x" * len(BODY))
        asked, out = self.again(server, "--checksum", right)
        self.assertEqual([headers.get("range") for headers in asked], [None])
        self.whole()

    def test_without_continue_all_comes_anew(self):
        server = self.enterContext(servers.Script(Versions(cut=0, **DATES)))
        for _ in range(2):
            self.get(server.url + "/x")
        self.assertNotIn("range", server.asked[1][1])

    def test_real_servers_say_what_is_complete(self):
        files = {"a": BODY, "b": b"small", "empty": b""}

        def old(root):
            for name in files:
                os.utime(root / name, (784111777, 784111777))

        def check(url):
            command = [TOOL, "get", "--continue", "-o", self.folder, *[f"{url}/{name}" for name in files]]
            for words in ["3 files downloaded", "1 file downloaded"]:
                run = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
                self.assertIn(words, run.stdout, run.stderr)
            self.assertIn("2 complete already", run.stdout)
            for name, content in files.items():
                self.assertEqual((self.folder / name).read_bytes(), content)
                self.assertEqual((self.folder / name).stat().st_mtime, 784111777)
                (self.folder / name).unlink()

        with servers.nginx(files) as (url, root):
            old(root / "files")
            check(url)
        root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name, content in files.items():
            (root / name).write_bytes(content)
        old(root)
        with subprocess.Popen([TOOL, "serve", "--port", "0", root], stdout=subprocess.PIPE, text=True) as server:
            try:
                check(server.stdout.readline().split()[-1].rstrip("/"))
            finally:
                server.terminate()

    def test_an_ignored_ctrl_c_is_ignored(self):
        body = reply(b"y" * 1000)
        with servers.Raw({"/x": (body[:-500],)}) as server:
            with subprocess.Popen([TOOL, "get", "-q", "-o", self.folder, server.url + "/x"],
                                  preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) as run:
                server.arrived.acquire()
                run.send_signal(signal.SIGINT)
                server.connections[0].sendall(body[-500:])
                try:
                    self.assertEqual(run.wait(600), 0)
                finally:
                    run.kill()
        self.whole(b"y" * 1000)

    def test_the_next_run_sweeps_what_a_killed_one_left(self):
        for name in [".cede-0.part", ".cede-77.part", f".cede-{2**22 + 1}-3.part"]:
            (self.folder / name).write_text("half")
        others = [".cede-x.part", ".cede-1.part.from", f".cede-{os.getpid()}-0.part", ".y.part"]
        for name in others:
            (self.folder / name).write_text("not ours")
        server = self.enterContext(servers.Script(Versions(cut=0)))
        self.get(server.url + "/x")
        self.assertEqual(self.names(), sorted([*others, "x"]))

    def test_killed_at_any_moment_and_run_again_all_is_right(self):
        get_killed.kill_and_run_again(6, seed=1)


if __name__ == "__main__":
    unittest.main()
