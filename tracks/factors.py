from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet

from portal.accounts.second_factor import asked_of
from tracks.models import Organizer


@asked_of
def organizers() -> QuerySet[Any]:
    return Organizer.objects.filter(user=OuterRef("pk"), competition__requires_second_factor=True)
