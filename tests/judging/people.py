"""Who acts in the tests of judging."""

from __future__ import annotations

from typing import Any

from judging.models import Round
from portal.core.models import AuditEntry
from tests.factories.tracks import OrganizerFactory


def organizer_of(round_: Round) -> Any:
    """Somebody who runs the whole competition."""
    return OrganizerFactory(competition=round_.competition).user


def deeds_of(thing: Any) -> list[str]:
    """What the audit trail says happened to ``thing``, in order."""
    lines = AuditEntry.objects.filter(object_type=thing._meta.label_lower, object_id=str(thing.pk))
    return list(lines.order_by("sequence").values_list("action", flat=True))
