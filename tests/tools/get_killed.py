# SPDX-License-Identifier: MIT
"""A run of cede get that is killed at a random moment, and run again, as often as asked."""

import os
import pathlib
import random
import subprocess
import tempfile
import time

import servers

TOOL = os.environ["CEDE_TOOL"]


def files():
    """Many small ones, and some that take longer than the others."""
    found = {f"small/{i:03}.bin": bytes([i]) * (50 * i) for i in range(60)}
    return found | {f"big/{i}.bin": bytes([i, 7, i]) * 700_000 for i in range(4)}


def check(folder, expected, whole):
    """No file is half at any moment; `whole`: all are there, and nothing else."""
    found = {path.name: path for path in folder.iterdir()}
    for name, path in found.items():
        if not name.startswith("."):
            assert path.read_bytes() == expected[name], f"{name} is half"
    assert not whole or sorted(found) == sorted(expected), sorted(found)


def kill_and_run_again(times, seed):
    chance = random.Random(seed)
    content = files()
    expected = {os.path.basename(name): body for name, body in content.items()}
    with servers.nginx(content) as (base, _):
        urls = "\n".join(f"{base}/{name}" for name in content)
        for _ in range(times):
            options = chance.choice([[], ["--continue"]])
            options += ["--engine", chance.choice(["coroutines", "threads"]), "-j", str(chance.choice([1, 4, 16]))]
            with tempfile.TemporaryDirectory(prefix="cede-get-") as path:
                folder = pathlib.Path(path)
                command = [TOOL, "get", "-q", "-i", "-", "-o", folder, *options]
                for _ in range(chance.choice([1, 3])):
                    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as run:
                        run.stdin.write(urls)
                        run.stdin.close()
                        time.sleep(chance.random() * 0.12)
                        run.kill()
                    check(folder, expected, whole=False)
                subprocess.run(command, input=urls, text=True, check=True, timeout=600)
                check(folder, expected, whole=True)
