"""A real nginx with deploy/nginx.conf on this machine, and behind it somebody who notes what reaches him."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from django.conf import settings

from tests.servers import free_port, running, wait_until

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
ELSEWHERE = "192.0.2.1"
MAIN = """{user}
daemon off; pid {folder}/nginx.pid; worker_processes 1; error_log {folder}/main.log;
events {{}}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/portal.conf;
}}
"""


@dataclass
class Behind:
    """Where the portal would be: keeps each request's headers, and answers with what it was told to."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    answer: dict[str, str] = field(default_factory=dict)
    # Takes a request and then says nothing, as a process does that is killed over it.
    hangs_up: bool = False
    # Set as soon as the first bytes of a body are here.
    has_begun: threading.Event = field(default_factory=threading.Event)


@dataclass
class Proxy:
    folder: Path
    port: int
    behind: Behind
    # Where submits go.
    submits: Behind

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def log(self) -> str:
        """nginx notes a request once it has answered it, which may be a moment after the answer is here."""
        notes = self.folder / "access.log"
        wait_until(lambda: notes.exists() and notes.stat().st_size > 0, lambda: True, self.folder / "nginx.log")
        return notes.read_text()


def text() -> str:
    return (Path(settings.BASE_DIR) / "deploy" / "nginx.conf").read_text(encoding="utf-8")


def configuration(folder: Path, port: int, behind: int, submits: int, front: str) -> str:
    """The file as it is, but for where things are on this machine."""
    told = text()
    for there, here in {
        "listen 8080;": f"listen 127.0.0.1:{port};",
        "server web:8000": f"server 127.0.0.1:{behind}",
        "server submits:8000": f"server 127.0.0.1:{submits}",
        "/var/log/nginx/": f"{folder}/",
        "/srv/portal/files/": f"{folder}/files/",
        "${TLS_FRONT}": front,
    }.items():
        assert there in told
        told = told.replace(there, here)
    return told


@contextmanager
def nginx(folder: Path, behind: Behind, submits: Behind, *, front: str = ELSEWHERE) -> Iterator[Proxy]:
    """``front``: where TLS ends. Whoever asks it here comes from 127.0.0.1."""
    port = free_port()
    (folder / "files").mkdir()
    told = configuration(folder, port, behind.port, submits.port, front)
    (folder / "portal.conf").write_text(told, encoding="utf-8")
    # Its processes become somebody else's, who may not read this folder, unless they are told not to.
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user), encoding="utf-8")
    log = folder / "nginx.log"
    with running([NGINX, "-c", str(folder / "nginx.conf")], log=log, stop=signal.SIGTERM) as is_alive:
        wait_until(lambda: _listens(port), is_alive, log)
        yield Proxy(folder, port, behind, submits)


@contextmanager
def portal_played(port: int = 0) -> Iterator[Behind]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            behind.headers = dict(self.headers)
            if size := int(self.headers.get("Content-Length", 0)):
                behind.body = self.rfile.read1(1 << 16)
                behind.has_begun.set()
                while len(behind.body) < size:
                    behind.body += self.rfile.read1(1 << 16)
            if behind.hangs_up:
                self.close_connection = True
                return
            self.send_response(200)
            for name, value in {"Content-Length": "0", **behind.answer}.items():
                self.send_header(name, value)
            self.end_headers()

        do_POST = do_PATCH = do_GET  # noqa: N815 - the names that http.server asks for

        def log_message(self, *_words) -> None:
            """Not to the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    behind = Behind(server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield behind
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
