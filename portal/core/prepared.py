"""Questions that are asked with every request, put together once a process.

Django puts a question into words each time anew, which takes several times as long as the database takes to answer.
A ``Prepared`` question has been put into words before: what differs from one request to the next stands in it as
``Given("name")``, and is told when it is asked.
"""

from __future__ import annotations

import copy
import re
from datetime import date, timedelta
from threading import Lock
from types import SimpleNamespace
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.models import Expression, prefetch_related_objects

from portal.core.people import Person

M = TypeVar("M")
# No row has a larger number, and SQLite can't be asked for one.
LARGEST = 2**63 - 1
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]|$)")


class Given(Expression):
    """What is told when the question is asked; a number, unless ``field`` says what else."""

    def __init__(self, name: str, field: models.Field[Any, Any] | None = None):
        super().__init__(output_field=field or models.BigIntegerField())
        self.name = name
        self.earlier = timedelta()

    def __sub__(self, other: Any) -> Any:
        """So long before the moment that is told: reckoned before it is asked."""
        if not isinstance(other, timedelta):
            return super().__sub__(other)
        before = self.copy()
        before.earlier = self.earlier + other
        return before

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    def told(self, value: Any) -> Any:
        if isinstance(value, int) and abs(value) > LARGEST:
            raise EmptyResultSet
        moved = value - self.earlier if self.earlier else value
        return self.output_field.get_db_prep_value(moved, connection)


class Asker(NamedTuple):
    """Whoever asks, but for who it is: what ``visible_to`` and its like go by."""

    is_authenticated: bool
    is_active: bool
    is_staff: bool
    is_superuser: bool
    lacks_second_factor: bool

    @property
    def pk(self) -> Given | None:
        return Given("user") if self.is_authenticated else None

    @classmethod
    def of(cls, user: Person) -> Asker:
        lacks = getattr(user, "lacks_second_factor", False)
        return cls(user.is_authenticated, user.is_active, user.is_staff, user.is_superuser, lacks)


class Prepared(Generic[M]):
    """``rows`` with ``Given`` in them. The answer is read anew each time; only the words are remembered."""

    def __init__(self, rows: models.QuerySet[Any]):
        self.rows = rows
        # In the words of each database: tests have two.
        self._compiled: dict[str, Any] = {}
        self._compiling = Lock()

    def ask(self, **given: Any) -> list[M]:
        if self.rows.query.select_for_update and not connection.in_atomic_block:
            raise transaction.TransactionManagementError("what is locked outside of a transaction is free at once")
        database = connections[DEFAULT_DB_ALIAS]
        known = self._words(database.vendor)
        if known is None:
            return []
        compiler = copy.copy(known)
        compiler.connection = database
        sql, params = known.words
        try:
            told = [each.told(given[each.name]) if isinstance(each, Given) else each for each in params]
        except EmptyResultSet:
            return []
        compiler.as_sql = lambda *_args, **_more: (sql, told)
        rows: Any = self.rows
        found: list[Any] = list(self._iterable(compiler))
        prefetch_related_objects(found, *rows._prefetch_related_lookups)  # noqa: SLF001
        return found

    def first(self, **given: Any) -> M | None:
        """``rows`` are cut to one by whoever prepares them."""
        return next(iter(self.ask(**given)), None)

    def _words(self, vendor: str) -> Any:
        """The compiler that has put it into words, with them; None for what finds nothing, whatever is told."""
        if vendor not in self._compiled:
            # One thread puts it into words: two at the same query leave half of it out, and that would be kept.
            with self._compiling:
                if vendor not in self._compiled:
                    self._compiled[vendor] = _compiled(self.rows.query)
        return self._compiled[vendor]

    def _iterable(self, compiler: Any) -> Any:
        """As the queryset would make its rows of the answer."""
        rows: Any = self.rows
        query = copy.copy(rows.query)
        query.get_compiler = lambda *_args, **_more: compiler
        known: dict[Any, Any] = {}
        like = SimpleNamespace(db=rows.db, query=query, model=rows.model, _known_related_objects=known)
        like._fields = rows._fields
        return rows._iterable_class(like)  # noqa: SLF001


def _compiled(query: Any) -> Any:
    compiler: Any = query.get_compiler(connection=connection)
    try:
        compiler.words = compiler.as_sql()
    except EmptyResultSet:
        return None
    _require_no_moment(compiler.words[1])
    # These ask nothing of the connection whose they are but its time zone; they are given the one that is used.
    converters = compiler.get_converters([each[0] for each in compiler.select[: compiler.col_count]])
    compiler.get_converters = lambda _columns: converters
    # Another thread has a connection of its own.
    compiler.connection = None
    return compiler


def _require_no_moment(params: Any) -> None:
    """The time that it was when somebody first asked must not be the time for everybody after."""
    # SQLite has them as text.
    if any(isinstance(each, date) or (isinstance(each, str) and MOMENT.match(each)) for each in params):
        raise TypeError("a moment in a prepared question has to be Given")
