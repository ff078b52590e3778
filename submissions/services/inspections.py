"""What programs found in files: looked at once for each kind, after they are stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from portal.core.models import StoredFile
from portal.notifications.services import enqueue
from submissions import inspecting
from submissions.models import Attachment, Inspection
from submissions.uploads import kind_named


def ask_for_inspection(attachment: Attachment) -> None:
    """In the caller's transaction; the same bytes are looked at once."""
    kind = kind_named(attachment.name)
    if kind is not None:
        payload = {"file": attachment.file_id, "as_kind": kind}
        enqueue("submissions.inspect", key=f"inspect:{attachment.file_id}:{kind}", payload=payload)


def inspect(stored: StoredFile, kind: str, *, now: datetime | None = None) -> Inspection:
    state, findings = inspecting.look_into(stored, kind)
    told = {"state": state, "findings": findings, "inspected_at": now or timezone.now()}
    row, _is_new = Inspection.objects.update_or_create(file=stored, kind=kind, defaults=told)
    return row


def show_inspections(attachments: Iterable[Attachment]) -> None:
    """Give each its ``inspection`` where there is one; in one query, and none where there are no files."""
    rows = list(attachments)
    if not rows:
        return
    looked = Inspection.objects.filter(file__in={row.file_id for row in rows})
    found = {(each.file_id, each.kind): each for each in looked}
    for row in rows:
        row.inspection = found.get((row.file_id, kind_named(row.name) or ""))
