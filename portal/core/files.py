"""Files live under the SHA-256 of their content: written whole, or not at all.

On a folder: temp file in the same file system, hash, fsync, rename, fsync of the folder. On a remote
storage: temp file here, hash, upload, size and checksum there compared. The row comes after the bytes.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.db.models import CharField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core import remote
from portal.core.failpoints import failpoint
from portal.core.models import StoredFile
from portal.core.parts import second_of
from portal.core.prepared import Given, Prepared
from portal.core.trouble import storage_at_work

CHUNK = 1024 * 1024


class DamagedFile(Exception):
    """The bytes under a hash are gone or no longer have that hash."""


@storage_at_work()
def store(content: File[Any], *, limit: int | None = None) -> StoredFile:
    """Keep ``content`` and return its row; the same bytes are kept once.

    Raises ValidationError for an empty file and for one of more than ``limit`` bytes, and StorageTrouble.
    """
    with _draft(_local_root(default_storage)) as draft:
        sha256, size = _copy(content, draft, limit=limit)
        if size == 0:
            raise ValidationError(_("The file is empty."), code="empty")
        draft.flush()
        os.fsync(draft.fileno())
        failpoint("after_blob_tmp")
        stored = _held(sha256, size)
        _place(Path(draft.name), stored)
    return enter(stored)


@storage_at_work()
def adopt(path: Path) -> StoredFile:
    """Keep the file at ``path``, without a copy where both lie on one disk. It stays there: whoever calls removes it
    once what refers to the stored file is committed, and may do all of it again after a crash. One at a time does.

    The row of bytes that are new has still to be made: ``enter`` does, in the transaction of what refers to it.
    """
    with path.open("rb") as content:
        size = os.fstat(content.fileno()).st_size
        if size == 0:
            raise ValidationError(_("The file is empty."), code="empty")
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        # Until they have a row they go by their age, and they may have lain in parts for a while.
        os.utime(content.fileno())
        os.fsync(content.fileno())
    failpoint("after_blob_tmp")
    stored = _held(sha256, size)
    if _local_root(default_storage) is None:
        remote.put(default_storage, path, stored)
    else:
        second = second_of(path)
        second.unlink(missing_ok=True)
        second.hardlink_to(path)
        try:
            _place(second, stored)
        finally:
            # Renaming onto another name of the same bytes leaves both.
            second.unlink(missing_ok=True)
    return stored


def enter(stored: StoredFile) -> StoredFile:
    """The row of bytes that lie in their place, made where there is none.

    Whoever enters the same bytes waits for this transaction: it is for before other rows are locked.
    """
    if not stored.pk:
        StoredFile.objects.bulk_create(
            [stored], update_conflicts=True, unique_fields=["sha256"], update_fields=["size"]
        )
    return stored


@storage_at_work()
def open_stored(stored: StoredFile) -> File[Any]:
    """Open the bytes for reading; raises DamagedFile when they are missing, and StorageTrouble."""
    try:
        if remote.is_remote(default_storage):
            return remote.open_remote(default_storage, stored.path)
        return default_storage.open(stored.path)
    except FileNotFoundError as error:
        raise DamagedFile(stored.sha256) from error


@storage_at_work()
def is_intact(stored: StoredFile) -> bool:
    """Read the bytes again and compare their hash with the name they have."""
    try:
        with open_stored(stored) as content:
            digest = hashlib.sha256()
            for chunk in content.chunks(CHUNK):
                digest.update(chunk)
    except DamagedFile:
        return False
    return digest.hexdigest() == stored.sha256


def _held(sha256: str, size: int) -> StoredFile:
    """The same bytes may be there already, and be about to be swept because nothing refers to them: from now on they
    count as new. Who sweeps holds the row until the bytes are gone, and this waits for that.

    Bytes that have no row are given one without a key, to ``enter``.
    """
    now = timezone.now()
    known = _named().first(sha256=sha256)
    # What lay here without a row may have been cut short, and was given one as it is.
    if known is not None and (known.size != size or known.created_at < now - timedelta(hours=1)):
        known.created_at, known.size = now, size
        if not StoredFile.objects.filter(pk=known.pk).update(created_at=now, size=size):
            known = None
    return known or StoredFile(sha256=sha256, size=size)


@cache
def _named() -> Prepared[StoredFile]:
    return Prepared(StoredFile.objects.filter(sha256=Given("sha256", CharField())))


def _local_root(storage: Storage) -> Path | None:
    return Path(storage.location) if isinstance(storage, FileSystemStorage) else None


@contextmanager
def _draft(root: Path | None) -> Iterator[IO[bytes]]:
    folder = None
    if root is not None:
        folder = root / "tmp"
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="store-", delete=False) as draft:
        try:
            yield draft
        finally:
            Path(draft.name).unlink(missing_ok=True)


def _copy(source: File[Any], target: IO[bytes], *, limit: int | None) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in source.chunks(CHUNK):
        size += len(chunk)
        if limit is not None and size > limit:
            raise ValidationError(
                _("The file is larger than %(limit)s MB."), code="size", params={"limit": limit // 1024**2}
            )
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest(), size


def _place(draft: Path, stored: StoredFile) -> None:
    root = _local_root(default_storage)
    if root is None:
        remote.put(default_storage, draft, stored)
        return
    target = root / stored.path
    target.parent.mkdir(parents=True, exist_ok=True)
    draft.replace(target)
    failpoint("after_rename")
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
