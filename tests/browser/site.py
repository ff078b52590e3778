"""The portal as ``make run`` starts it: real web server, worker and beat, on a database of its own."""

import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import redis as redis_client
from django.conf import settings

from portal.core.processes import die_with_parent
from tests.migrated import VARIABLE, create_database, execute
from tests.servers import ServerFailedError, on_free_port, outside_environment

PATIENCE = 300.0
# So many portals of one worker may be up at once.
AT_ONCE = 10
STARTED = count()
PERSON = re.compile(r"^ +(?P<email>(?P<part>[a-z]+)\d*@\S+) +(?P<password>\S+) +(?P<name>\S.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Person:
    part: str
    email: str
    password: str
    name: str


@dataclass(frozen=True)
class Site:
    url: str
    folder: Path
    environment: Mapping[str, str]
    log: Path

    @property
    def people(self) -> list[Person]:
        """The demo people, read where a person reads them: in what ``make run`` prints."""
        return [Person(**found.groupdict()) for found in PERSON.finditer(self.log.read_text(encoding="utf-8"))]

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def running_site(folder: Path, *, is_first_start: bool = False) -> Iterator[Site]:
    with own_database(None if is_first_start else os.environ.get(VARIABLE)) as servers:
        environment = {**outside_environment(), **servers, "PORTAL_VAR": str(folder / "var")}
        with on_free_port(lambda port: served(folder, port, environment)) as site:
            yield site


@contextmanager
def served(folder: Path, port: int, environment: Mapping[str, str]) -> Iterator[Site]:
    site = Site(f"http://localhost:{port}", folder, environment, folder / "site.log")
    with site.log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-u", "manage.py", "serve", "--port", str(port)],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent,
        )
    try:
        wait_for_address(site, process)
        yield site
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


@contextmanager
def own_database(template: str | None) -> Iterator[dict[str, str]]:
    """On the servers the environment names: a database and two Redis numbers. Without servers: nothing."""
    url, redis = os.environ.get("DATABASE_URL", ""), os.environ.get("TEST_REDIS_URL")
    if not url.startswith("postgres"):
        yield {}
        return
    name = f"browser_{secrets.token_hex(4)}"
    create_database(url, name, template=template)
    try:
        yield {
            "DATABASE_URL": urlsplit(url)._replace(path=f"/{name}").geturl(),
            **(own_numbers(redis) if redis else {}),
        }
    finally:
        execute(url, f"DROP DATABASE {name} WITH (FORCE)")


def own_numbers(server: str) -> dict[str, str]:
    """No other portal's: rows have the same keys in each, so one would show who is in the other's entries, and a bell
    would wake the other's worker. They lie above those of the tests themselves (tests/settings.py)."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    number = 32 + 2 * (worker * AT_ONCE + next(STARTED) % AT_ONCE)
    urls = {"CELERY_BROKER_URL": f"{server}/{number}", "CACHE_URL": f"{server}/{number + 1}"}
    for each in urls.values():
        with redis_client.Redis.from_url(each) as client:
            client.flushdb()
    return urls


def wait_for_address(site: Site, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE
    while f"The portal is at {site.url}/" not in (said := site.log.read_text(encoding="utf-8")):
        if process.poll() is not None:
            raise ServerFailedError(f"The portal ended:\n{site.log.read_text(encoding='utf-8')}")
        if time.monotonic() > deadline:
            raise ServerFailedError(f"The portal did not start:\n{said}")
        time.sleep(0.1)
