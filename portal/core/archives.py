"""Office files are zips: opened only when all they unpack to is of a size that can be read."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

MOST_PARTS = 500
MOST_UNPACKED = 20 * 1024**2
# A row of empty cells packs to nothing and unpacks to little; what it costs is a thousand times that.
MOST_TAGS = 300_000
_BLOCK = 64 * 1024
# Entities are how a small XML grows without end; no office program writes a document type.
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


class BadArchive(ValueError):
    """The message says why the file is not read."""


def open_archive(data: bytes, *, part: str) -> ZipFile:
    """The zip ``data``, which must have ``part``. What it says of its size is checked, and then what it unpacks to."""
    try:
        archive = ZipFile(io.BytesIO(data))
        entries = archive.infolist()
        _refuse_declared(entries)
        if part not in archive.namelist():
            raise BadArchive(_("the file is not what its name says."))
        bytes_left, tags_left = MOST_UNPACKED, MOST_TAGS
        for entry in entries:
            for block in _unpacked(archive, entry):
                bytes_left -= len(block)
                tags_left -= block.count(b"<")
                if bytes_left < 0 or tags_left < 0:
                    raise BadArchive(_("the file unpacks to more than can be read."))
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise BadArchive(_("the file is damaged, encrypted or not what its name says.")) from error
    return archive


def _refuse_declared(entries: list[ZipInfo]) -> None:
    too_much = len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_UNPACKED
    if too_much or any(entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for entry in entries):
        raise BadArchive(_("the file unpacks to more than can be read."))


def _unpacked(archive: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    last = b""
    with archive.open(entry) as content:
        while block := content.read(_BLOCK):
            if any(doctype in last + block for doctype in _DOCTYPES):
                raise BadArchive(_("the file is damaged, encrypted or not what its name says."))
            last = block[-len(_DOCTYPES[-1]) :]
            yield block
