"""Rows that stay as they are while a transaction decides by them."""

from __future__ import annotations

from typing import TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


def shared(rows: models.QuerySet[M]) -> list[M]:
    """``rows`` as they are; whoever wants to change one waits until this transaction ends. Many may hold them at once.

    Django has no words for it. On SQLite whoever writes is alone from the beginning of the transaction.
    """
    if connection.vendor != "postgresql":
        return list(rows)
    sql, params = rows.query.sql_with_params()
    return list(rows.model._base_manager.raw(f"{sql} FOR SHARE", params))
