"""Entries as they were submitted last, with all that a list of them says; so many at a time, however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Length

from submissions.enums import MemberRole, SubmissionStatus
from submissions.models import (
    Attachment,
    Correction,
    Screening,
    Shortlisting,
    Submission,
    SubmissionVersion,
    TeamMember,
    TeamOrganization,
)

A_BATCH = 250


@dataclass
class EntryRow:
    entry: Submission
    version: Any
    captain: str = ""
    partners: list[str] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    screening: Screening | None = None
    correction_ends: datetime | None = None
    shortlisting: Shortlisting | None = None

    @property
    def title(self) -> str:
        return str(self.version.title_said)


def keys_of(entries: QuerySet[Submission]) -> list[int]:
    """In the order of tracks and numbers. Keys alone are kept: no cursor stays open while a download goes on."""
    order = ("track__number", Length("number"), "number", "pk")
    return list(entries.exclude(number="").order_by(*order).values_list("pk", flat=True))


def rows_of(keys: Sequence[int]) -> Iterator[EntryRow]:
    """Nine queries for each batch. Rows are read side by side and not through each other's relations: those would
    refer to one another, and stay until somebody collects them.
    """
    for start in range(0, len(keys), A_BATCH):
        yield from _described(keys[start : start + A_BATCH])


def _described(keys: Sequence[int]) -> list[EntryRow]:
    related = ("team__organization", "topic", "track")
    entries = Submission.objects.select_related(*related).in_bulk(keys)
    versions = _latest(keys)
    rows = [EntryRow(entries[key], versions[key]) for key in keys if key in entries and key in versions]
    teams, shown = {row.entry.team_id for row in rows}, [row.version.pk for row in rows]
    captains, partners, files = _captains(teams), _partners(teams), _files(shown)
    # Of a version in which only files were replaced, what was decided about the one before goes on holding.
    decided = Screening.objects.filter(version__submission__in=keys).select_related("decided_by", "version")
    decided = decided.defer("version__form").order_by("version__number")
    screenings = {each.version.submission_id: each for each in decided}
    ends = dict(Correction.objects.filter(screening__version__in=shown).values_list("screening__version", "closes_at"))
    listed = {each.submission_id: each for each in Shortlisting.objects.live().filter(submission__in=keys)}
    for row in rows:
        row.captain = captains.get(row.entry.team_id, "")
        row.partners = partners[row.entry.team_id]
        row.files = files[row.version.pk]
        made = screenings.get(row.entry.pk)
        is_standing = made is not None and made.version_id == row.version.pk
        row.screening = made if is_standing or row.entry.status == SubmissionStatus.ELIGIBLE else None
        row.correction_ends = ends.get(row.version.pk)
        row.shortlisting = listed.get(row.entry.pk)
    return rows


def _latest(keys: Sequence[int]) -> dict[int, Any]:
    """By entry; what the form says stays in the database, but for the title."""
    numbers = SubmissionVersion.objects.filter(submission__in=keys).order_by("number")
    last = dict(numbers.values_list("submission", "pk"))
    versions = SubmissionVersion.objects.filter(pk__in=last.values()).defer("form")
    return {each.submission_id: each for each in versions.annotate(title_said=KeyTextTransform("title", "form"))}


def _files(versions: Sequence[int]) -> dict[int, list[Attachment]]:
    found = defaultdict(list)
    joins = SubmissionVersion.attachments.through.objects.filter(submissionversion__in=versions)
    ordered = joins.order_by("attachment__slot", "attachment")
    for each in ordered.select_related("attachment__file"):
        found[each.submissionversion_id].append(each.attachment)
    return found


def _captains(teams: set[int]) -> dict[int, str]:
    rows = TeamMember.objects.filter(team__in=teams, role=MemberRole.CAPTAIN)
    return dict(rows.values_list("team", "user__full_name"))


def _partners(teams: set[int]) -> dict[int, list[str]]:
    found = defaultdict(list)
    rows = TeamOrganization.objects.filter(team__in=teams).order_by("pk")
    for team, name in rows.values_list("team", "organization__name"):
        found[team].append(name)
    return found
