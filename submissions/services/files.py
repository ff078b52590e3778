"""Files of an entry, by slot. A newer one stands beside the old or in its place; no row is overwritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core import audit
from portal.core.errors import Conflict, Missing
from portal.core.models import StoredFile
from portal.core.permissions import require
from submissions import asking, replacing, rules, windows
from submissions.asked import definition_of
from submissions.definition import Slot
from submissions.enums import InspectionState, SlotKind
from submissions.findings import in_words, too_many_pages
from submissions.lifecycle import EDITABLE
from submissions.models import Attachment, RegisteredFile, Submission
from submissions.services.inspections import ask_for_inspection
from submissions.services.locking import lock_team
from submissions.services.quota import require_room
from submissions.services.registered import settle
from submissions.uploads import keep_upload

# As long as bytes that nothing refers to: an upload that became a file and was answered late still finds it.
GIVEN_UP_FOR = timedelta(hours=24)


class NoSuchSlot(Missing):
    def __init__(self) -> None:
        super().__init__(gettext_lazy("The form asks for no such file."))


def attach_file(
    submission: Submission, *, actor: Any, upload: File[Any], slot: str = "proposal", now: datetime | None = None
) -> Attachment:
    """Put a file into the entry. Where the slot takes one, it takes the place of the one that is there.

    Raises NoSuchSlot, Conflict, and ValidationError at ``file``. The same file again changes nothing.
    """
    require(rules.is_member, actor, submission.team)
    now = now or timezone.now()
    asked = definition_of(submission).slot(slot)
    if asked is None:
        windows.require_writable(submission, now)
        raise NoSuchSlot
    replacing.require_slot(submission, slot, now)
    team, besides = submission.team_id, (submission, slot)
    # Before a byte is kept; and once more where two who send at once would have found the same room.
    require_room(team, upload.size, besides=besides)
    stored, name = keep_upload(upload, asked, limit=submission.team.competition.max_file_size)
    with transaction.atomic(), audit.together():
        lock_team(team)
        require_room(team, stored.size, besides=besides)
        return attach_stored(submission, asked, stored, name, actor=actor, now=now)


@transaction.atomic
def remove_file(attachment: Attachment, *, actor: Any, now: datetime | None = None) -> Attachment:
    """Take a file out of the draft; what was submitted with it keeps it. A second time changes nothing."""
    submission = attachment.submission
    require(rules.is_member, actor, submission.team)
    now = now or timezone.now()
    replacing.require_slot(submission, attachment.slot, now)
    _lock_draft(submission, attachment.slot, now)
    if Attachment.objects.filter(pk=attachment.pk, replaced_at=None).update(replaced_at=timezone.now()):
        count_change(submission)
        audit.record("detach", submission, actor=actor, before={"slot": attachment.slot, "file": attachment.file_id})
    return attachment


def sweep_given_up(*, now: datetime | None = None) -> int:
    """Forget files that were replaced or taken out more than a day ago, and were never handed in; returns how many.

    Their bytes go with the next sweep of stored files, unless others have the same.
    """
    old = Attachment.objects.given_up().filter(replaced_at__lt=(now or timezone.now()) - GIVEN_UP_FOR)
    count = 0
    for entry in list(old.order_by().values_list("submission", flat=True).distinct()):
        with transaction.atomic():
            # Whoever hands something in holds this, too: what they count on is asked once more.
            asking.locked_draft().first(entry=entry)
            rows = [row.pk for row in old.filter(submission=entry)]
            Attachment.objects.filter(pk__in=rows).delete()
        count += len(rows)
    return count


def current_files(submission: Submission) -> dict[str, list[Attachment]]:
    """What lies in the draft, by slot, oldest first."""
    found = defaultdict(list)
    for attachment in submission.attachments.current().select_related("file").order_by("pk"):
        found[attachment.slot].append(attachment)
    return dict(found)


@transaction.atomic(savepoint=False)
def attach_stored(
    submission: Submission, slot: Slot, stored: StoredFile, name: str, *, actor: Any, now: datetime
) -> Attachment:
    """What is stored already and has passed all checks of its slot. Without a savepoint: all or nothing."""
    require_not_refused(stored, slot)
    _lock_draft(submission, slot.key, now)
    current = asking.files_in(submission, slot.key)
    for attachment in current:
        if (attachment.file_id, attachment.name) == (stored.pk, name):
            return attachment
    registered = asking.registered_in(submission, slot.key)
    same = [attachment for attachment in current if attachment.file_id == stored.pk]
    if slot.max_count > 1 and not same and len(current) >= slot.max_count - _promised(registered, stored):
        message = _("At most %(limit)s files are allowed here. Please remove one first.") % {"limit": slot.max_count}
        raise ValidationError({"file": [message]})
    if replaced := current if slot.max_count == 1 else same:
        Attachment.objects.filter(pk__in=[each.pk for each in replaced]).update(replaced_at=timezone.now())
    count_change(submission)
    attachment = Attachment.objects.create(
        submission=submission, slot=slot.key, file=stored, name=name, uploaded_by=actor
    )
    evidence = {"slot": slot.key, "sha256": stored.sha256, "size": stored.size}
    audit.record("attach", submission, actor=actor, after=evidence)
    settle(submission, attachment, slot, registered, actor=actor)
    ask_for_inspection(attachment)
    return attachment


def _promised(registered: Iterable[RegisteredFile], stored: StoredFile) -> int:
    """Places that are kept for what was registered."""
    return sum(each.replaced_at is None and each.sha256 != stored.sha256 for each in registered)


def require_not_refused(stored: StoredFile, slot: Slot) -> None:
    """The same bytes were handed in before, and found out."""
    for looked in asking.looked_into(stored):
        if looked.state == InspectionState.REFUSED:
            raise ValidationError({"file": [_("This file can't be handed in. %(reason)s") % {"reason": looked.said}]})
        if found := too_many_pages(looked.findings, slot.max_pages if looked.kind == SlotKind.PDF else None):
            raise ValidationError({"file": [in_words(found)]})


def _lock_draft(submission: Submission, slot: str, now: datetime) -> None:
    found = asking.locked_draft().first(entry=submission.pk)
    if found is None:
        raise Submission.DoesNotExist
    status, submission.draft_version = found
    if status in EDITABLE and submission.is_editable:
        return
    if status != submission.status:
        raise Conflict
    # The shortlisting may have been taken back since we looked.
    replacing.require_slot(submission, slot, now)


def count_change(submission: Submission) -> None:
    """Of an entry that was locked, and its draft's version read after that."""
    submission.draft_version, submission.updated_at = submission.draft_version + 1, timezone.now()
    counted = {"draft_version": submission.draft_version, "updated_at": submission.updated_at}
    Submission.objects.filter(pk=submission.pk).update(**counted)
