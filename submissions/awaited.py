"""What has become of an entry's registered files, for pages: each may follow, has followed, or never did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from submissions.enums import SubmissionStatus
from submissions.models import RegisteredFile, Submission, SubmissionVersion
from submissions.windows import Window

# Nothing follows for an entry that takes no further part.
OUT = (SubmissionStatus.WITHDRAWN, SubmissionStatus.REJECTED)


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
    rows = list(
        RegisteredFile.objects.filter(counted, submission=entry).distinct().select_related("attachment").order_by("pk")
    )
    for row in rows:
        row.submission = entry
    return rows


def told(
    rows: list[RegisteredFile], latest: SubmissionVersion | None, window: Window | None, now: datetime
) -> list[Registered]:
    """``rows`` of one entry and the version that it submitted last; those of which nothing comes are left out."""
    until = window.follow_until if window else None
    states = [(row, _state(row, window, now, is_sent=is_sent(row, latest))) for row in rows]
    return [Registered(row, state, until) for row, state in states if state]


def is_sent(row: RegisteredFile, latest: SubmissionVersion | None) -> bool:
    """What was submitted last counts on it; what a draft does is the team's own affair."""
    counted_on = latest.form.get("registered", []) if latest else []
    return (row.slot, row.sha256) in {(each["slot"], each["sha256"]) for each in counted_on}


def _state(row: RegisteredFile, window: Window | None, now: datetime, *, is_sent: bool) -> str:
    if row.attachment is not None:
        # Arrived and taken out of the draft again, it is there only for what was submitted.
        return "followed" if is_sent or row.attachment.replaced_at is None else ""
    is_out = row.submission.status in OUT
    if window is None or is_out or not is_sent:
        return "registered" if window and window.registers(now) and row.replaced_at is None and not is_out else ""
    if window.awaits(now):
        return "awaited"
    return "registered" if window.registers(now) else "missing"
