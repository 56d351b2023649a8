# SPDX-License-Identifier: MIT
"""cede get --compressed: what is written is what was meant, whole or not at all."""

import gzip
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import servers  # noqa: E402
from servers import reply  # noqa: E402

TOOL = os.environ["CEDE_TOOL"]
ENGINES = ["coroutines", "threads", "sequential"]
TEXT = b"".join(b"line %d of a text that repeats itself\n" % (i % 1000) for i in range(100000))


def sha256(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


class Compressed(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="cede-get-")))

    def get(self, *arguments, status=0):
        run = subprocess.run([TOOL, "get", "-o", self.folder, *arguments], capture_output=True, text=True, timeout=600,
                             check=False)
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run

    def saved(self):
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def serve(self, coding, body):
        return self.enterContext(servers.Script(lambda *_: reply(body, Content_Encoding=coding)))

    def test_what_nginx_compresses_is_as_it_was(self):
        with servers.nginx({"packed/a": TEXT, "packed/b": b"b" * 5000, "packed/small": b"small"}) as (url, _):
            names = ["a", "b", "small"]
            for engine in ENGINES:
                self.get("--compressed", "--engine", engine, *[f"{url}/packed/{name}" for name in names])
                self.assertEqual(self.saved(), {"a": TEXT, "b": b"b" * 5000, "small": b"small"})

    def test_counts_sums_and_rates_are_of_what_is_written(self):
        server = self.serve("gzip", gzip.compress(TEXT))
        run = self.get("--compressed", "--json", "--checksum", sha256(TEXT), server.url + "/x")
        self.assertEqual(json.loads(run.stdout.splitlines()[0])["bytes"], len(TEXT))
        self.assertEqual(server.asked[0][1]["accept-encoding"], "gzip, deflate, br, zstd")
        self.get("--compressed", "--limit-rate", "20M", server.url + "/x")
        self.get("--compressed", "--discard", server.url + "/x")
        self.assertEqual(self.saved(), {"x": TEXT})

    def test_without_the_option_bytes_are_saved_as_they_come(self):
        packed = gzip.compress(TEXT)
        server = self.serve("gzip", packed)
        self.get(server.url + "/x")
        self.assertNotIn("accept-encoding", server.asked[0][1])
        self.assertEqual(self.saved(), {"x": packed})

    def test_what_is_broken_is_said_and_leaves_nothing(self):
        packed = gzip.compress(TEXT)
        wrong = packed[:-4] + b"\0\0\0\0"
        bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
        zeros = b"".join([bomb.compress(bytes(1 << 20)) for _ in range(64)] + [bomb.flush()])
        cases = {
            "cut": (packed[: len(packed) // 2], "the body stops before its coding does: gzip"),
            "cut8": (packed[:-8], "the body stops before its coding does: gzip"),
            "long": (packed + b"more", "bytes follow the end of its coding: gzip"),
            "wrong": (wrong, "the body is no proper gzip: incorrect length check"),
            "none": (TEXT, "the body is no proper gzip: incorrect header check"),
            "bomb": (zeros, "it decodes to more than max_coding_ratio times what came"),
        }
        bodies = {"/" + name: reply(body, Content_Encoding="gzip") for name, (body, _) in cases.items()}
        bodies["/twice"] = reply(gzip.compress(packed), Content_Encoding="gzip, gzip")
        bodies["/other"] = reply(b"x", Content_Encoding="compress")
        bodies["/fine"] = reply(packed, Content_Encoding="gzip")
        server = self.enterContext(servers.Script(lambda path, *_: bodies[path]))
        for engine in ENGINES:
            run = self.get("-q", "--compressed", "--engine", engine, *[server.url + path for path in bodies], status=1)
            lines = run.stderr.splitlines()
            for name, (_, words) in cases.items():
                self.assertIn(f"{server.url}/{name}: {words}", lines)
            self.assertIn(f"{server.url}/twice: it is coded more than once", lines)
            self.assertIn(f"{server.url}/other: nobody asked for its coding, 'compress'", lines)
            self.assertEqual(len(lines), len(bodies) - 1, lines)
            self.assertEqual(self.saved(), {"fine": TEXT})

    def test_a_connection_that_breaks_off_is_told_from_a_coding_that_does(self):
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"
        packed = gzip.compress(TEXT)
        with servers.Raw({"/x": (head + packed[:-1], "close"), "/y": (reply(packed, Content_Encoding="gzip")[:-1], "close")}) as server:
            run = self.get("-q", "--compressed", server.url + "/x", server.url + "/y", status=1)
        self.assertIn("/x: the body stops before its coding does: gzip", run.stderr)
        self.assertIn("/y: the connection ended before the body did", run.stderr)
        self.assertEqual(self.saved(), {})

    def test_it_does_not_go_with_continue(self):
        run = self.get("--compressed", "--continue", "http://127.0.0.1:1/x", status=2)
        self.assertIn("--compressed cannot --continue", run.stderr)


if __name__ == "__main__":
    unittest.main()
