from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from portal.core.people import Person, is_site_admin
from portal.core.prepared import Given
from portal.notifications.enums import OutboxStatus


class OutboxQuerySet(models.QuerySet):
    def due(self, now: datetime | Given) -> Self:
        """Waiting, its time has come, and nobody is at it (or whoever was has died)."""
        free = Q(lease_until=None) | Q(lease_until__lte=now)
        return self.filter(free, status=OutboxStatus.WAITING, available_at__lte=now)

    def visible_to(self, user: Person) -> Self:
        return self if is_site_admin(user) else self.none()
