"""A mail to teams whose registered files have not followed: a day and an hour before it is too late, after the end.

As with other reminders, each (reminder, recipient, end) is one row of the outbox.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from portal.notifications.services import enqueue_all
from submissions import windows
from submissions.models import Extension, RegisteredFile, Team, TeamMember
from submissions.services.reminders import hours_before, reminder_row, unknown
from tracks.enums import StageKind
from tracks.models import LONGEST_HASH_GRACE, Stage

KIND = "submissions.files_awaited"


def remind(*, now: datetime | None = None) -> int:
    """Put every reminder that is due in the outbox; returns how many are new."""
    now = now or timezone.now()
    teams = list(Team.objects.filter(pk__in=_recently_ended(now).values("submission__team")).order_by("pk"))
    found = windows.windows_of(teams, StageKind.SUBMISSION)
    ends = {pk: window.follow_until for pk, window in found.items() if window.awaits(now)}
    due = {pk: hours for pk, end in ends.items() if (hours := hours_before(end, now))}
    people = defaultdict(list)
    for team, user in TeamMember.objects.filter(team__in=due, user__is_active=True).values_list("team", "user"):
        people[team].append(user)
    rows = [
        reminder_row(KIND, "files-awaited", team, hours, ends[team], user, now)
        for team, hours in due.items()
        for user in people[team]
    ]
    new = list(unknown(rows))
    if new:
        enqueue_all(new)
    return len(new)


def still_awaited(team: int, ends_at: datetime, now: datetime) -> list[RegisteredFile]:
    """What a reminder is about when it is sent; nothing once the time has passed or been moved."""
    found = Team.objects.select_related("competition").filter(pk=team).first()
    window = windows.stage_of(found.competition, StageKind.SUBMISSION, [found]) if found else None
    if window is None or window.follow_until != ends_at or not window.awaits(now):
        return []
    rows = RegisteredFile.objects.missing().filter(submission__team=team)
    return list(rows.select_related("submission__team__competition").order_by("pk"))


def _recently_ended(now: datetime) -> QuerySet[RegisteredFile]:
    """Only those that may still follow: what never came is not read again every few minutes for ever."""
    since = now - timedelta(minutes=LONGEST_HASH_GRACE)
    of = {"kind": StageKind.SUBMISSION, "closes_at__gt": since, "closes_at__lte": now}
    stages = Stage.objects.filter(competition=OuterRef("submission__team__competition"), hash_grace__gt=0, **of)
    granted = Extension.objects.live().filter(team=OuterRef("submission__team"), **of)
    return RegisteredFile.objects.missing().filter(Q(Exists(stages)) | Q(Exists(granted)))
