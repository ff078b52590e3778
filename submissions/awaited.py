"""What has become of an entry's registered files, for pages: each may follow, has followed, or never did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from submissions.models import RegisteredFile, Submission, SubmissionVersion
from submissions.windows import Window


@dataclass(frozen=True)
class Registered:
    file: RegisteredFile
    # registered (while the entry is written) · awaited · followed · missing (it never followed)
    state: str
    # Until when it may follow, as things stand.
    until: datetime | None

    @property
    def is_awaited(self) -> bool:
        return self.state == "awaited"

    @property
    def is_missing(self) -> bool:
        return self.state == "missing"


def registered_rows(entry: Submission, latest: SubmissionVersion | None) -> list[RegisteredFile]:
    """On which the draft or the version submitted last counts; no query where the entry knows that there are none."""
    if not getattr(entry, "has_registered", True):
        return []
    counted = Q(replaced_at=None) | Q(versions=latest) if latest else Q(replaced_at=None)
    rows = RegisteredFile.objects.filter(counted, submission=entry).distinct()
    return list(rows.select_related("attachment").order_by("pk"))


def told(rows: list[RegisteredFile], window: Window | None, now: datetime) -> list[Registered]:
    until = window.follow_until if window else None
    return [Registered(row, _state(row, window, now), until) for row in rows if _stands(row)]


def _stands(row: RegisteredFile) -> bool:
    """What was registered, arrived and was taken out of the draft again is no news."""
    return row.attachment is None or row.attachment.replaced_at is None or row.replaced_at is not None


def _state(row: RegisteredFile, window: Window | None, now: datetime) -> str:
    if row.attachment_id is not None:
        return "followed"
    if window is None:
        return "missing"
    if window.registers(now):
        return "registered"
    return "awaited" if window.awaits(now) else "missing"
