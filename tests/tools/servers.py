# SPDX-License-Identifier: MIT
"""Servers that the programs are tested against: nginx with a configuration of its own, and one that speaks bytes"""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time

NGINX = """
daemon off;
pid {root}/nginx.pid;
error_log {root}/error.log;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    default_type application/octet-stream;
    client_body_temp_path {root}/t1; proxy_temp_path {root}/t2; fastcgi_temp_path {root}/t3;
    uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;
    server {{
        listen 127.0.0.1:{port};
        {tls}
        root {root}/files;
        location /moved/ {{ rewrite ^/moved/(.*)$ /$1 redirect; }}
        location /packed/ {{ gzip on; gzip_types *; gzip_min_length 100; }}
        location /loop {{ return 302 /loop; }}
        location /gone {{ return 410; }}
        location /denied {{ return 403; }}
    }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def find_nginx():
    return shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/sbin")


def make_certificate(root, name="127.0.0.1"):
    """A certificate of our own for a name, and its key."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=" + name]
    command += ["-addext", f"subjectAltName={'IP' if name[0].isdigit() else 'DNS'}:{name}", "-keyout", root / "key.pem", "-out", root / "cert.pem"]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return f"ssl_certificate {root}/cert.pem; ssl_certificate_key {root}/key.pem;"


@contextlib.contextmanager
def nginx(files, tls=False):
    """nginx serving `files`, name to bytes, on a free port, as long as the block runs; gives (base URL, its folder)."""
    with tempfile.TemporaryDirectory(prefix="cede-nginx-") as folder:
        root = pathlib.Path(folder)
        os.chmod(root, 0o755)  # its worker may be another user
        for name, content in files.items():
            path = root / "files" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        lines = make_certificate(root) if tls else ""
        for _ in range(5):  # the port may be taken between the two
            port = free_port()
            text = NGINX.format(root=root, port=port, tls=lines)
            (root / "nginx.conf").write_text(text.replace(f":{port};", f":{port} ssl;") if tls else text)
            log = root / "start.log"
            with open(log, "w", encoding="utf-8") as out:
                server = subprocess.Popen(
                    [find_nginx(), "-p", root, "-c", root / "nginx.conf", "-e", root / "error.log"], stderr=out
                )
            if wait_until_listening(server, port):
                break
        else:
            raise RuntimeError("nginx does not start: " + log.read_text(encoding="utf-8"))
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{port}", root
        finally:
            server.terminate()
            server.wait()


def wait_until_listening(server, port):
    while server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        time.sleep(0.01)
    return False


class Raw:
    """A server that answers each request, by its path, with bytes as they are; None: it says nothing more."""

    def __init__(self, answers, port=0, tls=None):
        self.answers = answers
        self.tls = tls  # an SSLContext
        self.arrived = threading.Semaphore(0)  # released for each request
        self.listener = socket.create_server(("127.0.0.1", port), backlog=256)
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.connections = []

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        for connection in [self.listener, *self.connections]:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # whoever waits for it learns of it
            connection.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                if self.tls:
                    connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                self.connections.append(connection)
                threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(OSError), connection.makefile("rb") as lines:
            while request := lines.readline():
                while lines.readline() not in (b"\r\n", b""):
                    pass
                first, *rest = self.answers[request.split()[1].decode()]
                connection.sendall(first)
                self.arrived.release()
                if rest == ["close"]:
                    connection.shutdown(socket.SHUT_RDWR)
                    return


class Script(Raw):
    """A server whose answers a function makes: answer(path, headers, connection) gives the bytes, or None to hang up."""

    def __init__(self, answer, port=0, tls=None):
        super().__init__({}, port, tls)
        self.answer = answer
        self.asked = []  # (path, headers) of each request

    def serve(self, connection):
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as lines:
            while request := lines.readline():
                headers = {}
                while (line := lines.readline()) not in (b"\r\n", b""):
                    name, _, value = line.decode("latin-1").partition(":")
                    headers[name.lower()] = value.strip()
                path = request.split()[1].decode("latin-1") if request.count(b" ") == 2 else ""
                self.asked.append((path, headers))
                self.arrived.release()
                answer = self.answer(path, headers, connection)
                if answer is None:
                    connection.shutdown(socket.SHUT_RDWR)
                    return
                connection.sendall(answer)


def reply(body=b"", status="200 OK", **headers):
    """The bytes of an answer; names of headers with _ for -."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
