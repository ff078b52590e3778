"""A mail a day and an hour before the end to teams with drafts that nobody has submitted; and a day before the end of
a correction that nobody has submitted.

Each (reminder, recipient, end) is one row of the outbox, so however often it is asked for, it is sent once. An end that
is moved is another one, with reminders of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from portal.notifications.models import Outbox
from portal.notifications.services import enqueue_all
from submissions import windows
from submissions.enums import SubmissionStatus
from submissions.models import Correction, Extension, Submission, Team, TeamMember
from tracks.enums import StageKind
from tracks.models import Stage

KIND = "submissions.reminder"
CORRECTION_KIND = "submissions.correction_ends"
# Hours before the end, the last one first: who is due for it is not reminded of the earlier one as well.
BEFORE = (1, 24)
BEFORE_CORRECTION = timedelta(hours=24)
BATCH = 500


def remind(*, now: datetime | None = None) -> int:
    """Put every reminder that is due in the outbox; returns how many are new."""
    now = now or timezone.now()
    teams = list(_ending_soon(now))
    ends = {pk: window.closes_at for pk, window in windows.windows_of(teams, StageKind.SUBMISSION).items()}
    due = {team.pk: hours for team in teams if (hours := hours_before(ends.get(team.pk), now))}
    people = _members(due)
    rows = [
        reminder_row(KIND, "reminder", team, hours, ends[team], user, now)
        for team, hours in due.items()
        for user in people[team]
    ]
    return _put_in([*rows, *_of_corrections(now)])


def still_due(team: int, ends_at: datetime, now: datetime) -> list[Submission]:
    """What a reminder is about when it is sent: the drafts; nothing once the end has passed or been moved."""
    found = Team.objects.select_related("competition").filter(pk=team).first()
    window = windows.stage_of(found.competition, StageKind.SUBMISSION, [found]) if found else None
    if window is None or window.closes_at != ends_at or not window.is_open(now):
        return []
    drafts = Submission.objects.filter(team=team, status=SubmissionStatus.DRAFT).with_form()
    return list(drafts.select_related("team__competition", "topic", "track").order_by("pk"))


def open_correction(pk: int, ends_at: datetime) -> Correction | None:
    """What a mail about a correction is about when it is sent: nothing once the entry is back, or the end moved."""
    rows = Correction.objects.select_related("screening__version__submission__team__competition")
    standing = rows.filter(screening__version__submission__status=SubmissionStatus.RETURNED)
    return standing.filter(pk=pk, closes_at=ends_at).first()


def _of_corrections(now: datetime) -> Iterable[Outbox]:
    """Whoever was given less than a day was told the end a moment ago."""
    soon = Correction.objects.filter(
        closes_at__gt=now,
        closes_at__lte=now + BEFORE_CORRECTION,
        screening__decided_at__lt=F("closes_at") - BEFORE_CORRECTION,
        screening__version__submission__status=SubmissionStatus.RETURNED,
    )
    ending = list(soon.order_by("pk").values_list("pk", "closes_at", "screening__version__submission__team"))
    people = _members({team for _pk, _end, team in ending})
    for pk, ends_at, team in ending:
        for user in people[team]:
            payload = {"correction": pk, "ends_at": ends_at.isoformat(), "user": user}
            key = f"correction-ends:{pk}:{ends_at:%Y%m%dT%H%M%S.%fZ}:{user}"
            yield Outbox(kind=CORRECTION_KIND, key=key, payload=payload, available_at=now)


def _members(teams: Iterable[int]) -> dict[int, list[int]]:
    people = defaultdict(list)
    for team, user in TeamMember.objects.filter(team__in=teams, user__is_active=True).values_list("team", "user"):
        people[team].append(user)
    return people


def _put_in(rows: list[Outbox]) -> int:
    new = list(unknown(rows))
    if new:
        enqueue_all(new)
    return len(new)


def _ending_soon(now: datetime) -> Iterable[Team]:
    """Whose stage, or whose own end, comes within the longest time before; with a draft in hand."""
    soon = {"closes_at__gt": now, "closes_at__lte": now + timedelta(hours=max(BEFORE))}
    stages = Stage.objects.filter(kind=StageKind.SUBMISSION, opens_at__lte=now, **soon).values("competition")
    granted = Extension.objects.live().filter(kind=StageKind.SUBMISSION, **soon).values("team")
    drafts = Submission.objects.filter(status=SubmissionStatus.DRAFT).values("team")
    return Team.objects.filter(Q(competition__in=stages) | Q(pk__in=granted), pk__in=drafts).order_by("pk")


def hours_before(ends_at: datetime | None, now: datetime) -> int | None:
    if ends_at is None or ends_at <= now:
        return None
    return next((hours for hours in BEFORE if ends_at - now <= timedelta(hours=hours)), None)


def reminder_row(kind: str, name: str, team: int, hours: int, ends_at: datetime, user: int, now: datetime) -> Outbox:
    """``name`` begins its key."""
    payload = {"team": team, "hours": hours, "ends_at": ends_at.isoformat(), "user": user}
    key = f"{name}:{hours}:{team}:{ends_at:%Y%m%dT%H%M%S.%fZ}:{user}"
    return Outbox(kind=kind, key=key, payload=payload, available_at=now)


def unknown(rows: list[Outbox]) -> Iterable[Outbox]:
    """Beat asks every few minutes: what is there already is not written again."""
    for start in range(0, len(rows), BATCH):
        some = {row.key: row for row in rows[start : start + BATCH]}
        for key in Outbox.objects.filter(key__in=list(some)).values_list("key", flat=True):
            del some[key]
        yield from some.values()
