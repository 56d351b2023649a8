"""http_get.py - the subjects of http.get and http.get.large: programs that download from nginx, one worker, on tmpfs.

http.get: many files of 1 KiB, 32 at a time, each under a temporary name and renamed by those that do so; what counts is the CPU
time of the client, and its wall time and memory are shown beside, of the same runs. http.get.large: 20 files of 50 MiB that are
thrown away; what counts is the wall time. nginx has one processor for itself and the client another, where there are two.
"""
# SPDX-License-Identifier: MIT
import contextlib
import dataclasses
import os
import pathlib
import resource
import shutil
import socket
import subprocess
import tempfile
import time

import benches
from http_server import find_nginx, free_port, pinned

SIZE = 1024
LARGE = 50 * 1024 * 1024
TIME_LIMIT = 300

NGINX = """
daemon off; worker_processes 1; worker_rlimit_nofile {descriptors}; {user}
pid {root}/nginx.pid; error_log {root}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; keepalive_requests 1000000000; open_file_cache max={files} inactive=600s;
    client_body_temp_path {root}/t1; proxy_temp_path {root}/t2; fastcgi_temp_path {root}/t3;
    uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;
    server {{ listen 127.0.0.1:{port} backlog=1024; root {root}; location /large/ {{ sendfile on; }} location / {{ }} }}
}}
"""

COMMANDS = {
    "cede": ["get", "-q", "-j", "32", "-i", "{root}/list"],
    "curl": ["-Z", "--parallel-immediate", "--parallel-max", "32", "-s", "-K", "{root}/curl"],
    "aria2c": ["--quiet", "--no-conf", "--max-concurrent-downloads=32", "--file-allocation=none", "-i", "{root}/list"],
    "wget2": ["--quiet", "--no-config", "--max-threads=32", "-i", "{root}/list"],
}
LARGE_COMMANDS = {
    "cede": ["get", "-q", "--discard", "-j", "20", "-i", "{root}/list"],
    "curl": ["-Z", "--parallel-immediate", "-s", "-K", "{root}/curl"],
}


@dataclasses.dataclass
class Used:
    """What a run took."""
    cpu: float
    wall: float
    memory: float  # MiB, the most


def is_large(bench):
    return bench.name == "http.get.large"


def subjects(bench, build):
    found = []
    for name, arguments in (LARGE_COMMANDS if is_large(bench) else COMMANDS).items():
        program = str(build / "bin" / "cede") if name == "cede" else shutil.which(name) or name
        missing = "" if os.path.exists(program) else "not built" if name == "cede" else "not installed"
        found.append(benches.Subject(name, [program, *arguments], missing))
    if not find_nginx():
        for subject in found:
            subject.missing = "not installed"
    return found


def make_files(bench, root, port):
    """The files, and lists of them as each program reads them."""
    large = is_large(bench)
    folder = root / ("large" if large else "small")
    folder.mkdir()
    names = [f"{i:06}.bin" for i in range(bench.count)]
    for name in names:
        if large:
            with open(folder / name, "wb") as file:
                file.truncate(LARGE)
        else:
            (folder / name).write_bytes(name.encode() * 102 + b"1234")
    urls = [f"http://127.0.0.1:{port}/{folder.name}/{name}" for name in names]
    (root / "list").write_text("".join(url + "\n" for url in urls))
    with open(root / "curl", "w", encoding="ascii") as file:
        for url, name in zip(urls, names):
            file.write(f'url = "{url}"\noutput = "{"/dev/null" if large else name}"\n')


def wait_until_listening(port):
    for _ in range(500):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
            return
        time.sleep(0.01)
    raise ValueError("nginx does not start")


def configuration(root, port):
    """Files stay open in the server, as many as it may have: where it runs out of descriptors it answers 500."""
    descriptors = min(250_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    return NGINX.format(root=root, port=port, user="user root;" if os.getuid() == 0 else "", descriptors=descriptors,
                        files=descriptors - min(descriptors // 2, 2048))


@contextlib.contextmanager
def server(bench):
    """nginx with the files, as long as the block runs; gives the folder that holds all."""
    with tempfile.TemporaryDirectory(prefix="cede-bench-", dir="/dev/shm") as path:
        root = pathlib.Path(path)
        root.chmod(0o755)
        port = free_port()
        make_files(bench, root, port)
        (root / "nginx.conf").write_text(configuration(root, port))
        command = [find_nginx(), "-p", path, "-c", root / "nginx.conf", "-e", root / "error.log"]
        program = subprocess.Popen(pinned(command, 0))
        try:
            wait_until_listening(port)
            yield root
        finally:
            program.terminate()
            program.wait()


def most_memory(pid):
    """Of the program that runs there, in MiB. What wait4 gives counts what it was forked from."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status", encoding="ascii") as lines:
        for line in lines:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def run(command, folder):
    start = time.monotonic()
    process = subprocess.Popen(pinned(command, -1), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    memory = 0.0
    while True:
        found, status, usage = os.wait4(process.pid, os.WNOHANG)
        if found:
            break
        memory = max(memory, most_memory(process.pid))
        if time.monotonic() - start > TIME_LIMIT:
            process.kill()
        time.sleep(0.005)
    wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise ValueError(f"exit status {process.returncode}")
    return Used(usage.ru_utime + usage.ru_stime, wall, memory)


def measure(bench, subject, root):
    """One run into an empty folder, which must hold all the files afterwards."""
    command = [word.format(root=root) for word in subject.command]
    with tempfile.TemporaryDirectory(prefix="cede-bench-", dir="/dev/shm") as folder:
        used = run(command, folder)
        whole = sum(entry.stat().st_size == SIZE for entry in os.scandir(folder))
        if not is_large(bench) and whole != bench.count:
            raise ValueError(f"{whole} of {bench.count} files are whole")
    return used


def tables(bench, values):
    """What is reported of the runs: a benchmark for each table, and its values."""
    cpu, wall, memory = ({name: [getattr(used, what) for used in them] for name, them in values.items()}
                         for what in ("cpu", "wall", "memory"))
    if is_large(bench):
        return [(bench, wall)]
    beside = dataclasses.replace(bench, name="http.get.wall", what="wall time of the same runs",
                                 goal=benches.Goal(0.8, "curl"))
    resident = dataclasses.replace(bench, name="http.get.memory", what="memory of the same runs, the most", unit="MiB",
                                   goal=benches.Goal(1, "curl"))
    return [(bench, cpu), (beside, wall), (resident, memory)]
