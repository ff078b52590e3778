from __future__ import annotations

from datetime import datetime
from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from portal.accounts.enums import AgreementKind, ExportStatus
from portal.core.people import Person, is_site_admin

# What anybody may read before they have an account.
PUBLIC_KINDS = (AgreementKind.PRIVACY_NOTICE, AgreementKind.USER_AGREEMENT, AgreementKind.DOCUMENT_NUMBER)


class AgreementQuerySet(models.QuerySet):
    def visible_to(self, user: Person, *, now: datetime) -> Self:
        """What is in force or was, of the portal's own; a pledge to whoever has accepted it, and on its own page."""
        if is_site_admin(user):
            return self
        accepted = apps.get_model("accounts", "Consent").objects.filter(agreement=OuterRef("pk"), user_id=user.pk)
        public = Q(series__kind__in=PUBLIC_KINDS, published_at__lte=now)
        return self.filter(public | Exists(accepted) if user.is_authenticated else public)

    def in_force(self, now: datetime) -> Self:
        """All that have come into force; the highest version of each series is the one that holds."""
        return self.filter(published_at__lte=now).order_by("series", "-version")


class ConsentQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        return self if is_site_admin(user) else self.filter(user_id=user.pk)

    def live(self) -> Self:
        return self.filter(withdrawn_at=None)


class OwnQuerySet(models.QuerySet):
    """Rows that nobody sees but whose they are: not an organizer, not a site admin."""

    def visible_to(self, user: Person) -> Self:
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()


class DataExportQuerySet(OwnQuerySet):
    def running(self) -> Self:
        return self.filter(status=ExportStatus.REQUESTED)

    def being_made(self, now: datetime) -> Self:
        """A worker is at it, or has died less than a lease ago."""
        return self.running().filter(lease_until__gt=now)

    def without_worker(self, now: datetime) -> Self:
        return self.running().filter(Q(lease_until=None) | Q(lease_until__lte=now))

    def downloadable(self, now: datetime) -> Self:
        return self.filter(status=ExportStatus.READY, expires_at__gt=now)

    def overdue(self, now: datetime) -> Self:
        return self.filter(status=ExportStatus.READY, expires_at__lte=now)
