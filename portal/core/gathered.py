"""Many small rows with the one that they belong to: an object in one of its columns, and no question of its own."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import JSONField, Subquery


class Gathered(Subquery):
    """``rows`` have two ``values()``: what each is called, and what it says. None or ``{}`` where there are none."""

    def __init__(self, rows: models.QuerySet[Any]):
        super().__init__(rows.order_by(), output_field=JSONField())
        name, said = rows.query.values_select
        # Of text that is JSON already, SQLite has to be told.
        is_json = isinstance(rows.model._meta.get_field(said), JSONField)
        self.pair = f'"{name}", json("{said}")' if is_json else f'"{name}", "{said}"'
        self.plain_pair = f'"{name}", "{said}"'

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return self._gather(f"json_group_object({self.pair})", compiler, connection)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return self._gather(f"jsonb_object_agg({self.plain_pair})", compiler, connection)

    def _gather(self, gathered: str, compiler: Any, connection: Any) -> tuple[str, Any]:
        # Names from our own code.
        template = f"(SELECT {gathered} FROM (%(subquery)s) gathered)"  # noqa: S608 # nosec B608
        return self.as_sql(compiler, connection, template=template)
