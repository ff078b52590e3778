"""What organizers say to each other about an entry."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.permissions import require
from submissions import rules
from submissions.models import ScreeningNote, Submission
from submissions.models.screening import NOTE_LIMIT
from submissions.texts import clean_text


@transaction.atomic
def add_note(submission: Submission, *, actor: Any, text: str) -> ScreeningNote:
    """Kept as long as the entry, by name. Raises ValidationError at ``text``."""
    require(rules.can_screen, actor, submission)
    try:
        text = clean_text(text, limit=NOTE_LIMIT).strip()
    except ValidationError as error:
        raise ValidationError({"text": error.messages}) from None
    if not text:
        raise ValidationError({"text": [_("Please write something.")]})
    note = ScreeningNote.objects.create(submission=submission, author=actor, text=text, created_at=timezone.now())
    # Not what it says: the trail of a competition is read by more people than the note is meant for.
    audit.record("add_note", note, actor=actor, after={"submission": submission.pk}, scope=submission.audit_scope)
    return note
