"""The files of entries as one archive, made while it is sent: 赛道/赛题/编号_团队/文件, and 清单.csv.

Who opens it on whatever machine gets the names that stand here: no path leads out of it, no two are the same where
capitals don't count, none is longer than a file system takes. A file that can't be read is named in the list, and
the rest comes all the same.
"""

from __future__ import annotations

import hashlib
import json
import logging
import tempfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.files import CHUNK, DamagedFile, open_stored
from portal.core.tables import Row, csv_chunks
from portal.core.text import tidy_file_name
from portal.core.trouble import StorageTrouble, storage_at_work
from portal.core.zips import ZipStream
from submissions.entry_rows import EntryRow, rows_of
from submissions.models import Attachment

logger = logging.getLogger(__name__)

LIST = "清单.csv"
VIDEOS = (".mp4",)
# Bytes of a name in UTF-8. Four of them and the slashes stay below what Windows takes as a path.
LONGEST_FOLDER, LONGEST_FILE = 90, 120
_MEMORY = 1024**2
# What Windows doesn't take in a name, and what it takes for a device.
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"/\\|?*', "_"))
_DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(10))}


def packed(keys: Sequence[int], *, with_video: bool) -> Iterator[bytes]:
    """The archive of these entries. The words are chosen now: it is sent when the visitor's language is forgotten."""
    heads = [
        *(_("Number"), _("Project title"), _("Track"), _("Topic"), _("Team"), _("Version"), _("Slot")),
        *(_("File name"), _("In the archive"), _("Size in bytes"), "SHA-256", _("What became of it")),
    ]
    words = {
        "packed": _("packed"),
        "video": _("left out: a video"),
        "missing": _("missing in the storage"),
        "damaged": _("damaged: its content is not what was stored"),
        "none": _("no file"),
    }
    return _archive(keys, heads, words, with_video=with_video)


def _archive(keys: Sequence[int], heads: list[str], words: Mapping[str, str], *, with_video: bool) -> Iterator[bytes]:
    # What has been told goes to disk: nobody knows how many files there are.
    with closing(ZipStream()) as archive, tempfile.TemporaryFile() as told:
        for row in rows_of(keys):
            yield from _entry(archive, row, told, words, with_video=with_video)
        size = told.tell()
        rows = csv_chunks(_told(told, heads))
        yield from archive.add(LIST, rows, at=timezone.now(), size=size, level=6)
        yield from archive.end()


def _entry(
    archive: ZipStream, row: EntryRow, told: IO[bytes], words: Mapping[str, str], *, with_video: bool
) -> Iterator[bytes]:
    folder, taken, entry = folder_of(row), set[str](), row.entry
    begin = [entry.number, row.title, str(entry.track), entry.topic.title, entry.team.name, row.version.number]
    for file in row.files:
        path, became = "", "video"
        if with_video or not file.name.lower().endswith(VIDEOS):
            path = f"{folder}/{unique_name(file.name, taken)}"
            became = yield from _file(archive, path, file, at=row.version.created_at)
            path = "" if became == "missing" else path
        _note(told, [*begin, file.slot, file.name, path, file.file.size, file.file.sha256, words[became]])
    if not row.files:
        _note(told, [*begin, "", "", "", "", "", words["none"]])


def _file(archive: ZipStream, path: str, file: Attachment, *, at: datetime) -> Generator[bytes, None, str]:
    """Its bytes as a member; returns what became of it."""
    try:
        content = open_stored(file.file)
    except (DamagedFile, StorageTrouble) as error:
        logger.warning("stored file %s is missing in an archive: %s", file.file.sha256, error)
        return "missing"
    read = _Read(content, file.file.sha256)
    with content:
        yield from archive.add(path, read, at=at, size=file.file.size)
    return "packed" if read.is_whole else "damaged"


class _Read:
    """The pieces of a file; says afterwards whether they were those that were stored.

    A member that has begun can't be taken back, so what breaks in the middle ends it there.
    """

    def __init__(self, content: Any, sha256: str) -> None:
        self.content, self.sha256, self.is_whole = content, sha256, False

    def __iter__(self) -> Iterator[bytes]:
        digest, chunks = hashlib.sha256(), self.content.chunks(CHUNK)
        while chunk := self._next(chunks):
            digest.update(chunk)
            yield chunk
        self.is_whole = digest.hexdigest() == self.sha256

    def _next(self, chunks: Iterator[bytes]) -> bytes:
        try:
            with storage_at_work():
                return next(chunks, b"")
        except (OSError, StorageTrouble) as error:
            logger.warning("stored file %s ends early in an archive: %s", self.sha256, error)
            return b""


def folder_of(row: EntryRow) -> str:
    """Its number keeps it apart from all others, whatever its team is called."""
    entry = row.entry
    parts = [
        f"{entry.track.code} {entry.track.name}",
        f"{entry.topic.number:02} {entry.topic.title}",
        f"{entry.number}_{entry.team.name}",
    ]
    return "/".join(safe_part(part, LONGEST_FOLDER) for part in parts)


def unique_name(name: str, taken: set[str]) -> str:
    """A safe name that nothing in ``taken`` has, capitals or not; it is in there then."""
    stem, dot, ending = safe_part(name, LONGEST_FILE).rpartition(".")
    if not dot:
        stem, ending = ending, ""
    found, number = f"{stem}{dot}{ending}", 1
    while found.casefold() in taken:
        number += 1
        found = f"{stem} ({number}){dot}{ending}"
    taken.add(found.casefold())
    return found


def safe_part(name: str, limit: int) -> str:
    """One step of a path that any system takes: at most ``limit`` bytes, and its ending kept."""
    name = tidy_file_name(name.translate(_FORBIDDEN), limit=limit)
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10 or " " in ending:
        stem, dot, ending = name, "", ""
    stem = _cut(stem, limit - len(f"{dot}{ending}".encode())).rstrip(" .") or "_"
    if stem.partition(".")[0].strip().casefold() in _DEVICES:
        stem = f"_{stem}"
    return f"{stem}{dot}{ending}".rstrip(" .")


def _cut(text: str, limit: int) -> str:
    return text.encode()[: max(limit, 1)].decode(errors="ignore")


def _note(told: IO[bytes], row: Row) -> None:
    told.write(json.dumps(row).encode() + b"\n")


def _told(told: IO[bytes], heads: list[str]) -> Iterator[Row]:
    yield heads
    told.seek(0)
    for line in told:
        yield json.loads(line)
