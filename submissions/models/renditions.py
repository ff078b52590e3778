from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from submissions.enums import Edition, RenditionKind, RenditionStatus
from submissions.models.entries import Submission, SubmissionVersion
from submissions.querysets import RenditionQuerySet


class Rendition(models.Model):
    """The entry on paper, as it read when somebody asked for it. The same content is made once."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="renditions", verbose_name=_("submission")
    )
    # Empty: the draft.
    version = models.ForeignKey(
        SubmissionVersion, on_delete=models.PROTECT, null=True, related_name="renditions", verbose_name=_("version")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=RenditionKind)
    edition = models.CharField(_("edition"), max_length=12, choices=Edition)
    status = models.CharField(_("state"), max_length=20, choices=RenditionStatus, default=RenditionStatus.REQUESTED)
    # What it says, until it has been made; and its hash, by which the same content is found again.
    paper = models.JSONField(_("content"), default=dict)
    content_sha256 = models.CharField("SHA-256", max_length=64)
    file = models.ForeignKey(
        "core.StoredFile", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("file")
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested at"))
    ready_at = models.DateTimeField(_("ready at"), null=True)

    objects = RenditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "kind", "edition", "content_sha256"], name="rendition_once_per_content"
            ),
            models.CheckConstraint(condition=Q(kind__in=RenditionKind.values), name="rendition_kind_known"),
            models.CheckConstraint(condition=Q(edition__in=Edition.values), name="rendition_edition_known"),
            models.CheckConstraint(condition=Q(status__in=RenditionStatus.values), name="rendition_status_known"),
            models.CheckConstraint(
                condition=~Q(status=RenditionStatus.READY) | Q(file__isnull=False, ready_at__isnull=False),
                name="rendition_ready_has_its_file",
            ),
        ]
        indexes = [models.Index(fields=["requested_by", "requested_at"], name="rendition_by_person")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_edition_display()}"

    def get_absolute_url(self) -> str:
        return reverse("submissions:rendition", args=[self.public_id])

    @property
    def audit_scope(self) -> str:
        return self.submission.audit_scope

    @property
    def audit_track(self) -> int:
        return self.submission.track_id
