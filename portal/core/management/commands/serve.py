"""The whole portal on one machine: what ``make run`` starts."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import socket
import sys
import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from portal.core.catalogues import compile_catalogues
from portal.core.processes import ChildGaveUpError, Supervisor, die_with_parent

HOST = "127.0.0.1"
UNUSED_STATIC = ["redoc"]
GUNICORN = [
    "portal.wsgi",
    *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
    *("--preload", "--no-control-socket", "--graceful-timeout", "5", "--log-level", "warning"),
]


class Command(BaseCommand):
    help = "Prepare and start web server, worker and beat; Ctrl-C stops them all."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", default="8000")
        parser.add_argument("--stop-with-parent", action="store_true", help="stop when the caller is gone")

    def handle(self, *, port: str, stop_with_parent: bool, **options: Any) -> None:
        if not settings.EMBEDDED:
            sys.exit("serve is for one machine; in production start web, worker and beat one by one.")
        if stop_with_parent:
            die_with_parent()
        number = usable_port(port)
        with only_one_here(settings.VAR_DIR):
            try:
                self.prepare()
            except KeyboardInterrupt:
                sys.exit("Stopped.")
            self.supervise(number)

    def prepare(self) -> None:
        for folder in settings.LOCALE_PATHS:
            compile_catalogues(folder)
        self.migrate()
        collect_static()
        call_command("demo", stdout=self.stdout, stderr=self.stderr)
        connections.close_all()

    def migrate(self) -> None:
        executor = MigrationExecutor(connections["default"])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database …")
            call_command("migrate", verbosity=0, interactive=False)

    def supervise(self, port: int) -> None:
        address = f"http://localhost:{port}"
        supervisor = Supervisor(
            commands(port),
            folder=settings.BASE_DIR,
            environment={"PORTAL_MODE": "embedded", "CANONICAL_URL": address},
        )
        try:
            supervisor.run(
                ready=lambda: answers(f"http://{HOST}:{port}/healthz"),
                when_ready=lambda: self.announce(address),
            )
        except ChildGaveUpError as error:
            sys.exit(str(error))
        self.stdout.write("Stopped.")

    def announce(self, address: str) -> None:
        self.stdout.write(f"The portal is at {address}/ (mails are at {address}/mailbox/). Ctrl-C stops it.")
        self.stdout.flush()


def commands(port: int) -> dict[str, list[str]]:
    # On one's own machine Celery need not be told off for running as root.
    python = [sys.executable, "-W", "ignore::UserWarning:celery.platforms", "-m"]
    celery = [*python, "celery", "--quiet", "--app", "portal"]
    return {
        "web": [*python, "gunicorn", *GUNICORN, "--bind", f"{HOST}:{port}"],
        "worker": [*celery, "worker", "--concurrency", "1", "--loglevel", "WARNING", "--without-gossip"],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""],
    }


def usable_port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        sys.exit(f"PORT must be a number from 1 to 65535, not '{text}'.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                sys.exit(f"Port {text} is taken by another program; choose one with: make run PORT=8001")
            sys.exit(f"Port {text} can't be used: {error.strerror}; choose one with: make run PORT=8001")
    return int(text)


def only_one_here(folder: Path) -> IO[str]:
    """Hold the folder's lock: two portals must not share one broker folder and one beat schedule."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "serve.lock").open("w")
    except OSError as error:
        sys.exit(f"Can't write to {folder}: {error.strerror}.")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        sys.exit(f"The portal in {folder} runs already; stop that one first.")
    return lock


def collect_static() -> None:
    stamp = settings.VAR_DIR / "static.fingerprint"
    fingerprint = static_fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint and Path(settings.STATIC_ROOT).exists():
        return
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED_STATIC)
    stamp.write_text(fingerprint)


def static_fingerprint() -> str:
    """Changes when a static file comes, goes or is edited, and costs no reading of them."""
    digest = hashlib.sha256(str(settings.STATIC_ROOT).encode())
    for finder in get_finders():
        for name, storage in finder.list(UNUSED_STATIC):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def answers(url: str) -> bool:
    """Whether a web server is there; what it says is for the person to see."""
    try:
        urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - our own address
    except HTTPError as error:
        error.close()
    except OSError:
        return False
    return True
