from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from submissions.enums import HandOverStatus
from submissions.models.teams import Team
from submissions.team_querysets import HandOverQuerySet


class HandOver(models.Model):
    """A captain's offer to another member to lead the team. It holds until one of the two answers it or goes."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="hand_overs", verbose_name=_("team"))
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("offered by")
    )
    offered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("offered to")
    )
    status = models.CharField(_("state"), max_length=20, choices=HandOverStatus, default=HandOverStatus.OPEN)
    offered_at = models.DateTimeField(_("offered at"))
    settled_at = models.DateTimeField(_("settled at"), null=True)

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints = [
            models.UniqueConstraint(
                fields=["team"], condition=Q(status=HandOverStatus.OPEN), name="hand_over_open_once_per_team"
            ),
            models.CheckConstraint(condition=Q(status__in=HandOverStatus.values), name="hand_over_status_known"),
            models.CheckConstraint(
                condition=Q(status=HandOverStatus.OPEN, settled_at__isnull=True)
                | ~Q(status=HandOverStatus.OPEN) & Q(settled_at__isnull=False),
                name="hand_over_is_open_or_settled",
            ),
            models.CheckConstraint(
                condition=~Q(offered_by=models.F("offered_to")), name="hand_over_goes_to_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} → {self.offered_to}"

    @property
    def audit_scope(self) -> str:
        return self.team.audit_scope
