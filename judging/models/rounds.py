from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from judging.enums import RoundKind, RoundStatus
from judging.querysets import OrganizedQuerySet, RoundQuerySet
from portal.core.instants import validate_instant
from portal.core.text import validate_plain_line


class RubricManager(models.Manager.from_queryset(OrganizedQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str, name: str) -> Rubric:
        return self.get(competition__slug=slug, name=name)


class Rubric(models.Model):
    """What a round measures by. Once a round that uses it has opened, it is fixed."""

    competition = models.ForeignKey(
        "tracks.Competition", on_delete=models.CASCADE, related_name="rubrics", verbose_name=_("competition")
    )
    name = models.CharField(_("name"), max_length=60, validators=[validate_plain_line])

    objects = RubricManager()

    class Meta:
        verbose_name = _("rubric")
        verbose_name_plural = _("rubrics")
        constraints = [models.UniqueConstraint(fields=["competition", "name"], name="rubric_name_once_per_competition")]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str, str]:
        return (self.competition.slug, self.name)

    natural_key.dependencies = ["tracks.competition"]  # type: ignore[attr-defined]

    @property
    def audit_scope(self) -> str:
        return f"competition:{self.competition_id}"


class CriterionManager(models.Manager["Criterion"]):
    def get_by_natural_key(self, slug: str, rubric: str, position: int) -> Criterion:
        return self.get(rubric__competition__slug=slug, rubric__name=rubric, position=position)


class Criterion(models.Model):
    """One line of a rubric: up to ``max_points``, counted ``weight`` times."""

    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="criteria", verbose_name=_("rubric"))
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=40, validators=[validate_plain_line])
    guidance = models.CharField(_("guidance"), max_length=300, blank=True)
    max_points = models.DecimalField(
        _("most points"), max_digits=5, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    weight = models.DecimalField(
        _("weight"), max_digits=5, decimal_places=2, default=Decimal(1), validators=[MinValueValidator(Decimal("0.01"))]
    )

    objects = CriterionManager()

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["rubric", "position"]
        constraints = [
            models.UniqueConstraint(fields=["rubric", "position"], name="criterion_position_once_per_rubric"),
            models.UniqueConstraint(fields=["rubric", "name"], name="criterion_name_once_per_rubric"),
            models.CheckConstraint(
                condition=Q(max_points__gt=0, weight__gt=0), name="criterion_points_and_weight_are_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str, str, int]:
        return (*self.rubric.natural_key(), self.position)

    natural_key.dependencies = ["judging.rubric"]  # type: ignore[attr-defined]


class Round(models.Model):
    """One pass of judging, with its window, rubric and rules."""

    competition = models.ForeignKey(
        "tracks.Competition", on_delete=models.PROTECT, related_name="rounds", verbose_name=_("competition")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=RoundKind, default=RoundKind.REVIEW)
    number = models.PositiveSmallIntegerField(_("number"), default=1, validators=[MinValueValidator(1)])
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("rubric"))
    judges_per_submission = models.PositiveSmallIntegerField(
        _("judges an entry"), default=3, validators=[MinValueValidator(1)]
    )
    opens_at = models.DateTimeField(_("opens at"), validators=[validate_instant])
    closes_at = models.DateTimeField(
        _("closes at"), help_text=_("The first moment after the round."), validators=[validate_instant]
    )
    status = models.CharField(_("state"), max_length=20, choices=RoundStatus, default=RoundStatus.PLANNED)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        constraints = [
            models.UniqueConstraint(fields=["competition", "kind", "number"], name="round_number_once_per_kind"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="round_closes_after_it_opens",
                violation_error_message=_("The round must close after it opens."),
            ),
            models.CheckConstraint(condition=Q(status__in=RoundStatus.values), name="round_status_known"),
            models.CheckConstraint(condition=Q(judges_per_submission__gte=1), name="round_asks_one_judge_at_least"),
        ]

    def __str__(self) -> str:
        return _("%(kind)s, round %(number)s") % {"kind": self.get_kind_display(), "number": self.number}

    def get_absolute_url(self) -> str:
        return reverse("judging:round", args=[self.pk])

    def takes_scores(self, now: datetime) -> bool:
        return self.status == RoundStatus.OPEN and self.opens_at <= now < self.closes_at

    @property
    def audit_scope(self) -> str:
        return f"competition:{self.competition_id}"
