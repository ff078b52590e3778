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
    _lock_person(user)
    organizer, _created = Organizer.objects.get_or_create(user=user, competition=competition)
    organizer.tracks.set(tracks)
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    audit.record("appoint", organizer, actor=actor, after={"user": user.pk, "tracks": [track.pk for track in tracks]})
    return organizer


@transaction.atomic
def dismiss_organizer(organizer: Organizer, *, actor: Person | None, reason: str = "") -> None:
    """Take the role away, and with the last one the way into the administration."""
    require(rules.is_site_admin, actor)
    user = organizer.user
    _lock_person(user)
    kept = Organizer.objects.select_for_update(no_key=True).filter(pk=organizer.pk).first()
    if kept is None:
        return
    before = {"user": user.pk, "tracks": list(kept.tracks.values_list("pk", flat=True))}
    audit.record("dismiss", kept, actor=actor, before=before, reason=reason)
    kept.delete()
    if user.is_staff and not user.is_superuser and not user.organizer_roles.exists():
        user.is_staff = False
        user.save(update_fields=["is_staff"])


def _lock_person(user: Any) -> None:
    """Who gives and who takes a role of the same person at once agree on whether they enter the administration."""
    type(user).objects.select_for_update(no_key=True).get(pk=user.pk)
    user.refresh_from_db(fields=["is_staff", "is_superuser"])
