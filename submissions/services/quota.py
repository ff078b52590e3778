"""How much a team stores."""

from __future__ import annotations

from django.db.models import Sum
from django.utils import timezone

from portal.core.models import StoredFile
from submissions.enums import UploadState
from submissions.models import Attachment, RegisteredFile, Submission, Team, Upload


def used_by(team: Team, *, besides: tuple[Submission, str] | None = None) -> int:
    """Bytes that a team's files take, each counted once, with those that are on their way or registered to follow.

    ``besides`` an entry's slot: what is registered there is what comes now, or gives way to it.
    """
    own = Attachment.objects.filter(submission__team=team).values("file")
    stored = StoredFile.objects.filter(pk__in=own).aggregate(total=Sum("size"))["total"] or 0
    coming = Upload.objects.filter(submission__team=team, state=UploadState.OPEN, expires_at__gt=timezone.now())
    promised = RegisteredFile.objects.current().filter(submission__team=team, attachment=None)
    if besides:
        promised = promised.exclude(submission=besides[0], slot=besides[1])
    return stored + sum(rows.aggregate(total=Sum("size"))["total"] or 0 for rows in (coming, promised))
