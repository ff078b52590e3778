from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import ExportStatus
from portal.accounts.querysets import DataExportQuerySet


class DataExport(models.Model):
    """A copy of everything about one person, made for them, kept for a short while."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="data_exports", verbose_name=_("person")
    )
    status = models.CharField(_("state"), max_length=20, choices=ExportStatus, default=ExportStatus.REQUESTED)
    requested_at = models.DateTimeField(_("requested at"))
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    # Each run that begins to make it counts; no other one begins before the lease has run out.
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(_("being made until"), null=True, blank=True)
    # False once its bytes are gone from the store: the sweep looks at nothing else.
    has_file = models.BooleanField(_("file in the store"), default=False)

    objects = DataExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ExportStatus.values), name="data_export_status_known"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(status=ExportStatus.REQUESTED), name="data_export_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(status=ExportStatus.READY) | Q(ready_at__isnull=False, expires_at__isnull=False),
                name="data_export_ready_has_its_times",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("accounts:export", args=[self.public_id])

    @property
    def audit_person(self) -> int:
        return self.user_id

    @property
    def path(self) -> str:
        """Where its bytes are; not under their hash, because they are to be deleted."""
        return f"exports/{self.public_id}.zip"
