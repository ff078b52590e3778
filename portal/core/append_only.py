"""A migration operation: rows of this table may be added, never changed or deleted."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation

POSTGRES = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
SQLITE = """
CREATE TRIGGER {table}_append_only_{word} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""


class AppendOnly(Operation):
    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str):
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for statement in self._statements(schema_editor, self._table(app_label, to_state)):
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table = self._table(app_label, to_state)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        else:
            for word in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER {table}_append_only_{word}")

    def describe(self) -> str:
        return f"Refuse to change or delete rows of {self.model_name}"

    def _table(self, app_label: str, state: Any) -> str:
        return str(state.apps.get_model(app_label, self.model_name)._meta.db_table)

    def _statements(self, schema_editor: Any, table: str) -> list[str]:
        if schema_editor.connection.vendor == "postgresql":
            return [POSTGRES.format(table=table)]
        return [SQLITE.format(table=table, verb=verb, word=verb.lower()) for verb in ("UPDATE", "DELETE")]


UNCHANGEABLE_POSTGRES = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER {table}_append_only_update BEFORE UPDATE ON {table}
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_append_only_delete BEFORE DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
UNCHANGEABLE_SQLITE = """
CREATE TRIGGER {table}_append_only_update BEFORE UPDATE ON {table} WHEN {differs}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""


class Unchangeable(AppendOnly):
    """The same, but what is written again as it stands passes: fixtures may be loaded twice."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        fields = to_state.apps.get_model(app_label, self.model_name)._meta.concrete_fields
        differs = " OR ".join(f"OLD.{field.column} IS NOT NEW.{field.column}" for field in fields)
        table = self._table(app_label, to_state)
        if schema_editor.connection.vendor == "postgresql":
            statements = [UNCHANGEABLE_POSTGRES.format(table=table)]
        else:
            refuse_delete = SQLITE.format(table=table, verb="DELETE", word="delete")
            statements = [UNCHANGEABLE_SQLITE.format(table=table, differs=differs), refuse_delete]
        for statement in statements:
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table = self._table(app_label, to_state)
        on_table = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        for word in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER {table}_append_only_{word}{on_table}")
