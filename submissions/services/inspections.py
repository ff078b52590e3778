"""What programs found in files: looked at once for each kind, after they are stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portal.core.models import StoredFile
from portal.notifications.services import enqueue
from submissions import inspecting
from submissions.asked import definition_of
from submissions.enums import InspectionState, SlotKind
from submissions.findings import too_many_pages
from submissions.models import Attachment, Inspection
from submissions.services.telling import tell_members
from submissions.uploads import kind_named

# After each attempt that found the virus scanner out of reach; then it stays as it is.
AGAIN_AFTER = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 1440))


def ask_for_inspection(attachment: Attachment) -> None:
    """In the caller's transaction; the same bytes are looked at once."""
    kind = kind_named(attachment.name)
    if kind is not None:
        payload = {"file": attachment.file_id, "as_kind": kind}
        enqueue("submissions.inspect", key=f"inspect:{attachment.file_id}:{kind}", payload=payload)


def inspect(stored: StoredFile, kind: str, *, again: int = 0, now: datetime | None = None) -> Inspection:
    """Keep what is found, and tell the teams whose file can't be handed in. ``again``: how often it was asked before.

    A virus scanner that can't be reached is asked later, so many times.
    """
    now = now or timezone.now()
    state, findings = inspecting.look_into(stored, kind)
    row = Inspection(file=stored, kind=kind, state=state, findings=findings, inspected_at=now)
    with transaction.atomic():
        # One statement, whether it is known or not.
        Inspection.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["file", "kind"],
            update_fields=["state", "findings", "inspected_at"],
        )
        _tell_of_refusal(row)
        if state != InspectionState.REFUSED and ["unscanned", None] in findings and again < len(AGAIN_AFTER):
            payload = {"file": stored.pk, "as_kind": kind, "again": again + 1}
            key = f"inspect:{stored.pk}:{kind}:{again + 1}"
            enqueue("submissions.inspect", key=key, payload=payload, available_at=now + AGAIN_AFTER[again])
    return row


def _tell_of_refusal(looked: Inspection) -> None:
    """Each team that has these bytes in a draft, or in what it submitted, where they can't be handed in."""
    is_refused = looked.state == InspectionState.REFUSED
    if not (is_refused or looked.kind == SlotKind.PDF):
        return
    lying = Attachment.objects.filter(Q(replaced_at=None) | Q(versions__isnull=False), file=looked.file)
    for attachment in lying.select_related("submission__team").distinct().order_by("pk"):
        slot = definition_of(attachment.submission).slot(attachment.slot)
        if not (is_refused or too_many_pages(looked.findings, slot.max_pages if slot else None)):
            continue
        key = f"file-refused:{attachment.pk}"
        tell_members(attachment.submission, "submissions.file_refused", key=key, about=attachment.pk)


def show_inspections(attachments: Iterable[Attachment]) -> None:
    """Give each its ``inspection`` where there is one; in one query, and none where there are no files."""
    rows = list(attachments)
    if not rows:
        return
    looked = Inspection.objects.filter(file__in={row.file_id for row in rows})
    found = {(each.file_id, each.kind): each for each in looked}
    for row in rows:
        row.inspection = found.get((row.file_id, kind_named(row.name) or ""))
