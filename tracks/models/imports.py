from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tracks.models.competitions import Competition
from tracks.querysets import GuideImportQuerySet


class GuideImport(models.Model):
    """A guide that an organizer has uploaded; until ``applied_at`` it has changed nothing."""

    competition = models.ForeignKey(
        Competition, on_delete=models.CASCADE, related_name="guide_imports", verbose_name=_("competition")
    )
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    file_name = models.CharField(_("file name"), max_length=150)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    created_at = models.DateTimeField(_("uploaded at"))
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("imported by")
    )
    applied_at = models.DateTimeField(_("imported at"), null=True)
    # How many topics each change befell, and how many were withdrawn.
    counts = models.JSONField(_("changes"), default=dict)

    objects = GuideImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("guide import")
        verbose_name_plural = _("guide imports")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(applied_by=None, applied_at=None)
                | models.Q(applied_by__isnull=False, applied_at__isnull=False),
                name="guide_import_is_applied_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def audit_scope(self) -> str:
        return f"competition:{self.competition_id}"
