"""What organizers see of the shortlist: entries that passed screening, and how far each has come since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef

from portal.core.keyset import Page, page_of
from submissions.enums import ShortlistState, SubmissionStatus
from submissions.models import Replacement, Shortlisting
from submissions.querysets import SubmissionQuerySet
from submissions.screening_queue import A_PAGE, Line, lines_of


@dataclass
class Listed:
    """An entry with its place on the shortlist, if it has one."""

    line: Line
    row: Shortlisting | None
    # When its team replaced files last.
    replaced_at: datetime | None = None

    @property
    def entry(self) -> Any:
        return self.line.entry

    @property
    def pick(self) -> str:
        return self.line.pick


def in_state(rows: SubmissionQuerySet, state: str) -> SubmissionQuerySet:
    live = Shortlisting.objects.live().filter(submission=OuterRef("pk"))
    found: SubmissionQuerySet = rows.filter(status=SubmissionStatus.ELIGIBLE)
    if state == ShortlistState.CANDIDATES:
        return found.filter(~Exists(live))
    return found.filter(Exists(live.filter(announced_at__isnull=state == ShortlistState.CHOSEN)))


def narrowed(rows: SubmissionQuerySet, asked: dict[str, Any]) -> SubmissionQuerySet:
    """``asked``: the cleaned data of a ``ShortlistForm``."""
    rows = in_state(rows, asked["state"] or ShortlistState.CANDIDATES)
    if asked["track"]:
        rows = rows.filter(track=asked["track"])
    return rows.matching(asked["q"]) if asked["q"] else rows


def page_of_shortlist(user: Any, rows: SubmissionQuerySet, *, now: datetime, before: str, after: str) -> Page:
    """The page's rows are ``Listed``, in the order in which they were submitted."""
    narrow = rows.only("pk").annotate(at=F("submitted_at"))
    page = page_of([narrow], size=A_PAGE, before=before, after=after, oldest_first=True)
    return Page(listed(user, [row.pk for row in page.rows], now=now), newer=page.newer, older=page.older)


def listed(user: Any, keys: list[int], *, now: datetime) -> list[Listed]:
    """In two queries beside those of the lines, however many."""
    rows = Shortlisting.objects.visible_to(user).live().with_end().filter(submission__in=keys)
    live = {row.submission_id: row for row in rows.select_related("made_by", "announced_by")}
    made = Replacement.objects.filter(version__submission__in=keys).order_by("version__number")
    replaced = dict(made.values_list("version__submission", "version__created_at"))
    return [
        Listed(line, live.get(line.entry.pk), replaced.get(line.entry.pk)) for line in lines_of(user, keys, now=now)
    ]


def counts_of(rows: SubmissionQuerySet) -> dict[str, int]:
    return {state: in_state(rows, state).count() for state in ShortlistState.values}
