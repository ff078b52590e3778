"""The queue of screening: what stands under which tab, and what is known about each entry of a page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.fields.json import KeyTextTransform

from portal.core.keyset import Page, page_of
from submissions.enums import ScreeningState, SubmissionStatus
from submissions.models import ScreeningClaim, ScreeningProposal, Submission, SubmissionVersion
from submissions.near_said import alike_counts
from submissions.querysets import SubmissionQuerySet
from submissions.screening_words import Chip, alike_chip, chips_of, remarks_of
from tracks.models import Competition, TopicRevision

A_PAGE = 50


@dataclass
class Line:
    entry: Submission
    version: SubmissionVersion
    chips: list[Chip] = field(default_factory=list)
    claim: ScreeningClaim | None = None
    proposal: ScreeningProposal | None = None

    @property
    def title(self) -> str:
        return str(self.version.submitted_title)  # type: ignore[attr-defined]

    @property
    def screening(self) -> Any:
        return getattr(self.version, "screening", None)

    @property
    def correction(self) -> Any:
        return getattr(self.screening, "correction", None)

    @property
    def pick(self) -> str:
        """How a form names the entry as it stands on this page."""
        return f"{self.entry.public_id}:{self.version.number}"


def entries_of(user: Any, competition: Competition) -> SubmissionQuerySet:
    """All that this organizer screens there."""
    rows: SubmissionQuerySet = Submission.objects.screened_by(user).filter(track__competition=competition)
    return rows


def page_of_queue(
    user: Any, rows: SubmissionQuerySet, asked: dict[str, Any], *, now: datetime, before: str, after: str
) -> Page:
    """``asked``: the cleaned data of a ``QueueForm``. The page's rows are ``Line``s."""
    rows = rows.in_screening(asked["state"] or ScreeningState.WAITING, now)
    if asked["track"]:
        rows = rows.filter(track=asked["track"])
    if asked["q"]:
        rows = rows.matching(asked["q"])
    if asked["remarks"]:
        rows = rows.with_remarks(user)
    # First which, then what is known about them: the sorting drags nothing along.
    narrow = rows.only("pk").annotate(at=F("submitted_at"))
    page = page_of([narrow], size=A_PAGE, before=before, after=after, oldest_first=asked["order"] != "new")
    lines = lines_of(user, [row.pk for row in page.rows], now=now)
    return Page(lines, newer=page.newer, older=page.older)


def lines_of(user: Any, keys: list[int], *, now: datetime) -> list[Line]:
    """In the order of ``keys``; in five queries, however many."""
    if not keys:
        return []
    versions = {each.submission_id: each for each in _latest_versions(keys)}
    claims = ScreeningClaim.objects.visible_to(user).live(now).filter(submission__in=keys).select_related("user")
    held = {claim.submission_id: claim for claim in claims}
    proposals = ScreeningProposal.objects.visible_to(user).open().filter(version__submission__in=keys)
    proposed = {each.version_id: each for each in proposals.select_related("proposed_by")}
    entries = Submission.objects.screened_by(user).for_listing().in_bulk(keys)
    resembling = alike_counts(user, keys)
    lines = []
    for key in keys:
        # Between the two queries an entry may have been taken out of sight.
        if key in entries and key in versions:
            version = versions[key]
            near = [alike_chip(resembling[key])] if key in resembling else []
            chips = remarks_of([*chips_of(version, entries[key]), *near])
            lines.append(Line(entries[key], version, chips, held.get(key), proposed.get(version.pk)))
    return lines


def counts_of(user: Any, competition: Competition, now: datetime) -> dict[str, int]:
    """How many of what this organizer screens there stand under each tab, in four queries that read hardly a row."""
    handed_in = Submission.objects.handed_in(user, competition)
    own = dict(handed_in.of_member(user).values_list("pk", "status"))
    by_status: Counter[str] = Counter()
    # By track as well, for there is an index of both together.
    for _track, status, count in handed_in.order_by().values_list("track", "status").annotate(count=Count("pk")):
        by_status[status] += count
    by_status.subtract(own.values())
    others = handed_in.exclude(pk__in=own)
    second = Counter(others.in_screening(ScreeningState.SECOND_LOOK, now).values_list("status", flat=True))
    overdue = others.in_screening(ScreeningState.OVERDUE, now).count()
    returned = by_status[SubmissionStatus.RETURNED]
    return {
        ScreeningState.WAITING: by_status[SubmissionStatus.SUBMITTED] - second[SubmissionStatus.SUBMITTED],
        ScreeningState.SECOND_LOOK: second.total(),
        ScreeningState.RETURNED: returned - overdue - second[SubmissionStatus.RETURNED],
        ScreeningState.OVERDUE: overdue,
        ScreeningState.PASSED: by_status[SubmissionStatus.ELIGIBLE],
        ScreeningState.REJECTED: by_status[SubmissionStatus.REJECTED],
    }


def _latest_versions(keys: list[int]) -> Any:
    versions = SubmissionVersion.objects.filter(submission__in=keys)
    latest = SubmissionVersion.objects.filter(submission=OuterRef("submission")).order_by("-number").values("pk")[:1]
    texts = TopicRevision.objects.filter(topic=OuterRef("submission__topic")).order_by("-number").values("pk")[:1]
    rows = versions.filter(pk=Subquery(latest)).defer("form")
    rows = rows.annotate(submitted_title=KeyTextTransform("title", "form"), latest_text=Subquery(texts))
    return rows.select_related("facts", "screening__decided_by", "screening__correction")
