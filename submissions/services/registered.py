"""What becomes of a registered file when bytes come into its slot. Whoever calls has locked the entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.models import StoredFile
from portal.core.templatetags.ui import deadline
from submissions import windows
from submissions.definition import Slot
from submissions.models import Attachment, RegisteredFile, Submission, SubmissionVersion
from submissions.services.telling import tell_members


def awaited(submission: Submission, slot: str, now: datetime, window: windows.Window | None) -> RegisteredFile | None:
    """The file that alone may come into ``slot`` now that the end is over; Closed once its time is over, too."""
    row = RegisteredFile.objects.missing().filter(submission=submission, slot=slot).order_by("-pk").first()
    if row is None or window is None or now < window.closes_at:
        return None
    if not window.awaits(now):
        raise windows.Closed(
            _("The file that was registered could follow until %(time)s, Beijing time.")
            % {"time": deadline(window.follow_until)}
        )
    return row


def settle(
    submission: Submission, attachment: Attachment, slot: Slot, registered: Sequence[RegisteredFile], *, actor: Any
) -> None:
    """``attachment`` has come into its slot: it is what was ``registered`` there, or stands in its place."""
    if not registered:
        return
    sha256 = attachment.file.sha256
    rows = RegisteredFile.objects.filter(submission=submission, slot=slot.key, attachment=None)
    named = [each for each in registered if each.sha256 == sha256]
    if slot.max_count == 1:
        rows.current().exclude(sha256=sha256).update(replaced_at=timezone.now())
    if not named:
        return
    if _is_in_time(submission, timezone.now()):
        follow(named, attachment, actor=actor)
    else:
        rows.current().update(replaced_at=timezone.now())


def _is_in_time(submission: Submission, now: datetime) -> bool:
    """What comes for a correction, long after, changes nothing about what was submitted before."""
    window = windows.window_of(submission)
    return window is not None and (window.takes(now) or window.awaits(now))


def follow(rows: Iterable[RegisteredFile], attachment: Attachment, *, actor: Any) -> None:
    """``attachment`` is the file that these named: what counts on them gets it, and the team hears of it."""
    now = timezone.now()
    pks = [row.pk for row in rows]
    counting = list(RegisteredFile.versions.through.objects.filter(registeredfile__in=pks))
    SubmissionVersion.attachments.through.objects.bulk_create(
        (
            SubmissionVersion.attachments.through(submissionversion_id=each, attachment=attachment)
            for each in sorted({line.submissionversion_id for line in counting})
        ),
        ignore_conflicts=True,
    )
    RegisteredFile.objects.filter(pk__in=pks).update(attachment=attachment, followed_at=now)
    # Nothing was submitted on it: it is a file like any other now.
    unused = set(pks) - {line.registeredfile_id for line in counting}
    RegisteredFile.objects.filter(pk__in=unused).update(replaced_at=now)
    for pk in sorted(set(pks) - unused):
        evidence = {"slot": attachment.slot, "sha256": attachment.file.sha256, "size": attachment.file.size}
        audit.record("follow_file", attachment.submission, actor=actor, after=evidence)
        tell_members(attachment.submission, "submissions.file_followed", key=f"file-followed:{pk}", about=pk)


def mismatch(stored: StoredFile, row: RegisteredFile) -> str:
    """Why these bytes are not what was registered."""
    told = {"name": row.name, "registered": row.sha256, "sent": stored.sha256}
    words = _(
        "This is not the file that was registered as “%(name)s”. Registered was SHA-256 %(registered)s;"
        " this file has %(sent)s. Only exactly the registered file is taken now."
    )
    return words % told
