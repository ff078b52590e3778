from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models

from portal.core import audit_rights
from portal.core.people import Person, is_site_admin


class AuditQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """The whole trail is the site admin's; everybody else's part is what each app grants, and their own deeds."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        return self.filter(audit_rights.seen_by(user))

    def between(self, since: datetime | None, until: datetime | None) -> Self:
        """``since <= t < until``, either may be missing."""
        lines = self if since is None else self.filter(at__gte=since)
        return lines if until is None else lines.filter(at__lt=until)


class ServiceQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Whoever switches it. What it says, every page tells."""
        return self if is_site_admin(user) else self.none()
