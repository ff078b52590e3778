from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from submissions.enums import InspectionState, SlotKind, UploadState
from submissions.findings import in_words
from submissions.form_querysets import InspectionQuerySet, UploadQuerySet
from submissions.models.entries import Attachment, Submission


class Upload(models.Model):
    """A file that arrives in pieces. How much of it is here, the part on disk says."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("uploaded by")
    )
    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="uploads", verbose_name=_("submission")
    )
    slot = models.CharField(_("slot"), max_length=40)
    name = models.CharField(_("file name"), max_length=150)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    state = models.CharField(_("state"), max_length=10, choices=UploadState, default=UploadState.OPEN)
    # What it became, or why it didn't.
    attachment = models.ForeignKey(
        Attachment, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("attachment")
    )
    refusal = models.TextField(_("reason"), blank=True)
    created_at = models.DateTimeField(_("begun at"))
    expires_at = models.DateTimeField(_("expires at"), db_index=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=UploadState.values), name="upload_state_known"),
            models.CheckConstraint(condition=Q(size__gt=0), name="upload_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


class Inspection(models.Model):
    """What a program found in the bytes of a file when it was looked at as one kind."""

    file = models.ForeignKey(
        "core.StoredFile", on_delete=models.CASCADE, related_name="inspections", verbose_name=_("file")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=SlotKind)
    state = models.CharField(_("result"), max_length=10, choices=InspectionState)
    # Codes, and what belongs to each: [["pages", 12], ["javascript", null]].
    findings = models.JSONField(_("findings"), default=list)
    inspected_at = models.DateTimeField(_("inspected at"))

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        constraints = [
            models.UniqueConstraint(fields=["file", "kind"], name="inspection_once_per_kind"),
            models.CheckConstraint(condition=Q(state__in=InspectionState.values), name="inspection_state_known"),
        ]

    def __str__(self) -> str:
        return str(self.get_state_display())

    @property
    def said(self) -> str:
        """All findings, in words."""
        return " · ".join(in_words(finding) for finding in self.findings)

    @property
    def tone(self) -> str:
        tones = {InspectionState.CLEAR: "ok", InspectionState.NOTICE: "warn", InspectionState.REFUSED: "stop"}
        return tones.get(InspectionState(self.state), "off")
