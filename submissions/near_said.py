"""What resembles an entry, for whoever screens it: told beside what the portal has checked, and deciding nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from django.db.models import Count, Window

from submissions.models import NearPair, Submission

# The most alike; the report has the others.
SHOWN = 5


class Likeness(NamedTuple):
    """One other entry: its number always, its title only where ``user`` organizes its track."""

    pair: NearPair
    other: Submission
    title: str
    is_seen: bool
    address: str


class Alike(NamedTuple):
    shown: list[Likeness]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.shown)


def alike(user: Any, entry: Submission, competition: str) -> Alike:
    """One question, however many there are. ``competition``: where ``user`` comes from."""
    rows = NearPair.objects.visible_to(user).standing().of_entries([entry.pk]).with_titles().with_sight(user)
    rows = rows.select_related("first__track", "second__track").defer("passages").annotate(all=Window(Count("pk")))
    found: list[Any] = list(rows.order_by("-score", "-pk")[:SHOWN])
    return Alike([_likeness(pair, entry, competition) for pair in found], found[0].all if found else 0)


def alike_counts(user: Any, keys: Collection[int]) -> dict[int, int]:
    """By key of the entry, for a page of the queue."""
    return NearPair.objects.visible_to(user).counts_for(keys)


def _likeness(pair: Any, entry: Submission, competition: str) -> Likeness:
    side = "second" if pair.first_id == entry.pk else "first"
    is_seen = getattr(pair, f"sees_{side}")
    title = getattr(pair, f"{side}_title") if is_seen else ""
    return Likeness(pair, getattr(pair, side), title, is_seen, pair.address_in(competition))
