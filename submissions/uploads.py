"""What may be handed in as a file: by its content, whatever its name says."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core import files
from portal.core.models import StoredFile
from portal.core.text import tidy_file_name
from submissions.bombs import members_of, require_shown, require_unpackable
from submissions.definition import Slot
from submissions.enums import SlotKind
from submissions.findings import in_words

HEAD = 16
# How many pages a part of the document has; another object may say the number.
COUNT = re.compile(rb"/Count\s+(\d{1,9}(?:\s+\d+\s+R)?)")
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
# Longer ones are none: some text that happens to have the four letters at their place.
LONGEST_FTYP = 1024
# What people take for the file that was asked, by how it begins, in small letters.
LOOKS_LIKE = {
    b"mz": gettext_lazy("a program"),
    b"\x7felf": gettext_lazy("a program"),
    b"#!": gettext_lazy("a program"),
    b"<": gettext_lazy("a web page or a drawing in SVG"),
    b"%pdf-": gettext_lazy("a PDF"),
    b"\x89png": gettext_lazy("an image"),
    b"\xff\xd8\xff": gettext_lazy("an image"),
    b"gif8": gettext_lazy("an image"),
    b"pk": gettext_lazy("a ZIP archive or a file of another office program"),
    b"rar!": gettext_lazy("an archive"),
    b"7z\xbc": gettext_lazy("an archive"),
    b"\xd0\xcf\x11\xe0": gettext_lazy("an office file with a password or of the format before 2007"),
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
        raise ValidationError(_mistaken(upload, kind))
    if kind == SlotKind.IMAGE:
        require_shown(upload)
        upload.seek(0)
    if kind == SlotKind.PDF and slot.max_pages:
        _check_pages(upload, slot.max_pages)


def _kind_of(upload: File[Any]) -> str | None:
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return _office_kind(upload)
    if head[4:8] == b"ftyp" and 8 < int.from_bytes(head[:4], "big") <= LONGEST_FTYP:
        return SlotKind.VIDEO
    return next((kind for magic, kind in MAGIC.items() if head.startswith(magic)), None)


def _office_kind(upload: File[Any]) -> str | None:
    """Only the package's table of contents is read: nothing is unpacked."""
    members = members_of(upload)
    upload.seek(0)
    names = {each.filename for each in members}
    kind = next((kind for kind, part in OFFICE_PARTS.items() if part in names), None)
    if kind is not None:
        require_unpackable(members)
    return kind


def _mistaken(upload: File[Any], kind: str) -> str:
    upload.seek(0)
    head = upload.read(HEAD * 4).lstrip().lower()
    upload.seek(0)
    seen = next((words for start, words in LOOKS_LIKE.items() if head.startswith(start)), None)
    told = {"kind": SlotKind(kind).label, "seen": seen}
    if seen:
        return _("By its name this file is of the kind “%(kind)s”, but it holds %(seen)s.") % told
    return _("By its name this file is of the kind “%(kind)s”, but its content is not.") % told


def _check_pages(upload: File[Any], limit: int) -> None:
    """Only what is certain is refused: all that the file says in the open about its pages is one and the same number.

    Of all others the program that looks into files finds out how many they have.
    """
    pages = _pages_said(upload)
    if pages is not None and pages > limit:
        raise ValidationError(in_words(["too_many_pages", [pages, limit]]))


def _pages_said(upload: File[Any]) -> int | None:
    """Read in pieces: a file may be larger than the memory there is."""
    upload.seek(0)
    said: set[bytes] = set()
    rest, is_open = b"", True
    for block in upload.chunks(1024 * 1024):
        text = rest + block
        # Objects may be packed, and say something else.
        is_open = is_open and b"/ObjStm" not in text
        # What begins in this piece's last bytes is read with the next one.
        cut = max(0, len(text) - OVERLAP)
        said |= {found[1] for found in COUNT.finditer(text) if found.start() < cut}
        rest = text[cut:]
    said.update(COUNT.findall(rest))
    upload.seek(0)
    number = said.pop() if is_open and len(said) == 1 else b""
    return int(number) if number.isdigit() else None
