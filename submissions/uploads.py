"""What may be handed in as a file: by its content, whatever its name says."""

from __future__ import annotations

import re
import zipfile
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from portal.core import files
from portal.core.models import StoredFile
from portal.core.text import tidy_file_name
from submissions.definition import Slot
from submissions.enums import SlotKind

HEAD = 16
PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
OVERLAP = 64
ENDINGS = {
    SlotKind.PDF: (".pdf",),
    SlotKind.SLIDES: (".pptx",),
    SlotKind.DOCUMENT: (".docx",),
    SlotKind.SHEET: (".xlsx",),
    SlotKind.IMAGE: (".jpg", ".jpeg", ".png"),
    SlotKind.VIDEO: (".mp4",),
}
# The one part that makes a package what it is.
OFFICE_PARTS = {
    SlotKind.SLIDES: "ppt/presentation.xml",
    SlotKind.DOCUMENT: "word/document.xml",
    SlotKind.SHEET: "xl/workbook.xml",
}
MAGIC = {
    b"%PDF-": SlotKind.PDF,
    b"\x89PNG\r\n\x1a\n": SlotKind.IMAGE,
    b"\xff\xd8\xff": SlotKind.IMAGE,
}


def accepted(slot: Slot) -> str:
    """For a file input's ``accept``."""
    return ",".join(ending for kind in slot.kinds for ending in ENDINGS[SlotKind(kind)])


def keep_upload(upload: File[Any], slot: Slot, *, limit: int) -> tuple[StoredFile, str]:
    """Store a file that the slot takes; raises ValidationError at ``file`` for anything else.

    Called before the rows are locked: writing many megabytes to disk must not keep others waiting.
    """
    limit = slot.largest(limit)
    try:
        name = _checked_name(upload, slot, limit=limit)
        return files.store(upload, limit=limit), name
    except ValidationError as error:
        raise ValidationError({"file": error.messages}) from error


def _checked_name(upload: File[Any], slot: Slot, *, limit: int) -> str:
    name, _kind = check_name(upload.name or "", slot)
    check_size(upload.size, limit)
    check_content(upload, slot)
    return name


def check_name(name: str, slot: Slot) -> tuple[str, str]:
    """The name as it is kept, and the kind of file that it promises."""
    name = tidy_file_name(name)
    kind = next((kind for kind in slot.kinds if name.lower().endswith(ENDINGS[SlotKind(kind)])), None)
    if kind is None:
        endings = accepted(slot).replace(",", " ")
        raise ValidationError(_("This file can't be used here; possible are: %(endings)s") % {"endings": endings})
    return name, kind


def kind_named(name: str) -> str | None:
    """The kind that the end of a kept name tells."""
    return next((kind for kind, endings in ENDINGS.items() if name.lower().endswith(endings)), None)


def check_size(size: int, limit: int) -> None:
    if size == 0:
        raise ValidationError(_("The file is empty."))
    if size > limit:
        sizes = {"size": filesizeformat(size), "limit": filesizeformat(limit)}
        raise ValidationError(_("The file has %(size)s; at most %(limit)s are allowed.") % sizes)


def check_content(upload: File[Any], slot: Slot) -> None:
    """That the bytes are what the name promises, and no more pages than allowed."""
    _name, kind = check_name(upload.name or "", slot)
    if _kind_of(upload) != kind:
        words = {"kind": SlotKind(kind).label}
        raise ValidationError(_("By its name this file is of the kind “%(kind)s”, but its content is not.") % words)
    if kind == SlotKind.PDF and slot.max_pages:
        _check_pages(upload, slot.max_pages)


def _kind_of(upload: File[Any]) -> str | None:
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return _office_kind(upload)
    if head[4:8] == b"ftyp":
        return SlotKind.VIDEO
    return next((kind for magic, kind in MAGIC.items() if head.startswith(magic)), None)


def _office_kind(upload: File[Any]) -> str | None:
    """Only the package's table of contents is read: nothing is unpacked."""
    try:
        with zipfile.ZipFile(upload) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        names = set()
    finally:
        upload.seek(0)
    return next((kind for kind, part in OFFICE_PARTS.items() if part in names), None)


def _check_pages(upload: File[Any], limit: int) -> None:
    """By the page objects that stand in the open. A file that hides them passes: a person counts those.

    Read in pieces: a file may be larger than the memory there is.
    """
    upload.seek(0)
    pages, rest = 0, b""
    for block in upload.chunks(1024 * 1024):
        text = rest + block
        # What begins in this piece's last bytes is counted with the next one.
        cut = max(0, len(text) - OVERLAP)
        pages += sum(1 for found in PAGE.finditer(text) if found.start() < cut)
        rest = text[cut:]
    pages += len(PAGE.findall(rest))
    upload.seek(0)
    if pages > limit:
        counts = {"pages": pages, "limit": limit}
        raise ValidationError(_("The file has %(pages)s pages; at most %(limit)s are allowed.") % counts)
