"""SQLite empties tables with DELETE between transactional tests, which append-only tables refuse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3.base import DatabaseOperations

flush_as_django_does = DatabaseOperations.execute_sql_flush


@contextmanager
def changes_allowed(connection: Any) -> Iterator[None]:
    """Take the append-only triggers off for a while; tests of tampering need that on both databases."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%append_only%'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _name, sql in triggers:
            cursor.execute(sql)


def flush(operations: DatabaseOperations, sql_list: Iterable[str]) -> None:
    with changes_allowed(operations.connection):
        flush_as_django_does(operations, sql_list)


def let_tests_flush() -> None:
    DatabaseOperations.execute_sql_flush = flush
