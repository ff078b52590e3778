from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from submissions.enums import LateOutcome
from submissions.models.entries import Attachment, Submission, SubmissionVersion, answers_in
from submissions.querysets import LateAttemptQuerySet, LateDecisionQuerySet


class LateAttempt(models.Model):
    """What was handed in after the end, as it was. It counts for nothing until a decision says so; never changed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="late_attempts", verbose_name=_("submission")
    )
    topic_revision = models.ForeignKey(
        "tracks.TopicRevision", on_delete=models.PROTECT, related_name="+", verbose_name=_("topic revision")
    )
    form = models.JSONField(_("form"))
    form_sha256 = models.CharField("SHA-256", max_length=64)
    files = models.JSONField(_("files"))
    attachments = models.ManyToManyField(Attachment, related_name="late_attempts", verbose_name=_("attachments"))
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("submitted by")
    )
    received_at = models.DateTimeField(_("received at"))
    committed_at = models.DateTimeField(_("recorded at"))
    # The end that it missed, as the team was told it.
    closed_at = models.DateTimeField(_("end"))

    objects = LateAttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("late attempt")
        verbose_name_plural = _("late attempts")
        constraints = [
            models.CheckConstraint(condition=Q(received_at__gte=models.F("closed_at")), name="late_attempt_is_late")
        ]

    def __str__(self) -> str:
        return f"{self.submission} · {self.get_status_display()}"

    def get_absolute_url(self) -> str:
        return reverse("submissions:late_attempt", args=[self.public_id])

    @property
    def title(self) -> str:
        return str(self.form["title"])

    @property
    def answers(self) -> dict[str, Any]:
        return answers_in(self.form)

    @property
    def status(self) -> str:
        """What became of it; ``pending`` until somebody decides."""
        decision = getattr(self, "decision", None)
        return decision.outcome if decision is not None else "pending"

    def get_status_display(self) -> str:
        return str(LateOutcome(self.status).label) if self.status != "pending" else str(_("waits for a decision"))


class LateDecision(models.Model):
    """What the organizers decided about a late attempt, and why. Never changed."""

    attempt = models.OneToOneField(
        LateAttempt, on_delete=models.PROTECT, related_name="decision", verbose_name=_("late attempt")
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=LateOutcome)
    reason = models.TextField(_("reason"), max_length=1000)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"))
    # What it has become.
    version = models.OneToOneField(
        SubmissionVersion, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("version")
    )

    objects = LateDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision about a late attempt")
        verbose_name_plural = _("decisions about late attempts")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome=LateOutcome.ACCEPTED, version__isnull=False)
                | Q(outcome=LateOutcome.DECLINED, version__isnull=True),
                name="late_decision_accepted_has_its_version",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="late_decision_gives_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt.submission}: {self.get_outcome_display()}"
