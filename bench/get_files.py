"""get_files.py - the subjects of get.files: programs that download files from a server that waits before each answer."""
# SPDX-License-Identifier: MIT
import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

import benches

DELAY_MS = 250
SIZE = 2048

# How each is asked for twenty files at once. curl is left at its defaults but for -Z.
COMMANDS = {
    "curl": ["curl", "--silent", "--parallel", "--remote-name-all"],
    "aria2c": ["aria2c", "--quiet", "--no-conf", "--force-sequential", "--max-concurrent-downloads=20"],
    "wget2": ["wget2", "--quiet", "--no-config", "--max-threads=20"],
}


def subjects(build):
    cede = build / "bin" / "cede"
    found = [benches.Subject("cede", [str(cede), "get", "-q"], "" if cede.exists() else "not built")]
    for name, command in COMMANDS.items():
        found.append(benches.Subject(name, command, "" if shutil.which(command[0]) else "not installed"))
    source = benches.HERE / "peers" / "aiohttp" / "get_files.py"
    found.append(benches.python_subject("aiohttp", source))
    return found


@contextlib.contextmanager
def server(build):
    """support/file_server.c, as long as the block runs; gives its port."""
    program = subprocess.Popen([build / "bench" / "file_server" / "file_server", str(DELAY_MS), str(SIZE)],
                               stdout=subprocess.PIPE, text=True)
    try:
        yield int(program.stdout.readline())
    finally:
        program.terminate()
        program.wait()


@contextlib.contextmanager
def folder(count):
    """An empty folder to download into; afterwards it must hold `count` whole files."""
    with tempfile.TemporaryDirectory(prefix="cede-bench-") as path:
        yield path
        sizes = [os.path.getsize(file) for file in pathlib.Path(path).iterdir()]
        if sizes != [SIZE] * count:
            raise ValueError(f"{len(sizes)} files came, {sizes.count(SIZE)} of them whole")


def urls(port, count):
    return [f"http://127.0.0.1:{port}/flag{i:02}.gif" for i in range(count)]
