"""What transactional tests leave behind is removed again: from append-only tables too, and only where something is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import flush as flushing
from django.db import connection
from django.db.backends.postgresql.base import DatabaseOperations as PostgresOperations
from django.db.backends.sqlite3.base import DatabaseOperations

# A migration fills these, and Django would fill them anew after each of those tests, the same as before.
KEPT = ("auth_permission", "django_content_type")
flush_as_django_does = DatabaseOperations.execute_sql_flush
sqlite_flush_as_django_writes_it = DatabaseOperations.sql_flush
postgres_flush_as_django_writes_it = PostgresOperations.sql_flush
fill_as_django_does = flushing.emit_post_migrate_signal
# What KEPT held when Django had filled it last.
FILLED: list[tuple[int, int]] = []


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


def sqlite_flush(operations: DatabaseOperations, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
    return sqlite_flush_as_django_writes_it(operations, style, [each for each in tables if each not in KEPT], **options)


def postgres_flush(operations: PostgresOperations, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
    """Django truncates a hundred tables, which writes as many files anew; a test has written to five or ten."""
    if options["reset_sequences"]:
        return postgres_flush_as_django_writes_it(operations, style, tables, **options)
    names = {each: operations.quote_name(each) for each in tables if each not in KEPT}
    asked = [f"SELECT '{each}' WHERE EXISTS (SELECT FROM {name})" for each, name in names.items()]  # noqa: S608
    with operations.connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        filled = [names[each] for (each,) in cursor.fetchall()]
    emptied = [f"DELETE FROM {name}" for name in filled]  # noqa: S608
    # As replicas do, so neither foreign keys nor append-only triggers are asked; until the transaction ends.
    return ["SET LOCAL session_replication_role = replica", *emptied]


def fill(*arguments: Any, **options: Any) -> None:
    """As Django does; again only where a test has added to it or taken some of it away."""
    if _held() != FILLED:
        fill_as_django_does(*arguments, **options)
        FILLED[:] = _held()


def _held() -> list[tuple[int, int]]:
    asked = [f"SELECT count(*), coalesce(max(id), 0) FROM {each}" for each in KEPT]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return list(cursor.fetchall())


def let_tests_flush() -> None:
    DatabaseOperations.execute_sql_flush = flush
    DatabaseOperations.sql_flush = sqlite_flush
    PostgresOperations.sql_flush = postgres_flush
    flushing.emit_post_migrate_signal = fill
