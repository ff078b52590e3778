"""Files that organizers give out: forms to fill in, rules, the guide itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from portal.core import audit, files
from portal.core.models import StoredFile
from portal.core.people import Person
from portal.core.permissions import require
from portal.core.text import tidy_file_name
from tracks import rules
from tracks.models import Competition, Document
from tracks.services.changing import facts, write_changes

PDF = b"%PDF-"
# What a file of this kind must hold; a plain zip may hold anything.
INSIDE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "zip": ""}


def add_document(
    competition: Competition,
    *,
    actor: Person | None,
    title: str,
    content: File[Any],
    published_at: datetime | None = None,
) -> Document:
    """Keep ``content`` for download. Raises ValidationError at ``content`` for a file that can't be given out."""
    require(rules.is_organizer, actor, competition)
    document = Document(competition=competition, title=title, published_at=published_at)
    document.full_clean(exclude={"file", "file_name"})
    document.file, document.file_name = _keep(content, limit=competition.max_file_size)
    with transaction.atomic():
        document.full_clean()
        document.save()
        audit.record("add", document, actor=actor, after=_facts(document))
    return document


def change_document(
    document: Document, *, actor: Person | None, content: File[Any] | None = None, **changes: Any
) -> Document:
    """Its address stays, also when another file takes the place of the first."""
    require(rules.is_organizer, actor, document.competition)
    if content is not None:
        changes["file"], changes["file_name"] = _keep(content, limit=document.competition.max_file_size)
    with transaction.atomic():
        kept = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
        return write_changes(kept, changes, actor=actor)


def _keep(upload: File[Any], *, limit: int) -> tuple[StoredFile, str]:
    """Called before any row is locked: writing many megabytes must not keep others waiting."""
    try:
        name = checked_name(upload, limit=limit)
        return files.store(upload, limit=limit), name
    except ValidationError as error:
        raise ValidationError({"content": error.messages}) from error


def checked_name(upload: File[Any], *, limit: int) -> str:
    """The tidied name of a file that may be given out; raises ValidationError for any other."""
    name = tidy_file_name(upload.name or "")
    _stem, dot, ending = name.rpartition(".")
    kind = dot and ending.lower()
    if kind != "pdf" and kind not in INSIDE:
        raise ValidationError(_("Please choose a PDF, docx, xlsx or zip file."))
    if upload.size > limit:
        sizes = {"size": filesizeformat(upload.size), "limit": filesizeformat(limit)}
        raise ValidationError(_("The file has %(size)s; at most %(limit)s are allowed.") % sizes)
    upload.seek(0)
    is_sound = upload.read(len(PDF)) == PDF if kind == "pdf" else _is_zip_of(upload, INSIDE[kind])
    upload.seek(0)
    if not is_sound:
        raise ValidationError(_("The content of this file is something else than its name says."))
    return name


def _is_zip_of(upload: File[Any], member: str) -> bool:
    try:
        with ZipFile(upload) as archive:
            names = set(archive.namelist())
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return not member or member in names


def _facts(document: Document) -> dict[str, Any]:
    return {
        **facts({"title": document.title, "published_at": document.published_at, "file_name": document.file_name}),
        "sha256": document.file.sha256,
    }
