"""How much the portal does just now: everything, submissions only, or nothing that changes anything.

One row says it, which a site admin edits. Each process looks at it again every few seconds, so no restart is needed and
no request waits for it; while the database can't be read, what was known last goes on.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from portal.core import audit
from portal.core.enums import ServiceMode
from portal.core.errors import Unavailable
from portal.core.models import Service
from portal.core.people import Person, is_site_admin
from portal.core.permissions import require
from portal.core.text import validate_plain_line

logger = logging.getLogger(__name__)

NOTE_LIMIT = 200
READ_ONLY = _("The portal can only be read just now, so nothing was done. Please try again in a few minutes.")
SUBMISSIONS_ONLY = _(
    "So that entries come in without delay, this is switched off for a while. Writing, uploading and submitting go on."
)


@dataclass(frozen=True)
class State:
    mode: ServiceMode = ServiceMode.NORMAL
    # What the site admin tells everybody about it.
    note: str = ""

    @property
    def is_limited(self) -> bool:
        return self.mode != ServiceMode.NORMAL

    @property
    def is_read_only(self) -> bool:
        return self.mode == ServiceMode.READ_ONLY

    @property
    def label(self) -> str:
        return str(self.mode.label)


_known, _looked_at = State(), float("-inf")


def known() -> State:
    """What this process knows, without a look at the database."""
    return _known


def state() -> State:
    """The same, not older than a few seconds."""
    global _known, _looked_at  # noqa: PLW0603 - each process keeps one
    seconds = settings.SERVICE_STATE_SECONDS
    if seconds is not None and time.monotonic() - _looked_at >= seconds:
        _looked_at = time.monotonic()
        try:
            row = Service.objects.first()
        except DatabaseError as error:
            logger.warning("the service's mode can't be read, %s goes on: %s", _known.mode, error)
        else:
            _known = State(ServiceMode(row.mode), row.note) if row is not None else State()
    return _known


def forget() -> None:
    """Look again at the next request."""
    global _looked_at  # noqa: PLW0603 - each process keeps one
    _looked_at = float("-inf")


def require_spare() -> None:
    """For what can wait while entries come in: searches, exports, previews, documents. Raises Unavailable."""
    if state().is_limited:
        raise Unavailable(SUBMISSIONS_ONLY if not state().is_read_only else READ_ONLY)


@transaction.atomic
def set_state(service: Service, *, actor: Person, mode: str, note: str = "") -> Service:
    """Switch; the same again leaves no line in the audit trail."""
    require(is_site_admin, actor)
    if mode not in ServiceMode.values:
        raise ValidationError({"mode": _("There is no such mode.")})
    note = _clean_note(note)
    kept = Service.objects.select_for_update(no_key=True).get(pk=service.pk)
    before, after = ({"mode": row[0], "note": row[1]} for row in [(kept.mode, kept.note), (mode, note)])
    if before != after:
        kept.mode, kept.note = mode, note
        kept.save()
        audit.record("switch", kept, actor=actor, before=before, after=after)
        transaction.on_commit(forget, robust=True)
    return kept


def _clean_note(note: str) -> str:
    note = " ".join(note.split())
    if len(note) > NOTE_LIMIT:
        raise ValidationError({"note": _("At most %(limit)s characters.") % {"limit": NOTE_LIMIT}})
    try:
        if note:
            validate_plain_line(note)
    except ValidationError as error:
        raise ValidationError({"note": error.messages}) from None
    return note
