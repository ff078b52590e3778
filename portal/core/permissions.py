from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from portal.core.context import current_real_actor
from portal.core.people import Person


def require_in_person() -> None:
    """Raise PermissionDenied when a site admin acts for whoever is signed in: some deeds are nobody else's."""
    if current_real_actor.get() is not None:
        raise PermissionDenied(_("Nobody can do this for somebody else."))


def require(rule: Callable[..., bool], actor: Person | None, *about: Any) -> None:
    """Raise PermissionDenied unless ``rule(actor, *about)`` holds. ``None`` is the portal itself, which may."""
    if actor is not None and not rule(actor, *about):
        raise PermissionDenied(_("You are not allowed to do this."))
