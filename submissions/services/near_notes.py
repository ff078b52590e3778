"""An organizer has looked at two entries that resemble each other, and says so. Nothing follows from it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.permissions import require
from submissions import rules
from submissions.models import NearNote, NearPair, Submission
from submissions.models.near import NEAR_NOTE_LIMIT
from submissions.texts import clean_text
from tracks.rules import is_track_organizer


@transaction.atomic
def note_pair(pair: NearPair, *, actor: Any, versions: str, text: str = "") -> NearNote:
    """``versions`` are those that ``actor`` has read. The same words again are noted once.

    Who could read one of the two alone writes for its organizers alone: they know no more of the other.
    """
    require(rules.can_note_pair, actor, pair)
    text = _clean(text)
    held = NearPair.objects.select_for_update(no_key=True).filter(pk=pair.pk).first()
    if held is None or held.versions != versions:
        raise Conflict(_("One of the two has been submitted anew since. Please look once more."))
    said = NearNote.objects.filter(pair=held, author=actor, at__gte=held.found_at)
    same = said.filter(text=text).first()
    if same is not None:
        return same
    note = NearNote.objects.create(
        pair=held, submission=_readable(held, actor), author=actor, text=text, at=timezone.now()
    )
    audit.record("note_pair", note, actor=actor, after={"pair": held.pk, "versions": versions})
    return note


def _readable(pair: NearPair, actor: Any) -> Submission | None:
    """The one of the two that ``actor`` may read; None: both."""
    own = [side for side in (pair.first, pair.second) if is_track_organizer(actor, side.track)]
    return own[0] if len(own) == 1 else None


def _clean(text: str) -> str:
    try:
        return clean_text(text, limit=NEAR_NOTE_LIMIT).strip()
    except ValidationError as error:
        raise ValidationError({"text": error.messages}) from None
