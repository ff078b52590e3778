"""When there is no room for a file, or nothing can be stored or read: said as such, and nothing is lost by it."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError
from django.utils.translation import gettext as _

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
DOWN = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ESTALE, errno.ENODEV, errno.ENXIO}
# A full disk as the databases say it.
FULL = ("disk is full", "No space left on device", "could not extend file")


class StorageTrouble(Exception):
    """``message`` says it to whoever waits; ``status`` to their program."""

    status, code, message = 503, "storage", ""

    def __init__(self, message: str = "") -> None:
        self.message = message or self.words()
        super().__init__(self.message)

    def words(self) -> str:
        return _("Files can't be stored or read at present. Your draft is kept; please try again in a few minutes.")


class NoRoom(StorageTrouble):
    """The disk is full."""

    status, code = 507, "no_room"

    def words(self) -> str:
        return _("The portal has no room for this file at present. Your draft is kept; please try again later.")


class StorageDown(StorageTrouble):
    """The folder or the remote storage doesn't do what it is asked."""

    code = "storage_down"


@contextmanager
def storage_at_work() -> Iterator[None]:
    """Whatever a folder or a remote storage raises comes out as StorageTrouble; also good as a decorator."""
    try:
        yield
    except Exception as error:
        trouble = trouble_in(error)
        if trouble is None or trouble is error:
            raise
        raise trouble from error


def trouble_in(error: BaseException | None) -> StorageTrouble | None:
    """None for everything that is no trouble of storing."""
    if isinstance(error, StorageTrouble):
        return error
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return NoRoom()
    if isinstance(error, OperationalError) and any(words in str(error) for words in FULL):
        return NoRoom()
    if isinstance(error, PermissionError) or (isinstance(error, OSError) and error.errno in DOWN):
        return StorageDown()
    return StorageDown() if _is_remote(error) else None


def _is_remote(error: BaseException | None) -> bool:
    """Where files lie on a folder, the library of the others isn't even loaded."""
    boto, transfer = sys.modules.get("botocore.exceptions"), sys.modules.get("boto3.exceptions")
    kinds = (boto.BotoCoreError, boto.ClientError, boto.HTTPClientError) if boto else ()
    return isinstance(error, kinds) or (transfer is not None and isinstance(error, transfer.Boto3Error))
