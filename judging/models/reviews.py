from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from judging.enums import AssignmentStatus
from judging.models.rounds import Criterion, Round
from judging.querysets import AssignmentQuerySet, JudgeQuerySet, ReviewQuerySet
from portal.core.people import Person


class Judge(models.Model):
    """Somebody who may score in a competition, and the organization they belong to."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="judge_roles", verbose_name=_("person")
    )
    competition = models.ForeignKey(
        "tracks.Competition", on_delete=models.PROTECT, related_name="judges", verbose_name=_("competition")
    )
    organization = models.ForeignKey(
        "submissions.Organization",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="judges",
        verbose_name=_("organization"),
    )
    is_active = models.BooleanField(_("takes assignments"), default=True)

    objects = JudgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("judge")
        verbose_name_plural = _("judges")
        constraints = [models.UniqueConstraint(fields=["user", "competition"], name="judge_once_per_competition")]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def audit_scope(self) -> str:
        return f"competition:{self.competition_id}"

    @property
    def audit_person(self) -> int:
        return self.user_id


class ConflictOfInterest(models.Model):
    """A standing reason why this judge must not score this entry. It outlives the assignment it ended."""

    judge = models.ForeignKey(Judge, on_delete=models.CASCADE, related_name="conflicts", verbose_name=_("judge"))
    submission = models.ForeignKey(
        "submissions.Submission", on_delete=models.CASCADE, related_name="conflicts", verbose_name=_("submission")
    )
    reason = models.CharField(_("reason"), max_length=300)
    declared_at = models.DateTimeField(_("declared at"))

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        constraints = [models.UniqueConstraint(fields=["judge", "submission"], name="conflict_once_per_entry")]

    def __str__(self) -> str:
        return f"{self.judge} × {self.submission}"


class Assignment(models.Model):
    """This judge owes a review of this version of this submission."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("round"))
    submission = models.ForeignKey(
        "submissions.Submission", on_delete=models.PROTECT, related_name="assignments", verbose_name=_("submission")
    )
    version = models.ForeignKey(
        "submissions.SubmissionVersion", on_delete=models.PROTECT, related_name="+", verbose_name=_("version")
    )
    judge = models.ForeignKey(Judge, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("judge"))
    status = models.CharField(_("state"), max_length=20, choices=AssignmentStatus, default=AssignmentStatus.ASSIGNED)
    created_at = models.DateTimeField(_("assigned at"), auto_now_add=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["round", "submission", "judge"],
                condition=~Q(status=AssignmentStatus.REVOKED),
                name="assignment_live_once",
            ),
            models.CheckConstraint(condition=Q(status__in=AssignmentStatus.values), name="assignment_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.judge} → {self.submission}"

    def get_absolute_url(self) -> str:
        return reverse("judging:review", args=[self.public_id])

    def url_for(self, viewer: Person) -> str:
        """Only the judge has a page of it; organizers see it on the board of its round."""
        is_own = viewer.pk == self.judge.user_id
        return self.get_absolute_url() if is_own else reverse("judging:round", args=[self.round_id])

    @property
    def audit_scope(self) -> str:
        return self.round.audit_scope


class Review(models.Model):
    """The scores and the comment of one assignment; a draft until the assignment is submitted."""

    assignment = models.OneToOneField(
        Assignment, on_delete=models.CASCADE, related_name="review", verbose_name=_("assignment")
    )
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    version = models.PositiveIntegerField(_("saved times"), default=0)
    saved_at = models.DateTimeField(_("saved at"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")

    def __str__(self) -> str:
        return str(self.assignment)


class Score(models.Model):
    """Points for one criterion."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores", verbose_name=_("review"))
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, related_name="scores", verbose_name=_("criterion")
    )
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="score_once_per_criterion"),
            models.CheckConstraint(condition=Q(points__gte=0), name="score_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.points}"
