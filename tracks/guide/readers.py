"""Reads a guide whatever it was written in: Markdown, Word, or a table."""

from __future__ import annotations

import dataclasses

from django.utils.translation import gettext as _

from tracks.guide.document import GuideDocument, GuideError, Unit
from tracks.guide.parser import parse_lines, read_guide
from tracks.guide.sheets import MOST_BYTES
from tracks.guide.tables import is_table, read_table
from tracks.guide.word import word_lines

ENDINGS = (".md", ".markdown", ".txt", ".docx", ".csv", ".xlsx", ".json")
_PACKAGES = (".docx", ".xlsx")
_ZIP, _PDF, _OLE = b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(name: str, data: bytes) -> GuideDocument:
    """The guide in a file called ``name``. Raises GuideError with the place and the reason."""
    if len(data) > MOST_BYTES:
        raise GuideError(0, _("the file is larger than %(limit)d MB.") % {"limit": MOST_BYTES // 1024**2})
    if not name.lower().endswith(ENDINGS):
        raise GuideError(0, _("the name of a guide ends in one of %(endings)s.") % {"endings": " ".join(ENDINGS)})
    refuse_other_kinds(name, data)
    if is_table(name):
        return read_table(name, data)
    return read_word(data) if name.lower().endswith(".docx") else read_guide(data)


def read_word(data: bytes) -> GuideDocument:
    try:
        return dataclasses.replace(parse_lines(word_lines(data)), unit=Unit.PARAGRAPH)
    except GuideError as error:
        raise GuideError(error.line, error.reason, unit=Unit.PARAGRAPH) from error


def refuse_other_kinds(name: str, data: bytes) -> None:
    """No file becomes another by its name; the reason says what it is."""
    is_package = name.lower().endswith(_PACKAGES)
    if data.startswith(_PDF):
        raise GuideError(0, _("this is a PDF. Import the document that it was made from, as .docx or Markdown."))
    if data.startswith(_OLE):
        reason = _("this is an old Office file (.doc, .xls) or one with a password. Save it anew as .docx or .xlsx.")
        raise GuideError(0, reason)
    if data.startswith(_ZIP) and not is_package:
        raise GuideError(0, _("this is a zip or an Office file, whose name would end in .docx or .xlsx."))
    if is_package and not data.startswith(_ZIP):
        raise GuideError(0, _("the file is damaged, encrypted or not what its name says."))
