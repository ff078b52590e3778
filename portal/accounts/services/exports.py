"""A copy of everything the portal keeps about a person: asked for by them, made by a worker, gone after three days."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.accounts.enums import ExportStatus
from portal.accounts.lifecycle import EXPORT_LIFECYCLE
from portal.accounts.models import DataExport, User
from portal.accounts.personal_data import KEEPERS, Section
from portal.accounts.services.people import is_self, lock_person
from portal.accounts.signals import export_ready, export_requested
from portal.core import audit
from portal.core.errors import Conflict, TransitionNotAllowed
from portal.core.files import CHUNK, DamagedFile, open_stored
from portal.core.models import StoredFile
from portal.core.permissions import require
from portal.core.text import tidy_file_name

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(hours=72)
# Whatever was not made by then never will be.
STALE_AFTER = timedelta(days=1)
# Longer than the hard limit of the task that makes it.
LEASE = timedelta(hours=1)
MOST_ATTEMPTS = 3
MOST_A_DAY = 5


@transaction.atomic
def request_export(user: Any, *, actor: Any, now: datetime | None = None) -> DataExport:
    """Ask for a copy; while one is being made this gives that one. An earlier copy is no longer offered."""
    require(is_self, actor, user)
    now = now or timezone.now()
    person = lock_person(user)
    exports = DataExport.objects.filter(user=person)
    running = exports.running().first()
    if running is not None:
        return running
    if exports.filter(requested_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Conflict(_("You have asked for several copies today. Please come back tomorrow."))
    for earlier in exports.filter(status=ExportStatus.READY):
        EXPORT_LIFECYCLE.apply(earlier, "expire_export", actor=actor)
    export = DataExport.objects.create(user=person, requested_at=now)
    audit.record("request_export", export, actor=actor)
    export_requested.send(DataExport, export=export)
    return export


def make_export(export_id: int) -> None:
    """Write the copy and offer it; one that is there, was called off or whose account is closed is let be.

    So is one while another is being made: a single worker does it, and mail goes on. ``next_export`` names it then.
    """
    export = _claim(export_id)
    if export is None:
        return
    try:
        _offer(export, size=_write(export))
    except Exception as error:
        # Another run would take as long; after anything else it may go better.
        _put_back(export, is_last=isinstance(error, SoftTimeLimitExceeded) or export.attempts >= MOST_ATTEMPTS)
        raise


def next_export(now: datetime | None = None) -> int | None:
    """The one that has waited longest for a worker; none while a worker is at one."""
    now = now or timezone.now()
    if DataExport.objects.being_made(now).exists():
        return None
    waiting = DataExport.objects.without_worker(now).filter(attempts__lt=MOST_ATTEMPTS, user__is_active=True)
    return waiting.order_by("pk").values_list("pk", flat=True).first()


def _claim(export_id: int) -> DataExport | None:
    now = timezone.now()
    wanted = DataExport.objects.running().filter(pk=export_id, user__is_active=True)
    if DataExport.objects.being_made(now).exists() or not wanted.exists():
        return None
    # Known to the sweep before there is a file: a worker that dies half-way leaves nothing behind for good.
    claim = {"lease_until": now + LEASE, "attempts": F("attempts") + 1, "has_file": True}
    if not DataExport.objects.without_worker(now).filter(pk=export_id).update(**claim):
        return None
    return DataExport.objects.select_related("user").get(pk=export_id)


def _write(export: DataExport) -> int:
    """Returns its size in bytes."""
    (settings.VAR_DIR / "tmp").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=settings.VAR_DIR / "tmp") as draft:
        write_copy(draft, export.user, made_at=timezone.now())
        size = draft.tell()
        draft.seek(0)
        default_storage.delete(export.path)
        default_storage.save(export.path, File(draft))
    return size


def _put_back(export: DataExport, *, is_last: bool) -> None:
    if is_last:
        _give_up(export)
    else:
        DataExport.objects.running().filter(pk=export.pk).update(lease_until=None)


def _give_up(export: DataExport) -> None:
    """Its person sees so, and asks again."""
    try:
        EXPORT_LIFECYCLE.apply(export, "fail_export", actor=None)
    except TransitionNotAllowed:
        logger.info("the copy %s was called off", export.public_id)


def _offer(export: DataExport, *, size: int) -> None:
    now = timezone.now()
    try:
        with transaction.atomic():
            changes: dict[str, Any] = {"ready_at": now, "expires_at": now + KEPT_FOR, "size": size, "has_file": True}
            EXPORT_LIFECYCLE.apply(export, "finish_export", actor=None, **changes)
            export_ready.send(DataExport, export=export)
    except TransitionNotAllowed:
        # Called off while we wrote; nobody else may find it.
        default_storage.delete(export.path)


@transaction.atomic
def open_export(export: DataExport, *, actor: Any, now: datetime | None = None) -> File[Any]:
    """The copy's bytes, for the person it is about; the audit trail keeps that it was fetched."""
    require(is_self, actor, export.user)
    if not DataExport.objects.downloadable(now or timezone.now()).filter(pk=export.pk).exists():
        raise Conflict(_("This copy is no longer kept. Please ask for a new one."))
    try:
        content = default_storage.open(export.path)
    except FileNotFoundError:
        raise Conflict(_("This copy is no longer kept. Please ask for a new one.")) from None
    audit.record("download_export", export, actor=actor)
    return content


