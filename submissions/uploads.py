"""What may be handed in as the entry's document."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from portal.core import files
from portal.core.models import StoredFile
from portal.core.text import tidy_file_name

MAGIC = b"%PDF-"


def keep_pdf(upload: File[Any], *, limit: int) -> tuple[StoredFile, str]:
    """Store a PDF of at most ``limit`` bytes; raises ValidationError at ``file`` for anything else.

    Called before the rows are locked: writing many megabytes to disk must not keep others waiting.
    """
    try:
        name = _checked_name(upload, limit=limit)
        return files.store(upload, limit=limit), name
    except ValidationError as error:
        raise ValidationError({"file": error.messages}) from error


def _checked_name(upload: File[Any], *, limit: int) -> str:
    name = tidy_file_name(upload.name or "")
    if not name.lower().endswith(".pdf"):
        raise ValidationError(_("Please choose a PDF file; the name of this one ends differently."))
    if upload.size == 0:
        raise ValidationError(_("The file is empty."))
    if upload.size > limit:
        sizes = {"size": filesizeformat(upload.size), "limit": filesizeformat(limit)}
        raise ValidationError(_("The file has %(size)s; at most %(limit)s are allowed.") % sizes)
    upload.seek(0)
    is_pdf = upload.read(len(MAGIC)) == MAGIC
    upload.seek(0)
    if not is_pdf:
        raise ValidationError(_("This file is called a PDF but its content is something else."))
    return name
