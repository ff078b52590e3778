"""Files on their way: what has arrived of each lies in a part of its own, and how long it is says how far it got.

No row counts the bytes. A server that is killed in the middle of a chunk therefore goes on at what is on disk, and
the lock on a part ends with the process that held it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.conf import settings

BLOCK = 256 * 1024
# Left free on the disk, for the database and everybody else.
RESERVE = 256 * 1024**2


class Busy(Exception):
    """Somebody else is writing to this part."""


class WrongOffset(Exception):
    """The chunk begins elsewhere than the part ends."""

    def __init__(self, offset: int):
        super().__init__(offset)
        self.offset = offset


class TooMuch(Exception):
    """More came than was announced; nothing of it is kept."""


def path_of(name: Any) -> Path:
    return Path(settings.UPLOAD_PARTS_DIR) / f"{name}.part"


def free() -> int:
    """Bytes that the disk has left."""
    folder = Path(settings.UPLOAD_PARTS_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return shutil.disk_usage(folder).free


def create(name: Any) -> None:
    path = path_of(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)


def length_of(name: Any) -> int | None:
    """How much is there; None when there is no such part."""
    try:
        return path_of(name).stat().st_size
    except FileNotFoundError:
        return None


def second_of(path: Path) -> Path:
    """The other name that a part has while it is brought to its place."""
    return path.with_suffix(".second")


def remove(name: Any) -> None:
    path = path_of(name)
    # Left over where whoever brought it to its place was killed over it.
    second_of(path).unlink(missing_ok=True)
    path.unlink(missing_ok=True)


@contextmanager
def locked(name: Any) -> Iterator[IO[bytes]]:
    """The part, for this process alone; raises Busy at once, and FileNotFoundError."""
    with path_of(name).open("r+b", buffering=0) as part:
        try:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        # Whoever had it before may have finished it, and taken it away.
        if not path_of(name).exists() or not os.path.samestat(os.fstat(part.fileno()), path_of(name).stat()):
            raise FileNotFoundError(name)
        yield part


def append(part: IO[bytes], source: Any, *, offset: int, most: int, digest: Any = None) -> int:
    """Write what ``source`` gives from ``offset`` on, in pieces; returns where the part ends then.

    A line that is cut keeps what has arrived, unless ``digest`` is to be compared with what the client computed.
    """
    end = part.seek(0, os.SEEK_END)
    if end != offset:
        raise WrongOffset(end)
    try:
        while block := source.read(BLOCK):
            end += len(block)
            _require_room(end, most)
            _write(part, block)
            if digest is not None:
                digest.update(block)
    except BaseException as error:
        if digest is not None or isinstance(error, TooMuch):
            part.truncate(offset)
        raise
    os.fdatasync(part.fileno())
    return end


def _require_room(end: int, most: int) -> None:
    if end > most:
        raise TooMuch


def cut(part: IO[bytes], offset: int) -> None:
    part.truncate(offset)


def older_than(seconds: float) -> Iterator[tuple[str, int]]:
    """Names and sizes of parts that nobody has written to for so long."""
    folder, before = Path(settings.UPLOAD_PARTS_DIR), time.time() - seconds
    if not folder.is_dir():
        return
    for path in sorted(folder.glob("*.part")):
        with suppress(FileNotFoundError):
            found = path.stat()
            if found.st_mtime < before:
                yield path.stem, found.st_size


def _write(part: IO[bytes], block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[part.write(view) :]
