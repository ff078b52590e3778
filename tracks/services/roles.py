from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from portal.core import audit
from portal.core.people import Person
from portal.core.permissions import require
from tracks import rules
from tracks.models import Competition, Organizer, Track


@transaction.atomic
def appoint_organizer(
    user: Any, competition: Competition, *, actor: Person | None, tracks: Iterable[Track] = ()
) -> Organizer:
    """Let ``user`` run ``competition``, or only ``tracks`` of it, and enter the administration."""
    require(rules.is_site_admin, actor)
    tracks = list(tracks)
    organizer, _created = Organizer.objects.get_or_create(user=user, competition=competition)
    organizer.tracks.set(tracks)
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    audit.record("appoint", organizer, actor=actor, after={"user": user.pk, "tracks": [track.pk for track in tracks]})
    return organizer
