"""The portal's invariants, asked at the end of each test that uses the database: all of them in one query."""

from __future__ import annotations

import os
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from django.db import connection

from portal.core.invariants import INVARIANTS

USES_THE_DATABASE = {"db", "transactional_db", "live_server"}


def is_asked_about(request: pytest.FixtureRequest) -> bool:
    """Not of a test that has failed or been left out: it has said what is wrong."""
    node: Any = request.node
    if node.get_closest_marker("makeshift") or getattr(node, "has_failed", False):
        return False
    marked = node.get_closest_marker("django_db") is not None
    return (marked or not USES_THE_DATABASE.isdisjoint(request.fixturenames)) and not connection.needs_rollback


def broken_now() -> list[str]:
    """Names of those that don't hold of what is in the database; without what a factory leaves out."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXECUTE {_prepared(cursor)}")
        else:
            cursor.execute(*_query())
        return [name for (name,) in cursor.fetchall()]


# Which connections know the question, by which names: that of this process, and of the one that it is a fork of.
# Not by the server's number for them: it gives the number of one that is closed to another one.
PREPARED: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def _prepared(cursor: Any) -> str:
    """PostgreSQL takes 30 times as long over the plan as over the answer, so it plans once for each connection."""
    name, names = f"books_of_{os.getpid()}", PREPARED.setdefault(connection.connection, set())
    if name not in names:
        sql, parameters = _query()
        cursor.execute(f"PREPARE {name} AS {sql}", parameters)
        names.add(name)
    return name


@cache
def _query() -> tuple[str, tuple[Any, ...]]:
    """Put together once: Django would take longer over it than the database."""
    parts, parameters = [], []
    for each in INVARIANTS.values():
        if not each.wants_history:
            sql, values = each.broken_by().order_by().values("pk")[:1].query.sql_with_params()
            parts.append(f"SELECT '{each.name}' WHERE EXISTS ({sql})")
            parameters += values
    return " UNION ALL ".join(parts), tuple(parameters)
