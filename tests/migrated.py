"""A database with every migration applied, made once a run: each worker and each portal starts from a copy of it.

What a copy lacks is still migrated where it is used, so a database without a copy only takes longer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from django.db.backends.sqlite3.creation import DatabaseCreation

from tests.servers import ServerFailedError, outside_environment

# PostgreSQL: a database's name; SQLite: a file's. Without it nothing is copied.
VARIABLE = "TEST_MIGRATED"
NAME = "migrated"
create_as_django_does = DatabaseCreation._create_test_db  # type: ignore[attr-defined]


def made_once(url: str, folder: Path) -> tuple[str, str]:
    """What ``VARIABLE`` says on PostgreSQL and on SQLite; both are made at the same time."""
    create_database(url, NAME, template=None)
    file = folder / f"{NAME}.sqlite3"
    running = [_migrate(urlsplit(url)._replace(path=f"/{NAME}").geturl()), _migrate(f"sqlite:///{file}")]
    said = [process.communicate()[0] for process in running]
    for process, words in zip(running, said, strict=True):
        if process.returncode != 0:
            raise ServerFailedError(f"The migrations fail: {words[-2000:]}")
    return NAME, str(file)


def _migrate(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
        env={**outside_environment(), "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def create_database(url: str, name: str, *, template: str | None) -> None:
    execute(url, f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))


def execute(url: str, statement: str) -> None:
    with closing(psycopg2.connect(url.replace("postgres://", "postgresql://"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)


def let_sqlite_copy() -> None:
    """Django knows ``TEMPLATE`` for PostgreSQL alone."""
    if os.environ.get(VARIABLE):
        DatabaseCreation._create_test_db = _copied  # type: ignore[attr-defined]


def _copied(self: DatabaseCreation, *arguments: object, **options: object) -> str:
    name: str = create_as_django_does(self, *arguments, **options)
    shutil.copyfile(os.environ[VARIABLE], name)
    return name
