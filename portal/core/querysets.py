from __future__ import annotations

from typing import Self

from django.db import models

from portal.core.people import Person


class AuditQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """The whole trail is the site admin's; an organizer's part of it comes with the scope of their role."""
        return self if user.is_active and user.is_superuser else self.none()