def sweep_exports(now: datetime | None = None) -> int:
    """Take back what is overdue and delete its bytes; returns how many files went."""
    now = now or timezone.now()
    for export in DataExport.objects.overdue(now):
        try:
            EXPORT_LIFECYCLE.apply(export, "expire_export", actor=None)
        except TransitionNotAllowed:
            continue
    hopeless = Q(requested_at__lte=now - STALE_AFTER) | Q(attempts__gte=MOST_ATTEMPTS)
    for export in DataExport.objects.without_worker(now).filter(hopeless):
        _give_up(export)
    gone = DataExport.objects.filter(status__in=[ExportStatus.EXPIRED, ExportStatus.FAILED], has_file=True)
    return sum(delete_file(export) for export in gone)


def delete_file(export: DataExport) -> bool:
    try:
        default_storage.delete(export.path)
    except OSError:
        logger.exception("the copy %s can't be deleted", export.public_id)
        return False
    ended = DataExport.objects.filter(status__in=[ExportStatus.EXPIRED, ExportStatus.FAILED])
    ended.filter(pk=export.pk).update(has_file=False)
    return True


def write_copy(target: IO[bytes], user: User, *, made_at: datetime) -> None:
    """A ZIP: a list in JSON for each kind of data, the person's files, and a page that says what is what."""
    sections = [section for keeper in KEEPERS for section in keeper.sections]
    counts, missing = {}, []
    with translation.override(settings.LANGUAGE_CODE), ZipFile(target, "w", ZIP_DEFLATED) as copy:
        for section in sections:
            counts[section.name] = _write_section(copy, section, user)
        for number, (name, stored) in enumerate(_files(user), 1):
            path = f"files/{number:03}-{tidy_file_name(name)}"
            if not _write_file(copy, path, stored):
                missing.append(path)
        manifest = {"portal": settings.CANONICAL_URL, "made_at": made_at, "format": 1}
        manifest |= {"sections": counts, "missing_files": missing}
        copy.writestr("manifest.json", _json(manifest))
        context = {"sections": [(each, counts[each.name]) for each in sections], "made_at": made_at, "user": user}
        copy.writestr("README.txt", render_to_string("accounts/copy_readme.txt", context))


def _files(user: User) -> Iterator[tuple[str, StoredFile]]:
    for keeper in KEEPERS:
        yield from keeper.files(user)


def _write_section(copy: ZipFile, section: Section, user: User) -> int:
    count = 0
    with copy.open(f"{section.name}.json", "w", force_zip64=True) as target:
        target.write(b"[")
        for row in section.rows(user):
            target.write(b",\n" if count else b"\n")
            target.write(_json(row))
            count += 1
        target.write(b"\n]\n")
    return count


def _write_file(copy: ZipFile, path: str, stored: StoredFile) -> bool:
    try:
        content = open_stored(stored)
    except DamagedFile:
        logger.exception("stored file %s is missing in a copy", stored.sha256)
        return False
    # PDFs and the like are packed already.
    copy.compression = ZIP_STORED
    with content, copy.open(path, "w", force_zip64=True) as target:
        for chunk in content.chunks(CHUNK):
            target.write(chunk)
    copy.compression = ZIP_DEFLATED
    return True


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder, indent=1).encode()
