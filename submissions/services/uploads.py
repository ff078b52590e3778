"""Uploads in pieces: begun, continued, finished or given up. The part on disk says how far one has come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.core import audit, files, parts
from portal.core.errors import Conflict
from portal.core.failpoints import failpoint
from portal.core.models import StoredFile
from portal.core.permissions import require
from portal.core.trouble import NoRoom, storage_at_work
from submissions import asking, replacing, rules, windows
from submissions.asked import definition_of
from submissions.definition import Slot
from submissions.enums import UploadState
from submissions.models import Attachment, RegisteredFile, Submission, Upload
from submissions.services.files import NoSuchSlot, attach_stored
from submissions.services.locking import lock_team
from submissions.services.quota import require_room
from submissions.services.registered import awaited
from submissions.services.registering import require_size, take_registered
from submissions.uploads import check_content, check_name, check_size

LIFETIME = timedelta(hours=24)


@storage_at_work()
def begin_upload(
    submission: Submission, *, actor: Any, slot: str, name: str, size: int, now: datetime | None = None
) -> Upload:
    """Room for a file of ``size`` bytes; refuses before a byte is sent what would be refused by name, size or quota."""
    require(rules.is_member, actor, submission.team)
    now = now or timezone.now()
    asked = _asked(submission, slot)
    if registered := _registered(submission, slot, now):
        require_size(registered, size)
        name = registered.name
    tidy = _at_file(lambda: _announced(name, size, asked, submission))
    _require_disk(size)
    upload = Upload(user=actor, submission=submission, slot=slot, name=tidy, size=size, created_at=now)
    upload.expires_at = now + LIFETIME
    _begin(upload)
    return upload


@storage_at_work()
def take_chunk(upload: Upload, source: Any, *, offset: int, digest: Any = None, expected: bytes = b"") -> int:
    """Write on from ``offset``; returns where it ends. Raises Busy, WrongOffset, TooMuch, WrongSum, StorageTrouble.

    ``digest`` is fed with the chunk's bytes; when it doesn't say ``expected`` in the end, nothing of the chunk is kept.
    """
    with parts.locked(upload.public_id) as part:
        end = parts.append(part, source, offset=offset, most=upload.size, digest=digest)
        if digest is not None and digest.digest() != expected:
            parts.cut(part, offset)
            raise WrongSum
        return end


class WrongSum(Exception):
    """The chunk's bytes are not those whose sum was sent with it."""


@storage_at_work()
def finish_upload(upload: Upload, *, actor: Any, now: datetime | None = None) -> Upload:
    """Make a file of the entry out of all the bytes; what can't be one is thrown away with its reason kept.

    A second time, also at the same moment, changes nothing.
    """
    with parts.locked(upload.public_id):
        entry, state = asking.to_finish(upload)
        if state != UploadState.OPEN:
            upload.refresh_from_db(fields=["state", "attachment", "refusal"])
            return upload
        require(rules.is_member, actor, entry.team)
        now = now or timezone.now()
        registered = _registered(entry, upload.slot, now)
        asked = _asked(entry, upload.slot)
        try:
            upload.attachment = _finish(upload, entry, asked, _stored(upload, asked), registered, actor=actor, now=now)
            # Not before it is committed: until then the part is all there is of the file.
            upload.state = UploadState.DONE
            failpoint("before_part_removed")
        except ValidationError as error:
            _refuse(upload, error)
            raise
        finally:
            if upload.state != UploadState.OPEN:
                parts.remove(upload.public_id)
    return upload


def give_up(upload: Upload, *, actor: Any) -> None:
    """What has arrived is thrown away; a file that is finished stays."""
    parts.remove(upload.public_id)
    Upload.objects.filter(pk=upload.pk).delete()


def drop_uploads(rows: QuerySet[Upload]) -> None:
    """Those of somebody who goes: the rows with the caller's transaction, what has arrived once it is committed."""
    for name in rows.values_list("public_id", flat=True):
        transaction.on_commit(partial(parts.remove, name))
    rows.delete()


def sweep_uploads(*, now: datetime | None = None) -> int:
    """Throw away what nobody goes on with, and parts that no row knows or needs any more; returns how many rows."""
    now = now or timezone.now()
    old = Upload.objects.filter(expires_at__lte=now)
    for name in old.values_list("public_id", flat=True):
        parts.remove(name)
    count, _by_model = old.delete()
    for name in _finished():
        parts.remove(name)
    stale = dict(parts.older_than(LIFETIME.total_seconds()))
    known = {str(each) for each in Upload.objects.filter(public_id__in=stale).values_list("public_id", flat=True)}
    for orphan in set(stale) - known:
        parts.remove(orphan)
    return count


def _finished() -> Iterable[Any]:
    """Whose part is still there although it is done with: whoever finished them was killed before it was gone."""
    lying = [name for name, _size in parts.older_than(0)]
    rows = Upload.objects.filter(public_id__in=lying).exclude(state=UploadState.OPEN)
    return rows.values_list("public_id", flat=True)


def _registered(submission: Submission, slot: str, now: datetime) -> RegisteredFile | None:
    """What alone may come into the slot, where the end is over; None while the entry is written; else Conflict."""
    try:
        replacing.require_slot(submission, slot, now)
    except Conflict:
        registered = awaited(submission, slot, now, windows.window_of(submission))
        if registered is None:
            raise
        return registered
    return None


def _asked(submission: Submission, slot: str) -> Slot:
    asked = definition_of(submission).slot(slot)
    if asked is None:
        raise NoSuchSlot
    return asked


def _announced(name: str, size: int, slot: Slot, submission: Submission) -> str:
    tidy, _kind = check_name(name, slot)
    check_size(size, slot.largest(submission.team.competition.max_file_size))
    return tidy


def _at_file(check: Any) -> Any:
    try:
        return check()
    except ValidationError as error:
        raise ValidationError({"file": error.messages}) from error


def _require_disk(size: int) -> None:
    if parts.free() < size + parts.RESERVE:
        raise NoRoom


@transaction.atomic
def _begin(upload: Upload) -> None:
    # Two members who begin at once would each find the same room.
    lock_team(upload.submission.team_id)
    require_room(upload.submission.team_id, upload.size, besides=(upload.submission, upload.slot))
    upload.save()
    parts.create(upload.public_id)


def _stored(upload: Upload, asked: Slot) -> StoredFile:
    path = parts.path_of(upload.public_id)

    def check() -> StoredFile:
        with path.open("rb") as content:
            check_content(File(content, name=upload.name), asked)
        return files.adopt(path)

    return _at_file(check)


@transaction.atomic
def _finish(
    upload: Upload,
    entry: Submission,
    asked: Slot,
    stored: StoredFile,
    registered: RegisteredFile | None,
    *,
    actor: Any,
    now: datetime,
) -> Attachment:
    files.enter(stored)
    with audit.together():
        if registered is not None:
            attachment = take_registered(registered, stored, actor=actor, now=now)
        else:
            attachment = attach_stored(entry, asked, stored, upload.name, actor=actor, now=now)
        Upload.objects.filter(pk=upload.pk).update(state=UploadState.DONE, attachment=attachment)
    return attachment


def _refuse(upload: Upload, error: ValidationError) -> None:
    upload.state, upload.refusal = UploadState.REFUSED, " ".join(error.messages)
    upload.save(update_fields=["state", "refusal"])
