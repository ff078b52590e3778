from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.instants import validate_instant
from submissions.models.teams import Team
from submissions.team_querysets import ExtensionQuerySet
from tracks.enums import StageKind


class Extension(models.Model):
    """One team's own end of a stage. Another one takes the place of the first, which stays on record."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="extensions", verbose_name=_("team"))
    kind = models.CharField(_("stage"), max_length=20, choices=StageKind)
    closes_at = models.DateTimeField(
        _("closes at"),
        validators=[validate_instant],
        help_text=_("The team may go on until this moment instead of the end of the stage."),
    )
    reason = models.CharField(
        _("reason"), max_length=200, help_text=_("The team reads it, and it stays in the audit trail.")
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("granted by")
    )
    granted_at = models.DateTimeField(_("granted at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "kind"], condition=Q(revoked_at=None), name="extension_live_once_per_team_and_stage"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[StageKind.REGISTRATION, StageKind.SUBMISSION]),
                name="extension_is_for_what_teams_do",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} · {self.get_kind_display()}"

    @property
    def audit_scope(self) -> str:
        return self.team.audit_scope
