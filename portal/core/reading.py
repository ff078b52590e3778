"""Who opens what is somebody else's private affair leaves a line, once an hour for each thing."""

from __future__ import annotations

from django.db import models

from portal.core.audit import Limit, reading_scope, record_sparingly
from portal.core.people import Person

ONCE_AN_HOUR = Limit(1)


def note_reading(obj: models.Model, *, actor: Person, action: str = "read") -> None:
    """``actor`` reads ``obj`` by a right of theirs, not because it is their own."""
    record_sparingly(ONCE_AN_HOUR, action, obj, actor=actor, scope=reading_scope(obj))
