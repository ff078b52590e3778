"""Who may act on a competition. A track organizer's word counts in their own tracks only."""

from __future__ import annotations

from typing import Any

from portal.core.people import Person


def is_organizer(user: Person, competition: Any) -> bool:
    """Runs the whole competition."""
    if not user.is_active:
        return False
    return user.is_superuser or competition.organizers.filter(user_id=user.pk, tracks=None).exists()


def is_track_organizer(user: Person, track: Any) -> bool:
    """Runs this track, or the whole competition it belongs to."""
    if not user.is_active:
        return False
    roles = track.competition.organizers.filter(user_id=user.pk)
    return user.is_superuser or roles.filter(tracks=None).exists() or roles.filter(tracks=track).exists()


def is_site_admin(user: Person, about: Any = None) -> bool:
    return user.is_active and user.is_superuser
