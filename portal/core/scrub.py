"""Files that nothing refers to any more are taken away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError, QuerySet
from django.utils import timezone

from portal.core import remote
from portal.core.models import StoredFile

AGE = timedelta(hours=24)
# What is said about a file, and keeps none alive.
REMARKS = {"submissions.Inspection"}


def unreferenced(*, now: datetime) -> QuerySet[StoredFile]:
    """Stored more than a day ago, and no row of any model names them."""
    rows = StoredFile.objects.filter(created_at__lt=now - AGE)
    for model, column in _references():
        rows = rows.exclude(Exists(model._base_manager.filter(**{column: OuterRef("pk")})))
    return rows


def sweep_files(*, now: datetime | None = None) -> int:
    """Returns how many; whoever stores the same bytes meanwhile waits for the row and stores them anew."""
    now, count = now or timezone.now(), 0
    for stored in unreferenced(now=now).order_by("pk").iterator(chunk_size=500):
        count += _take_away(stored, now=now)
    return count


def _take_away(stored: StoredFile, *, now: datetime) -> int:
    try:
        with transaction.atomic():
            # Looked at once more under the lock that a new reference to the row would wait for.
            held = unreferenced(now=now).select_for_update(of=("self",)).filter(pk=stored.pk).first()
            if held is None:
                return 0
            held.delete()
            # Before the commit: afterwards they might be somebody's again.
            default_storage.delete(stored.path)
    except ProtectedError:
        return 0
    return 1


def _references() -> Iterator[tuple[Any, str]]:
    for model in apps.get_models():
        if model._meta.label in REMARKS:
            continue
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete and field.related_model is StoredFile:
                yield model, field.name


def sweep_left_behind(*, now: datetime | None = None) -> int:
    """Give files whose row was never made, or is gone, a row once they are older than a day; returns how many.

    A day later ``sweep_files`` takes both: whoever brings the same bytes at this moment has looked for a row, and
    hasn't entered one yet. Whoever comes later finds this one, and waits while it is taken.
    """
    before, count = (now or timezone.now()) - AGE, 0
    for path, since, size in _stored():
        sha256 = path.rpartition("/")[2]
        if since < before and not StoredFile.objects.filter(sha256=sha256).exists():
            # What was cut short may have nothing in it; whoever brings all of it says how long it is.
            row = StoredFile(sha256=sha256, size=max(size, 1))
            StoredFile.objects.bulk_create([row], ignore_conflicts=True)
            count += 1
    return count


def _stored() -> Iterator[tuple[str, datetime, int]]:
    """Path, since when, and size."""
    if remote.is_remote(default_storage):
        yield from remote.objects(default_storage)
    elif isinstance(default_storage, FileSystemStorage):
        root = Path(default_storage.location)
        for path in sorted(root.glob("sha256/*/*/*")):
            with suppress(FileNotFoundError):
                found = path.stat()
                yield str(path.relative_to(root)), datetime.fromtimestamp(found.st_mtime, tz=UTC), found.st_size
