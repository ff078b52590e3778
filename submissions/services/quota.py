"""How much a team stores."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import BigIntegerField, CharField, DateTimeField, F, Func, QuerySet, Subquery
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.models import StoredFile
from portal.core.prepared import Given, Prepared
from submissions.enums import UploadState
from submissions.models import Attachment, RegisteredFile, Submission, Team, Upload


def used_by(team: int, *, besides: tuple[Submission, str]) -> int:
    """Bytes that a team's files take, each counted once, with those that are on their way or registered to follow.

    ``besides`` an entry's slot: what is registered there is what comes now, or gives way to it.
    What was taken out before it was handed in lies here for a day more, and counts only where that alone is more than
    a team may store: else a disk could be filled by sending and taking out again.
    """
    entry, slot = besides
    sums = _sums().ask(team=team, now=timezone.now(), entry=entry.pk, slot=slot)
    needed, lying, coming, promised = (int(each or 0) for each in sums[0])
    return max(needed, lying - settings.TEAM_QUOTA) + coming + promised


def require_room(team: int, size: int, *, besides: tuple[Submission, str], at: str = "file") -> None:
    """Raises ValidationError ``at`` the field. It holds for whoever has locked the team; else it is a first look."""
    left = settings.TEAM_QUOTA - used_by(team, besides=besides)
    if size > left:
        sizes = {
            "size": filesizeformat(size),
            "left": filesizeformat(max(0, left)),
            "quota": filesizeformat(settings.TEAM_QUOTA),
        }
        message = _("The file has %(size)s; of the %(quota)s that a team may store, %(left)s are left.") % sizes
        raise ValidationError({at: [message]})


@cache
def _sums() -> Prepared[Any]:
    """Four in one question: files that are needed, all that lie here, those on their way, those that may follow."""
    team = Given("team")
    own = Attachment.objects.filter(submission__team=team)
    coming = Upload.objects.filter(
        submission__team=team, state=UploadState.OPEN, expires_at__gt=Given("now", DateTimeField())
    )
    promised = RegisteredFile.objects.current().filter(submission__team=team, attachment=None)
    promised = promised.exclude(submission=Given("entry"), slot=Given("slot", CharField()))
    needed, lying = (StoredFile.objects.filter(pk__in=files.values("file")) for files in (own.needed(), own))
    rows = (needed, lying, coming, promised)
    return Prepared(Team.objects.filter(pk=team).values_list(*map(_size_of, rows)))


def _size_of(rows: QuerySet[Any]) -> Subquery:
    # Not Django's Sum, which would put ``rows`` into groups first.
    total = Func(F("size"), function="SUM", output_field=BigIntegerField())
    return Subquery(rows.order_by().values(total=total))
