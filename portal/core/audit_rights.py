"""Who sees which lines of the audit trail. Apps say it for what is theirs when they are ready."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q

from portal.core.people import Person, is_site_admin

Right = Callable[[Person], Q]

GRANTED: list[Right] = []
WITHHELD: list[Right] = []


def grants(right: Right) -> Right:
    """Register the decorated function: the lines that a signed-in person may see."""
    GRANTED.append(right)
    return right


def withholds(right: Right) -> Right:
    """Register the decorated function: lines that a person must not see, whatever else they may. Own deeds stay."""
    WITHHELD.append(right)
    return right


def seen_by(user: Person) -> Q:
    """For a person who is signed in and not disabled."""
    granted = Q() if is_site_admin(user) else Q(pk__in=[])
    if not is_site_admin(user):
        for right in GRANTED:
            granted |= right(user)
    for right in WITHHELD:
        granted &= ~right(user)
    return granted | own(user)


def own(user: Person) -> Q:
    """What somebody has done, and what was done to their account or about their role."""
    return Q(actor_id=user.pk) | Q(real_actor_id=user.pk) | Q(person_id=user.pk)
