"""Files on a storage that speaks S3. What is acknowledged has been looked for there, not only sent."""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import Storage

from portal.core.models import StoredFile
from portal.core.trouble import StorageDown

logger = logging.getLogger(__name__)
BLOCK = 1024 * 1024


class Content(io.RawIOBase):
    """A stored object, read from any place on without being fetched whole."""

    def __init__(self, held: Any):
        self.held, self.at = held, 0
        self.body: Any = None
        self.size: int = held.content_length

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        at = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence] + offset
        if at != self.at:
            self._leave()
            self.at = at
        return at

    def read(self, size: int | None = -1) -> bytes:
        if self.at >= self.size:
            return b""
        if self.body is None:
            # Replaced meanwhile it would be another object, of which we know nothing.
            self.body = self.held.get(Range=f"bytes={self.at}-", IfMatch=self.held.e_tag)["Body"]
        block: bytes = self.body.read(None if size is None or size < 0 else size)
        self.at += len(block)
        return block

    def close(self) -> None:
        self._leave()
        super().close()

    def _leave(self) -> None:
        if self.body is not None:
            self.body.close()
            self.body = None


def is_remote(storage: Storage) -> bool:
    return hasattr(storage, "bucket_name")


def open_remote(storage: Any, path: str) -> File[Any]:
    """Raises FileNotFoundError."""
    held = _held(storage, path)
    if held is None:
        raise FileNotFoundError(path)
    return _file(held)


def put(storage: Any, source: Path, stored: StoredFile) -> None:
    """Bring the bytes there and look whether they are; raises StorageDown when they aren't.

    What a row speaks of is brought only where it is missing or damaged. Bytes that no row knows are always brought
    anew: from now on they count as new for whoever sweeps.
    """
    is_known = StoredFile.objects.filter(sha256=stored.sha256).exists()
    if is_known and _has(storage, source, stored):
        return
    with source.open("rb") as content:
        storage.save(stored.path, File(content))
    if not _has(storage, source, stored):
        logger.error("the storage has not kept %s as it was sent", stored.sha256)
        raise StorageDown


def objects(storage: Any) -> Iterator[tuple[str, datetime, int]]:
    """Paths of all stored files, since when they lie there, and their size."""
    for each in storage.bucket.objects.filter(Prefix="sha256/"):
        yield each.key, each.last_modified, each.size


def _has(storage: Any, source: Path, stored: StoredFile) -> bool:
    """By size and checksum. A storage whose checksum is none that we can work out is asked for the bytes again."""
    if not is_remote(storage):
        return bool(storage.exists(stored.path)) and _is_same(storage.open(stored.path), stored)
    held = _held(storage, stored.path)
    if held is None or held.content_length != stored.size:
        return False
    return held.e_tag.strip('"') in _tags(storage, source) or _is_same(_file(held), stored)


def _file(held: Any) -> File[Any]:
    content: Any = Content(held)
    return File(content, name=held.key)


def _held(storage: Any, path: str) -> Any:
    """The object with what HEAD says of it, or None."""
    from botocore.exceptions import ClientError

    held = storage.bucket.Object(path)
    try:
        held.load()
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return None
        raise
    return held


def _tags(storage: Any, source: Path) -> set[str]:
    """What an object sent in one piece, or in pieces of the usual size, has for a checksum."""
    whole, pieces = hashlib.md5(usedforsecurity=False), []
    length = storage.transfer_config.multipart_chunksize
    with source.open("rb") as content:
        while piece := content.read(length):
            whole.update(piece)
            pieces.append(hashlib.md5(piece, usedforsecurity=False).digest())
    joined = hashlib.md5(b"".join(pieces), usedforsecurity=False).hexdigest()
    return {whole.hexdigest(), f"{joined}-{len(pieces)}"}


def _is_same(content: File[Any], stored: StoredFile) -> bool:
    digest = hashlib.sha256()
    with content:
        for block in content.chunks(BLOCK):
            digest.update(block)
    return digest.hexdigest() == stored.sha256
