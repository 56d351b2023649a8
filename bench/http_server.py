"""http_server.py - the subjects of http.serve and http.idle: servers that answer every request with the same 13 bytes.

http.serve: wrk asks over 64 connections that stay open; what counts is the CPU time of the server's process a request.
http.idle: ten thousand connections ask once and stay open; what counts is what the server's process has grown by.
The server has one processor for itself and the client another, where there are two.
"""
# SPDX-License-Identifier: MIT
import contextlib
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import tempfile
import time

import benches

SECONDS = 3
CONNECTIONS = 64
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
BODY = b"Hello, world!"

NGINX = """
daemon off; master_process off; worker_rlimit_nofile {limit};
pid {root}/nginx.pid; error_log {root}/error.log;
events {{ worker_connections {limit}; }}
http {{
    access_log off; keepalive_requests 1000000000; keepalive_timeout 600;
    client_body_temp_path {root}/t1; proxy_temp_path {root}/t2; fastcgi_temp_path {root}/t3;
    uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        location / {{ default_type text/plain; return 200 "Hello, world!"; }}
    }}
}}
"""


def find_nginx():
    return shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/sbin")


def subjects(bench, build):
    servers = build / "bench" / "servers"
    found = [benches.Subject(name, [str(servers / name)], "" if (servers / name).exists() else "not built")
             for name in ("cede", "floor", "go")]
    found[2].missing = found[2].missing and "not installed"
    found.append(benches.Subject("nginx", [find_nginx() or ""], "" if find_nginx() else "not installed"))
    found.append(benches.python_subject("aiohttp", benches.HERE / "servers" / "aiohttp_server.py"))
    if bench.name == "http.serve" and not shutil.which("wrk"):
        for subject in found:
            subject.missing = "not installed"
    # The floor keeps nothing for a connection.
    return [subject for subject in found if bench.name == "http.serve" or subject.name != "floor"]


def pinned(command, processor):
    """The command on one processor of this process's own; the first and the last of them are used."""
    if not shutil.which("taskset"):
        return command
    return ["taskset", "-c", str(sorted(os.sched_getaffinity(0))[processor]), *command]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(subject):
    """The server of a subject, as long as the block runs; gives its process and its port."""
    with tempfile.TemporaryDirectory(prefix="cede-bench-") as folder:
        root = pathlib.Path(folder)
        command, port = subject.command, 0
        if subject.name == "nginx":
            port = free_port()
            limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            (root / "nginx.conf").write_text(NGINX.format(root=root, port=port, limit=limit))
            command = [*command, "-p", folder, "-c", root / "nginx.conf", "-e", root / "error.log"]
        program = subprocess.Popen(pinned(command, 0), stdout=subprocess.PIPE, text=True)
        try:
            port = port or int(program.stdout.readline())
            ask_when_ready(port)
            yield program, port
        finally:
            program.kill()
            program.wait()
            program.stdout.close()


def ask(connection):
    """One request on a connection; its reply must be whole."""
    connection.sendall(REQUEST)
    reply = b""
    while not reply.endswith(BODY):
        some = connection.recv(4096)
        if not some:
            raise ValueError(f"the server replied {reply!r}")
        reply += some


def ask_when_ready(port):
    for _ in range(500):
        with contextlib.suppress(ConnectionError):
            with socket.create_connection(("127.0.0.1", port), 5) as connection:
                ask(connection)
            return
        time.sleep(0.01)
    raise ValueError("the server does not answer")


def cpu_seconds(pid):
    """CPU time of all threads of a process so far."""
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def resident(pid):
    """Bytes a process holds in memory: resident pages and the page tables that map them."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return 1024 * sum(int(re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE).group(1)) for name in ("VmRSS", "VmPTE"))


def measure_serve(_, subject):
    """CPU microseconds of the server a request."""
    with running(subject) as (program, port):
        before = cpu_seconds(program.pid)
        wrk = ["wrk", f"-d{SECONDS}s", f"-c{CONNECTIONS}", "-t1", f"http://127.0.0.1:{port}/"]
        output = subprocess.run(pinned(wrk, -1), capture_output=True, text=True, check=True).stdout
        spent = cpu_seconds(program.pid) - before
    if "Non-2xx" in output or "Socket errors" in output:
        raise ValueError(output)
    return spent * 1e6 / int(re.search(r"(\d+) requests in", output).group(1))


def measure_idle(bench, subject):
    """What the server has grown by for each connection, in bytes."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if limit < bench.count + 100:
        raise ValueError(f"no more than {limit} descriptors are allowed here")
    before_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    with running(subject) as (program, port), contextlib.ExitStack() as connections:
        before = resident(program.pid)
        for _ in range(bench.count):
            ask(connections.enter_context(socket.create_connection(("127.0.0.1", port), 5)))
        grown = resident(program.pid) - before
    resource.setrlimit(resource.RLIMIT_NOFILE, before_limit)
    return grown / bench.count
