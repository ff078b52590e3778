"""Rows that stay as they are while a transaction decides by them."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import Subquery

M = TypeVar("M", bound=models.Model)


def shared(rows: models.QuerySet[M], **beside: tuple[models.QuerySet[Any], str]) -> list[M]:
    """``rows`` as they are; whoever wants to change one waits until this transaction ends. Many may hold them at once.

    ``name=(others, column)`` holds other rows in the same question, and gives each row the highest ``column`` of them
    as ``name``. Django has no words for it. On SQLite whoever writes is alone from the beginning of the transaction.
    """
    if connection.vendor != "postgresql":
        highest = {
            name: Subquery(others.order_by(f"-{column}").values(column)[:1])
            for name, (others, column) in beside.items()
        }
        return list(rows.annotate(**highest))
    parts: list[str] = []
    params: list[Any] = []
    columns = ["held.*"]
    for name, (others, column) in beside.items():
        sql, more = others.order_by().values(column).query.sql_with_params()
        # What is put together here are questions that Django has written, and names from our own code.
        parts.append(f'"{name}" AS ({sql} FOR SHARE)')
        columns.append(f'(SELECT max("{column}") FROM "{name}") AS "{name}"')  # noqa: S608 # nosec B608
        params += more
    sql, more = rows.query.sql_with_params()
    parts.append(f"held AS ({sql} FOR SHARE)")
    question = f"WITH {', '.join(parts)} SELECT {', '.join(columns)} FROM held"  # noqa: S608 # nosec B608
    return list(rows.model._base_manager.raw(question, [*params, *more]))


def is_alone() -> bool:
    """Whoever writes is alone from the beginning of the transaction, as on SQLite: what was read in it stays."""
    return not connection.features.has_select_for_update
