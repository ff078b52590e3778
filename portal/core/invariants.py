"""What holds of the rows at any time, whoever did what: each app says its own, and anybody may ask whether they do.

An invariant is a query for the rows that break it, so asking costs memory for the first few of them alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Max, OuterRef, QuerySet, Subquery

from portal.core.models import AuditEntry, AuditHead

# Who is told about twenty rows looks at all of them.
MOST = 20


@dataclass(frozen=True)
class Invariant:
    """``broken_by`` gives the rows that break it. ``wants_history``: it speaks of rows that only the services write,
    such as lines of the trail, or compares times, so it can't be asked of what a test has put together."""

    name: str
    broken_by: Callable[[], QuerySet[Any]]
    wants_history: bool = False


@dataclass(frozen=True)
class Breach:
    """What doesn't hold, and the first rows that break it."""

    name: str
    model: str
    keys: tuple[str, ...]

    def __str__(self) -> str:
        more = " …" if len(self.keys) == MOST else ""
        return f"{self.name}: {self.model} {', '.join(self.keys)}{more}"


INVARIANTS: dict[str, Invariant] = {}


def invariant(
    app: str, *, wants_history: bool = False
) -> Callable[[Callable[[], QuerySet[Any]]], Callable[[], QuerySet[Any]]]:
    """Register the decorated query under the app's name and its own, which reads as the sentence that holds."""

    def register(query: Callable[[], QuerySet[Any]]) -> Callable[[], QuerySet[Any]]:
        name = f"{app}.{query.__name__}"
        INVARIANTS[name] = Invariant(name, query, wants_history)
        return query

    return register


def breaches(wanted: Iterable[Invariant] | None = None) -> Iterator[Breach]:
    """One for each that doesn't hold."""
    for each in INVARIANTS.values() if wanted is None else wanted:
        rows = each.broken_by()
        if keys := tuple(str(pk) for pk in rows.order_by("pk").values_list("pk", flat=True)[:MOST]):
            yield Breach(each.name, rows.model._meta.label_lower, keys)


def last_line() -> Subquery:
    """Where the chain of an AuditHead, or of an AuditEntry, ends by its lines."""
    lines = AuditEntry.objects.filter(scope=OuterRef("scope")).order_by().values("scope")
    return Subquery(lines.annotate(last=Max("sequence")).values("last"))


@invariant("core")
def chain_ends_where_its_head_says() -> QuerySet[Any]:
    """The nightly verification of the trail reads every line; this asks for the ends alone."""
    return (
        AuditHead.objects.annotate(last=last_line())
        .exclude(last=F("sequence"), last__isnull=False)
        .exclude(last=None, sequence=0)
    )
