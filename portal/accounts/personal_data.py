"""What each app keeps about a person: asked for a copy of it, and when an account is closed.

Apps register a ``Keeper`` when they are ready. A test holds that every table that points to a person is named
by one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from portal.core.models import StoredFile

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Section:
    """A list in the copy: ``rows`` gives what is about this person, and nothing that is about somebody else."""

    name: str
    title: Any
    rows: Callable[[Any], Iterable[Row]]


@dataclass(frozen=True)
class Duty:
    """Why an account can't be closed yet, and where that can be changed."""

    reason: str
    url: str = ""


@dataclass(frozen=True)
class Kept:
    """What stays when an account is closed."""

    what: Any
    why: Any
    until: Any


class Keeper:
    """What one app knows of people. A subclass fills in what applies."""

    # Models that point to people, by label; the test of completeness reads it.
    covers: frozenset[str] = frozenset()
    sections: Sequence[Section] = ()

    def files(self, user: Any) -> Iterator[tuple[str, StoredFile]]:
        """Files of this person's own, with the names they have in the copy."""
        return iter(())

    def asks_document_number(self, user: Any) -> Iterable[str]:
        """The names of competitions that need this person's document number."""
        return ()

    def hold(self, user: Any) -> None:
        """Lock what ``duties`` looks at and ``erase`` writes, before the first line of the audit trail."""

    def duties(self, user: Any, *, now: datetime) -> Iterable[Duty]:
        return ()

    def occupied(self, now: datetime) -> Iterable[QuerySet[Any]]:
        """Keys of people who have a part in something that goes on: nobody closes their account but they themselves."""
        return ()

    def kept(self, user: Any) -> Iterable[Kept]:
        return ()

    def erase(self, user: Any, *, now: datetime) -> None:
        """Delete or make anonymous what need not be kept. ``user`` still has name and address."""


KEEPERS: list[Keeper] = []


def register(keeper: Keeper) -> None:
    KEEPERS.append(keeper)


def read(rows: QuerySet[Any], shape: Callable[[Any], Row]) -> Iterator[Row]:
    """Each of ``rows`` as ``shape`` tells it, however many there are."""
    return (shape(row) for row in rows.iterator(chunk_size=200))
