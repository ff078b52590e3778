"""No container engine is needed to know that what the compose file says can start: it is started here."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from portal.core.processes import die_with_parent
from tests.deploy.compose import read_compose
from tests.servers import free_port, outside_environment, private_servers

PATIENCE = 60.0
VALUES = {
    "SECRET_KEY": "a-key-for-this-test-alone-and-no-other",
    "RECEIPT_KEYS": "a-key-for-the-receipts-of-this-test-alone",
    "PERSONAL_DATA_KEYS": "another-key-for-this-test-alone-and-no-other",
    "POSTGRES_PASSWORD": "unused",
    "CANONICAL_URL": "https://contest.example.cn",
    "ALLOWED_HOSTS": "contest.example.cn",
    "EMAIL_URL": "smtp://127.0.0.1:9",
    "DEFAULT_FROM_EMAIL": "portal@contest.example.cn",
}


class Deployment:
    """The services of the compose file as plain processes on this machine."""

    def __init__(self, folder: Path, servers: dict[str, str]) -> None:
        self.folder, self.port = folder, str(free_port())
        (folder / "var").mkdir()
        self.services = read_compose({**VALUES, "STORAGE_URL": f"file://{folder / 'files'}"})["services"]
        # The hosts' names exist inside Compose's network alone.
        self.hosts = {
            "DATABASE_URL": servers["DATABASE_URL"],
            "CELERY_BROKER_URL": f"{servers['TEST_REDIS_URL']}/0",
            "CACHE_URL": f"{servers['TEST_REDIS_URL']}/1",
        }

    def environment(self, name: str) -> dict[str, str]:
        return {
            **outside_environment(),
            **self.services[name]["environment"],
            **self.hosts,
            "PORTAL_VAR": str(self.folder / "var"),
            "STATIC_ROOT": str(self.folder / "static"),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOSTNAME": os.uname().nodename,
        }

    def run(self, name: str, command: list[str]) -> subprocess.CompletedProcess:
        return subprocess.run(
            [part.replace("8000", self.port) for part in command],
            env=self.environment(name),
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )

    def check(self, name: str) -> subprocess.CompletedProcess:
        kind, *command = self.services[name]["healthcheck"]["test"]
        return self.run(name, command if kind == "CMD" else ["sh", "-c", *command])

    @contextmanager
    def started(self, name: str) -> Iterator[Path]:
        log = self.folder / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [part.replace("8000", self.port) for part in self.services[name]["command"]],
                env=self.environment(name),
                cwd=settings.BASE_DIR,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        try:
            yield log
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory) -> Iterator[Deployment]:
    with private_servers() as servers:
        deployment = Deployment(tmp_path_factory.mktemp("deployment"), servers)
        migrated = deployment.run("migrate", deployment.services["migrate"]["command"])
        assert migrated.returncode == 0, migrated.stderr
        yield deployment


@pytest.mark.parametrize("name", ["web", "submits", "worker", "beat"])
def test_the_command_starts_and_its_health_check_agrees(deployment, name):
    with deployment.started(name) as log:
        deadline = time.monotonic() + PATIENCE
        while (answer := deployment.check(name)).returncode != 0 and time.monotonic() < deadline:
            time.sleep(0.3)

    assert answer.returncode == 0, f"{answer.stdout}{answer.stderr}{log.read_text()}"


def test_the_web_check_fails_without_a_web_server(deployment):
    assert deployment.check("web").returncode != 0
