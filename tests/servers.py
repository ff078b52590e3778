"""A PostgreSQL and a Redis of the tests' own: free ports, data in a temporary folder, gone afterwards."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import redis

from portal.core.processes import die_with_parent
from portal.env import NAMES

PATIENCE = 120.0
# Two for each worker, and from 32 on two for each portal that a worker has started (tests/browser/site.py).
REDIS_NUMBERS = 192
# What PostgreSQL and Redis say of a port, what the portal says, and what its web server does.
TAKEN = ("Address already in use", "is taken by another program", "Connection in use")
COMPILED = Path(__file__).parent.parent / "var" / "compiled"


class ServerFailedError(Exception):
    """A server that did not come up, with its last words."""


@contextmanager
def private_servers() -> Iterator[dict[str, str]]:
    """The environment that leads to both servers, while they run."""
    with tempfile.TemporaryDirectory(prefix="portal-servers-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with postgresql(folder / "postgresql") as database, redis_server(folder / "redis") as broker:
            yield {"DATABASE_URL": database, "TEST_REDIS_URL": broker}


def outside_environment() -> dict[str, str]:
    """Our environment without what speaks to the portal: neither a developer's shell nor the tests' settings."""
    ours = {*NAMES, "TEST_REDIS_URL", "TEST_VAR_OF", "TEST_MIGRATED", "DJANGO_SETTINGS_MODULE"}
    return {name: value for name, value in os.environ.items() if name not in ours} | compiled_once()


def compiled_once() -> dict[str, str]:
    """Whoever keeps Python from writing next to the code would have each of a hundred processes compile all of it."""
    if not sys.dont_write_bytecode:
        return {}
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(COMPILED)}


@contextmanager
def postgresql(folder: Path, *, is_durable: bool = False) -> Iterator[str]:
    """``is_durable`` for whoever measures or kills: it then writes to disk what it has promised."""
    account = database_account()
    folder.mkdir(mode=0o700)
    if account:
        shutil.chown(folder, account, account)
    # PostgreSQL refuses to run as root.
    identity = {"user": account, "group": account, "extra_groups": []} if account else {}
    initdb = [postgresql_binaries() / "initdb", "--pgdata", folder / "data", "--username", "portal", "--auth", "trust"]
    made = subprocess.run(
        [*initdb, "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"],
        cwd="/", capture_output=True, text=True, check=False, **identity,
    )  # fmt: skip
    if made.returncode != 0:
        raise ServerFailedError(f"initdb failed: {made.stderr.strip()}")
    with on_free_port(lambda port: _postgres(folder, port, is_durable=is_durable, **identity)) as url:
        yield url


@contextmanager
def _postgres(folder: Path, port: int, *, is_durable: bool, **identity) -> Iterator[str]:
    options = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "max_connections": 200,
    }
    if not is_durable:
        # The data lives as long as the tests do; nobody needs it after a power cut.
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        # Of tables without statistics it thinks so large that it compiles what it then asks of ten rows.
        options |= {"jit": "off"}
    settings = [f"--{name}={value}" for name, value in options.items()]
    command = [postgresql_binaries() / "postgres", "-D", folder / "data", *settings]
    url = f"postgres://portal@127.0.0.1:{port}/postgres"
    with running(command, log=folder.with_suffix(".log"), stop=signal.SIGINT, **identity) as is_alive:
        wait_until(lambda: accepts_connections(url), is_alive, folder.with_suffix(".log"))
        yield url


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    folder.mkdir()
    with on_free_port(lambda port: _redis(folder, port)) as url:
        yield url


@contextmanager
def _redis(folder: Path, port: int) -> Iterator[str]:
    options = {
        "port": port,
        "bind": "127.0.0.1",
        "dir": folder,
        "databases": REDIS_NUMBERS,
        "save": "",
        "appendonly": "no",
    }
    command = ["redis-server", *(part for name, value in options.items() for part in (f"--{name}", str(value)))]
    with running(command, log=folder.with_suffix(".log"), stop=signal.SIGTERM) as is_alive:
        wait_until(lambda: answers_ping(port), is_alive, folder.with_suffix(".log"))
        yield f"redis://127.0.0.1:{port}"


@contextmanager
def running(command: list, *, log: Path, stop: signal.Signals, **identity) -> Iterator[Callable[[], bool]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # Ctrl-C is for the test runner, which then stops its servers.
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(stop),
            **identity,
        )
    try:
        yield lambda: process.poll() is None
    finally:
        process.send_signal(stop)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(is_ready: Callable[[], bool], is_alive: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_ready():
        if not is_alive() or time.monotonic() > deadline:
            raise ServerFailedError(f"The server did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)


def database_account() -> str | None:
    if os.geteuid() != 0:
        return None
    return next(name for name in ("postgres", "nobody") if name in {entry.pw_name for entry in pwd.getpwall()})


def postgresql_binaries() -> Path:
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin_: int(bin_.parent.name))[::-1]
    if newest_first:
        return newest_first[0]
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise ServerFailedError("PostgreSQL's server programs are missing.")


@contextmanager
def on_free_port(serve: Callable[[int], AbstractContextManager[Any]]) -> Iterator[Any]:
    """What ``serve`` gives; once more on another port where somebody was quicker to take the one that was free."""
    with ExitStack() as stack:
        try:
            served = stack.enter_context(serve(free_port()))
        except ServerFailedError as error:
            if not any(words in str(error) for words in TAKEN):
                raise
            served = stack.enter_context(serve(free_port()))
        yield served


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts_connections(url: str) -> bool:
    try:
        psycopg2.connect(url.replace("postgres://", "postgresql://")).close()
    except psycopg2.OperationalError:
        return False
    return True


def answers_ping(port: int) -> bool:
    try:
        with redis.Redis(port=port) as client:
            return client.ping()
    except redis.RedisError:
        return False
