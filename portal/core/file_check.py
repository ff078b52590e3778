"""Stored files are read again at night, in steps short enough to let a small machine's worker do its other work."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from portal.core.files import DamagedFile, is_intact, open_stored
from portal.core.models import FileCheck, StoredFile
from portal.core.trouble import StorageTrouble

logger = logging.getLogger(__name__)

STARTS, ENDS = time(1, 20), time(7)
SECONDS = 60
LEASE = timedelta(minutes=9)
# How many others are asked whether the storage gives anything at all.
OTHERS = 10


class NothingReadable(Exception):
    """The storage gives no file: that says nothing about any one of them."""


def step(
    tell: Callable[[FileCheck, list[StoredFile]], None], *, now: datetime | None = None, seconds: float | None = None
) -> FileCheck | None:
    """Go on reading where the last step stopped; what doesn't come to its end in one night goes on in the next.

    ``tell`` is called with the files of this step whose bytes are gone, have changed or can't be read; they are told
    once. Raises NothingReadable, and then the next step begins with the same file.
    """
    check = _taken(now or timezone.now())
    if check is None:
        return None
    found: list[StoredFile] = []
    until = monotonic() + (SECONDS if seconds is None else seconds)
    try:
        if _read_on(check, found, until):
            check.finished_at = timezone.now()
    finally:
        with transaction.atomic():
            if found:
                tell(check, found)
            check.lease_until = None
            check.save()
    return check


def _taken(now: datetime) -> FileCheck | None:
    """The one that goes on or begins now; none by day, while somebody is at it, or when this night's is done."""
    local = timezone.localtime(now)
    if not STARTS <= local.time() < ENDS:
        return None
    last = FileCheck.objects.order_by("-day").first()
    if last is None or (last.finished_at is not None and last.day < local.date()):
        last, _is_new = FileCheck.objects.get_or_create(day=local.date(), defaults={"started_at": now})
    free = FileCheck.objects.filter(Q(lease_until=None) | Q(lease_until__lte=now), finished_at=None)
    if free.filter(pk=last.pk).update(lease_until=now + LEASE) != 1:
        return None
    last.refresh_from_db()
    return last


def _read_on(check: FileCheck, found: list[StoredFile], until: float) -> bool:
    """Whether all of them have been read. At least one is, however little time there is."""
    while (stored := StoredFile.objects.filter(pk__gt=check.position).order_by("pk").first()) is not None:
        if not _is_well(stored):
            logger.error("stored file %s is damaged", stored.sha256)
            found.append(stored)
        check.position, check.files = stored.pk, check.files + 1
        if monotonic() >= until:
            return False
    return True


def _is_well(stored: StoredFile) -> bool:
    try:
        if is_intact(stored):
            return True
    except Exception:
        # Whatever ails one file, the others are read as well.
        logger.exception("stored file %s can't be read", stored.sha256)
    if not _is_still_kept(stored):
        return True
    others = list(_others(stored))
    if others and not any(map(_gives, [stored, *others])):
        raise NothingReadable
    return False


def _is_still_kept(stored: StoredFile) -> bool:
    """Whoever takes it away has it locked until its bytes are gone."""
    with transaction.atomic():
        return StoredFile.objects.select_for_update().filter(pk=stored.pk).exists()


def _others(stored: StoredFile) -> Iterator[StoredFile]:
    """From here and there: which are damaged together often came one after the other."""
    others = StoredFile.objects.exclude(pk=stored.pk).order_by("pk")
    last = others.aggregate(last=Max("pk"))["last"]
    for _each in range(OTHERS if last else 0):
        if (other := others.filter(pk__gte=secrets.randbelow(last) + 1).first()) is not None:
            yield other


def _gives(stored: StoredFile) -> bool:
    try:
        with open_stored(stored) as content:
            content.read(1)
    except (DamagedFile, StorageTrouble, OSError):
        return False
    return True
