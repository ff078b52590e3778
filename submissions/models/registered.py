from __future__ import annotations

import uuid
from typing import Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.core.people import Person
from submissions.enums import SubmissionStatus
from submissions.models.entries import Attachment, Submission, SubmissionVersion
from submissions.querysets import OfSubmissionQuerySet
from tracks.querysets import is_site_admin


class RegisteredFileQuerySet(OfSubmissionQuerySet):
    def visible_to(self, user: Person) -> Self:
        """The team's own; an organizer sees those that something submitted counts on."""
        if is_site_admin(user):
            return self
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        of_team = Exists(member.filter(team=OuterRef("submission__team")))
        version = SubmissionVersion.objects.filter(registered=OuterRef("pk"))
        return super().visible_to(user).filter(of_team | Exists(version))

    def current(self) -> Self:
        """On which the draft counts."""
        return self.filter(replaced_at=None)

    def missing(self) -> Self:
        """The version submitted last counts on them, and they have not followed."""
        versions = SubmissionVersion.objects
        latest = versions.filter(submission=OuterRef("submission")).order_by("-number").values("pk")[:1]
        standing = [SubmissionStatus.SUBMITTED, SubmissionStatus.RETURNED, SubmissionStatus.ELIGIBLE]
        return self.filter(attachment=None, versions=Subquery(latest), submission__status__in=standing)


class RegisteredFile(models.Model):
    """A file that a team has named by its hash instead of sending it: exactly these bytes may follow after the end."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="registered", verbose_name=_("submission")
    )
    slot = models.CharField(_("slot"), max_length=40)
    name = models.CharField(_("file name"), max_length=150)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("registered by")
    )
    registered_at = models.DateTimeField(_("registered at"))
    # Taken back, or another file or registration came in its place: the draft no longer counts on it.
    replaced_at = models.DateTimeField(_("replaced at"), null=True)
    # What was submitted counting on it; each of them gets the file when it follows.
    versions = models.ManyToManyField(SubmissionVersion, related_name="registered", verbose_name=_("versions"))
    attachment = models.ForeignKey(
        Attachment, on_delete=models.CASCADE, null=True, related_name="registered", verbose_name=_("attachment")
    )
    followed_at = models.DateTimeField(_("followed at"), null=True)

    objects = RegisteredFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("registered file")
        verbose_name_plural = _("registered files")
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "slot"], condition=Q(replaced_at=None), name="registered_file_once_per_slot"
            ),
            models.CheckConstraint(
                condition=Q(attachment=None, followed_at=None) | Q(attachment__isnull=False, followed_at__isnull=False),
                name="registered_file_followed_has_its_time",
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="registered_file_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("submissions:registered_file", args=[self.public_id])

    @property
    def kind(self) -> str:
        """What its name ends with, in capitals."""
        return self.name.rpartition(".")[2][:4].upper()
