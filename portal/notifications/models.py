from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.notifications.enums import OutboxStatus
from portal.notifications.querysets import OutboxQuerySet


class Outbox(models.Model):
    """Something that has to leave the process: written with the deed, carried out after its commit."""

    kind = models.CharField(_("kind"), max_length=64)
    key = models.CharField(_("business key"), max_length=150, unique=True)
    payload = models.JSONField(_("payload"), default=dict)
    status = models.CharField(_("state"), max_length=10, choices=OutboxStatus, default=OutboxStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    available_at = models.DateTimeField(_("not before"), default=timezone.now)
    lease_until = models.DateTimeField(_("being carried out until"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("written at"), auto_now_add=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing item")
        verbose_name_plural = _("outbox")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=OutboxStatus.values), name="outbox_status_known"),
            models.CheckConstraint(
                condition=~Q(status=OutboxStatus.DONE) | Q(done_at__isnull=False),
                name="outbox_done_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["available_at"], condition=Q(status=OutboxStatus.WAITING), name="outbox_waiting")
        ]

    def __str__(self) -> str:
        return self.key
