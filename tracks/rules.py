"""Who may act on a competition. A track organizer's word counts in their own tracks only."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from portal.core.people import Person, has_its_roles


def is_somebody(user: Person, about: Any = None) -> bool:
    return user.is_authenticated and user.is_active


def is_organizer(user: Person, competition: Any) -> bool:
    """Runs the whole competition."""
    if not has_its_roles(user):
        return False
    return user.is_superuser or competition.organizers.filter(user_id=user.pk, tracks=None).exists()


def is_track_organizer(user: Person, track: Any) -> bool:
    """Runs this track, or the whole competition it belongs to."""
    if not has_its_roles(user):
        return False
    roles = track.competition.organizers.filter(user_id=user.pk)
    return user.is_superuser or roles.filter(tracks=None).exists() or roles.filter(tracks=track).exists()


def is_some_organizer(user: Person, competition: Any) -> bool:
    """Runs the competition, or some of its tracks."""
    if not has_its_roles(user):
        return False
    return user.is_superuser or competition.organizers.filter(user_id=user.pk).exists()


def is_site_admin(user: Person, about: Any = None) -> bool:
    return has_its_roles(user) and user.is_superuser


def can_place(user: Person, competition: Any, tracks: Collection[int]) -> bool:
    """Runs the whole competition, or each of the tracks that topics leave or come to."""
    if not has_its_roles(user):
        return False
    if is_organizer(user, competition):
        return True
    own = competition.organizers.filter(user_id=user.pk).values_list("tracks", flat=True)
    return set(tracks) <= set(own)
