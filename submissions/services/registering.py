"""A file's hash in the file's place: registered before the end, followed by exactly that file within a set time."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.models import StoredFile
from portal.core.permissions import require
from submissions import rules, windows
from submissions.asked import definition_of
from submissions.definition import Slot
from submissions.models import Attachment, RegisteredFile, Submission
from submissions.services.files import NoSuchSlot, count_change, require_not_refused
from submissions.services.inspections import ask_for_inspection
from submissions.services.locking import lock_submission, lock_team
from submissions.services.quota import require_room
from submissions.services.registered import awaited, follow, mismatch
from submissions.uploads import check_name, check_size, keep_upload

SHA256 = re.compile(r"[0-9a-f]{64}")


@transaction.atomic
def register_file(
    submission: Submission, *, actor: Any, slot: str, sha256: str, name: str, size: int, now: datetime | None = None
) -> RegisteredFile:
    """Let a hash stand for a file of the draft; it takes the place of what was registered there before.

    Raises NoSuchSlot, Conflict, ValidationError at ``sha256``, ``name`` or ``size``. The same again changes nothing.
    """
    require(rules.is_member, actor, submission.team)
    now = now or timezone.now()
    asked = _asked(submission, slot)
    told = _checked(submission, asked, sha256=sha256, name=name, size=size)
    lock_team(submission.team_id)
    submission = lock_submission(submission)
    require_registering(submission, windows.hold(submission), now)
    current = RegisteredFile.objects.current().filter(submission=submission, slot=asked.key).first()
    if current and current.attachment_id is None and {key: getattr(current, key) for key in told} == told:
        return current
    lying = set(submission.attachments.current().filter(slot=asked.key).values_list("file__sha256", flat=True))
    if len(lying) >= asked.max_count or told["sha256"] in lying:
        raise Conflict(_("There is a file here already. Please remove it first, if another one is to follow."))
    # What follows has to find room when there is no time left to make any.
    require_room(submission.team_id, told["size"], besides=(submission, asked.key), at="size")
    if current:
        _replace(current)
    row = RegisteredFile.objects.create(
        submission=submission, slot=asked.key, registered_by=actor, registered_at=now, **told
    )
    count_change(submission)
    evidence = {"slot": asked.key, "sha256": row.sha256, "size": row.size}
    audit.record("register_file", submission, actor=actor, after=evidence)
    return row


@transaction.atomic
def withdraw_registration(row: RegisteredFile, *, actor: Any, now: datetime | None = None) -> RegisteredFile:
    """The draft no longer counts on it; what was submitted goes on counting on it. A second time changes nothing."""
    require(rules.is_member, actor, row.submission.team)
    submission = lock_submission(row.submission)
    row.refresh_from_db(fields=["replaced_at", "attachment"])
    if row.replaced_at is not None:
        return row
    windows.require_writable(submission, now or timezone.now(), windows.hold(submission))
    if row.attachment_id is not None:
        raise Conflict(_("The file has arrived. If it is not to stay, please remove it from the draft."))
    _replace(row)
    count_change(submission)
    audit.record("unregister_file", submission, actor=actor, before={"slot": row.slot, "sha256": row.sha256})
    return row


def send_registered(row: RegisteredFile, *, actor: Any, upload: File[Any], now: datetime | None = None) -> Attachment:
    """The registered file itself, whole, once the end is over. Raises Closed, and ValidationError at ``file``."""
    submission = row.submission
    require(rules.is_member, actor, submission.team)
    now = now or timezone.now()
    require_awaited(row, now)
    asked = _asked(submission, row.slot)
    require_size(row, upload.size or 0)
    upload.name = row.name
    stored, _name = keep_upload(upload, asked, limit=row.size)
    return take_registered(row, stored, actor=actor, now=now)


@transaction.atomic
def take_registered(row: RegisteredFile, stored: StoredFile, *, actor: Any, now: datetime) -> Attachment:
    """Bytes that are stored and have passed the checks of the slot. The same again gives the file that is there."""
    submission = lock_submission(row.submission)
    row.refresh_from_db(fields=["attachment", "replaced_at"])
    if stored.sha256 != row.sha256:
        raise ValidationError({"file": [mismatch(stored, row)]})
    if row.attachment is not None:
        return row.attachment
    require_awaited(row, now, windows.hold(submission))
    require_not_refused(stored, _asked(submission, row.slot))
    attachment = Attachment.objects.create(
        submission=submission,
        slot=row.slot,
        file=stored,
        name=row.name,
        uploaded_by=actor,
        # The draft goes on with what it has where it has changed its mind since.
        replaced_at=None if row.replaced_at is None else now,
    )
    follow([row], attachment, actor=actor)
    ask_for_inspection(attachment)
    return attachment


def require_registering(submission: Submission, window: windows.Window | None, now: datetime) -> None:
    """A hash may stand for a file: until the team's end, where the stage lets files follow it."""
    windows.require_writable(submission, now, window)
    if not windows.may_register(submission, window, now):
        raise Conflict(_("Files can't be registered by their SHA-256 here. Please send the file itself."))


def require_awaited(row: RegisteredFile, now: datetime, window: windows.Window | None = None) -> None:
    """Exactly this file may come now; Closed before and after."""
    window = window or windows.window_of(row.submission)
    if row.attachment_id is None and awaited(row.submission, row.slot, now, window) == row:
        return
    raise Conflict(_("This file is not waited for. Before the end, files are sent on the page of the entry."))


def require_size(row: RegisteredFile, size: int) -> None:
    if size != row.size:
        told = {"name": row.name, "size": row.size, "sent": size}
        message = _("“%(name)s” was registered with %(size)s bytes; this file has %(sent)s.") % told
        raise ValidationError({"file": [message]})


def _asked(submission: Submission, slot: str) -> Slot:
    asked = definition_of(submission).slot(slot)
    if asked is None:
        raise NoSuchSlot
    return asked


def _checked(submission: Submission, slot: Slot, *, sha256: str, name: str, size: int) -> dict[str, Any]:
    errors = {}
    # certutil of older Windows puts spaces between the bytes.
    tidy = "".join(sha256.split()).lower()
    if not SHA256.fullmatch(tidy):
        errors["sha256"] = ValidationError(_("A SHA-256 has 64 digits from 0 to 9 and a to f."))
    try:
        name, _kind = check_name(name, slot)
    except ValidationError as error:
        errors["name"] = error
    try:
        check_size(size, slot.largest(submission.team.competition.max_file_size))
    except ValidationError as error:
        errors["size"] = error
    if errors:
        raise ValidationError(errors)
    return {"sha256": tidy, "name": name, "size": size}


def _replace(row: RegisteredFile) -> None:
    RegisteredFile.objects.filter(pk=row.pk).update(replaced_at=timezone.now())
    row.refresh_from_db(fields=["replaced_at"])
