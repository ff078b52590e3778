"""The servers of a contest on this machine, each of which can be killed, frozen and started again.

In production's way: the commands and the environment are those of docker-compose.yml, on the loopback address. In the
embedded way: those of ``make run``.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.load import shares
from benchmarks.load.postbox import postbox
from benchmarks.load.wire import HOST
from portal.core.management.commands import serve
from portal.core.processes import die_with_parent
from tests.deploy.compose import read_compose
from tests.servers import answers_ping, free_port, outside_environment, postgresql

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
SECRETS = {
    "SECRET_KEY": "a-key-for-this-run-alone-and-for-no-other",
    "RECEIPT_KEYS": "a-key-for-the-receipts-of-this-run-alone",
    "PERSONAL_DATA_KEYS": "another-key-for-this-run-alone-and-no-other",
    "POSTGRES_PASSWORD": "unused",
    "CANONICAL_URL": f"https://{HOST}",
    "ALLOWED_HOSTS": HOST,
    "DEFAULT_FROM_EMAIL": f"portal@{HOST}",
}


# For a short run.
FEWER = {"--workers=4": "--workers=2", "--workers=2": "--workers=1", "--concurrency=2": "--concurrency=1"}


class HouseError(Exception):
    """A server that did not come up, with its last words."""


@dataclass
class House:
    folder: Path
    environment: dict[str, str]
    commands: dict[str, list[str]]
    port: int
    is_behind_proxy: bool
    redis_port: int | None = None
    # Where the proxy takes submits; with the pages where there is only one web server.
    submits_port: int | None = None
    # Of the processor, as docker-compose.yml gives it.
    shares: dict[str, int] = field(default_factory=dict)
    # Nobody reads what is left of it: it may be killed in the end.
    is_short: bool = False
    running: dict[str, subprocess.Popen] = field(default_factory=dict)

    @property
    def mails(self) -> Path:
        return self.folder / "mails"

    @property
    def files(self) -> Path:
        return Path(self.environment["STORAGE_URL"].removeprefix("file://"))

    @property
    def failpoints(self) -> Path:
        return self.folder / "failpoints"

    @property
    def web_servers(self) -> list[str]:
        return ["web", "submits"] if self.submits_port else ["web"]

    def start(self, name: str) -> None:
        log = self.folder / f"{name}.log"
        with log.open("ab") as output:
            self.running[name] = subprocess.Popen(
                self.commands[name], cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, start_new_session=True, preexec_fn=die_with_parent,
            )  # fmt: skip
        self.weigh(name, self.running[name].pid)

    def weigh(self, name: str, pid: int) -> None:
        if self.shares and not shares.give(pid, self.shares[name], most=max(self.shares.values())):
            print(f"  {name} has the same share of the processor as the others: this system doesn't let it be set")

    def ready(self, name: str) -> None:
        """Wait until a web server or ``redis`` answers."""
        port = self.submits_port if name == "submits" else self.port
        self.wait(name, lambda: answers_ping(self.redis_port or 0) if name == "redis" else self.answers(port or 0))

    def wait(self, name: str, is_ready: object) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_ready():  # type: ignore[operator]
            if self.running[name].poll() is not None or time.monotonic() > deadline:
                words = (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]
                raise HouseError(f"{name} did not come up: {words}")
            time.sleep(0.05)

    def answers(self, port: int) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
                host = HOST if self.is_behind_proxy else "localhost"
                line.sendall(f"GET /healthz HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
                return b"200" in line.recv(64)
        except OSError:
            return False

    def signal(self, name: str, number: signal.Signals) -> None:
        """To the server and all that it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self.running[name].pid, number)

    def kill(self, name: str) -> None:
        self.signal(name, signal.SIGKILL)
        self.running.pop(name).wait()

    def children(self, name: str) -> list[int]:
        pid = self.running[name].pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def stop(self) -> None:
        for name in self.running:
            self.signal(name, signal.SIGCONT)
            self.signal(name, signal.SIGKILL if self.is_short else signal.SIGTERM)
        for name, process in self.running.items():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.signal(name, signal.SIGKILL)
                process.wait()


@contextmanager
def production(folder: Path, *, more: Mapping[str, str] | None = None, is_short: bool = False) -> Iterator[House]:
    """PostgreSQL that writes to disk, Redis, both web servers, worker and beat as docker-compose.yml starts them.

    ``more`` is laid over its environment.
    """
    with ExitStack() as stack:
        database = stack.enter_context(postgresql(folder / "postgresql", is_durable=not is_short))
        mail_port = stack.enter_context(postbox(folder / "mails"))
        redis_port, ports = free_port(), {name: free_port() for name in ("web", "submits")}
        services = read_compose(
            {**SECRETS, "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}", "STORAGE_URL": f"file://{folder / 'files'}"}
        )["services"]
        broker = f"redis://127.0.0.1:{redis_port}"
        environment = {
            **_environment(folder),
            **services["web"]["environment"],
            "DATABASE_URL": database,
            "CELERY_BROKER_URL": f"{broker}/0",
            "CACHE_URL": f"{broker}/1",
            **(more or {}),
        }
        (folder / "redis").mkdir()
        commands = {name: services[name]["command"] for name in ("web", "submits", "worker", "beat")}
        for name, port in ports.items():
            commands[name] = [part.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for part in commands[name]]
        if is_short:
            commands = {name: [FEWER.get(part, part) for part in each] for name, each in commands.items()}
        commands["redis"] = [
            *services["redis"]["command"],
            *("--port", str(redis_port), "--bind", "127.0.0.1", "--dir", str(folder / "redis"), "--save", ""),
        ]
        house = House(
            folder, environment, commands, ports["web"], is_behind_proxy=True, redis_port=redis_port,
            submits_port=ports["submits"], is_short=is_short,
            shares={name: services[name].get("cpu_shares", shares.USUAL) for name in (*commands, "database")},
        )  # fmt: skip
        house.weigh("database", int((folder / "postgresql" / "data" / "postmaster.pid").read_text().split()[0]))
        stack.callback(house.stop)
        house.start("redis")
        house.ready("redis")
        yield house


@contextmanager
def embedded(folder: Path, *, more: Mapping[str, str] | None = None, is_short: bool = False) -> Iterator[House]:
    """SQLite and a broker made of files, as ``make run`` has them; mails go to a server that counts them."""
    with postbox(folder / "mails") as mail_port:
        port = free_port()
        environment = {
            **_environment(folder), "PORTAL_MODE": "embedded", "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            **(more or {}),
        }  # fmt: skip
        house = House(folder, environment, serve.commands(port), port, is_behind_proxy=False, is_short=is_short)
        try:
            yield house
        finally:
            house.stop()


def _environment(folder: Path) -> dict[str, str]:
    for name in ("var", "failpoints"):
        (folder / name).mkdir()
    return {
        **outside_environment(),
        "PORTAL_VAR": str(folder / "var"),
        "STATIC_ROOT": str(folder / "static"),
        "PORTAL_FAILPOINTS": str(folder / "failpoints"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOSTNAME": os.uname().nodename,
        "C_FORCE_ROOT": "1",
    }


def open_house(house: House) -> None:
    """Once the database is furnished."""
    for name in (*house.web_servers, "worker", "beat"):
        house.start(name)
    for name in house.web_servers:
        house.ready(name)
