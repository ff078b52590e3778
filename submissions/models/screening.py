"""The organizers' first look: what they decided about a version, and what helps them to decide alike."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.text import validate_plain_line, validate_text
from submissions.enums import ReasonUse, ScreeningOutcome, SecondLook
from submissions.models.entries import Submission, SubmissionVersion
from submissions.models.forms import validate_key
from submissions.querysets import OfCompetitionQuerySet
from submissions.screening_querysets import (
    CorrectionQuerySet,
    ScreeningClaimQuerySet,
    ScreeningNoteQuerySet,
    ScreeningProposalQuerySet,
    UndoneScreeningQuerySet,
)

REASON_LIMIT = 1000
NOTE_LIMIT = 2000


class PlanManager(models.Manager.from_queryset(OfCompetitionQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str) -> ScreeningPlan:
        return self.get(competition__slug=slug)


class OfPlanManager(models.Manager):
    """``told_by``: what tells a plan's rows apart."""

    def __init__(self, told_by: str = "key"):
        super().__init__()
        self.told_by = told_by

    def get_by_natural_key(self, slug: str, value: str) -> Any:
        return self.get(plan__competition__slug=slug, **{self.told_by: value})


class ScreeningPlan(models.Model):
    """How a competition screens. Without a row nothing special is asked."""

    competition = models.OneToOneField(
        "tracks.Competition", on_delete=models.CASCADE, related_name="screening_plan", verbose_name=_("competition")
    )
    needs_second_look = models.BooleanField(
        _("second look before a rejection"),
        default=False,
        help_text=_("An entry is rejected only once a second organizer agrees."),
    )
    correction_days = models.PositiveSmallIntegerField(
        _("days for a correction"), default=5, help_text=_("What the form proposes; each return has an end of its own.")
    )

    objects = PlanManager()

    class Meta:
        verbose_name = _("plan of screening")
        verbose_name_plural = _("plans of screening")
        constraints = [
            models.CheckConstraint(
                condition=Q(correction_days__gte=1, correction_days__lte=60), name="screening_plan_days_make_sense"
            )
        ]

    def __str__(self) -> str:
        return str(self.competition)

    @property
    def audit_scope(self) -> str:
        return f"competition:{self.competition_id}"

    def natural_key(self) -> tuple[str]:
        return (self.competition.slug,)

    natural_key.dependencies = ["tracks.competition"]  # type: ignore[attr-defined]


class ChecklistItem(models.Model):
    """One thing that whoever screens looks at, and ticks."""

    plan = models.ForeignKey(
        ScreeningPlan, on_delete=models.CASCADE, related_name="items", verbose_name=_("plan of screening")
    )
    place = models.PositiveSmallIntegerField(_("order"), default=0)
    key = models.CharField(_("key"), max_length=40, validators=[validate_key])
    title = models.CharField(_("what to look at"), max_length=100, validators=[validate_plain_line])
    hint = models.CharField(_("hint"), max_length=300, blank=True, validators=[validate_text])

    objects = OfPlanManager()

    class Meta:
        verbose_name = _("checklist item")
        verbose_name_plural = _("checklist")
        ordering = ["place", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="checklist_key_once_per_plan")]

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[str, str]:
        return (*self.plan.natural_key(), self.key)

    natural_key.dependencies = ["submissions.screeningplan"]  # type: ignore[attr-defined]


class ScreeningReason(models.Model):
    """A reason that comes up often: its code is counted, its text fills the form and can be changed there."""

    plan = models.ForeignKey(
        ScreeningPlan, on_delete=models.CASCADE, related_name="reasons", verbose_name=_("plan of screening")
    )
    place = models.PositiveSmallIntegerField(_("order"), default=0)
    use = models.CharField(_("for"), max_length=10, choices=ReasonUse, default=ReasonUse.RETURN)
    code = models.CharField(_("code"), max_length=40, validators=[validate_key])
    title = models.CharField(_("short"), max_length=60, validators=[validate_plain_line])
    text = models.TextField(_("text for the team"), max_length=REASON_LIMIT, validators=[validate_text])

    objects = OfPlanManager("code")

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        ordering = ["use", "place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="screening_reason_code_once_per_plan"),
            models.CheckConstraint(condition=Q(use__in=ReasonUse.values), name="screening_reason_use_known"),
        ]

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[str, str]:
        return (*self.plan.natural_key(), self.code)

    natural_key.dependencies = ["submissions.screeningplan"]  # type: ignore[attr-defined]


class Assessed(models.Model):
    """What somebody decided about a version, or wants to."""

    # Kept as a word: the reason that it names may be taken out of the plan later.
    code = models.CharField(_("code of the reason"), max_length=40, blank=True)
    reason = models.TextField(_("reason"), max_length=REASON_LIMIT, blank=True)
    # By key of the checklist: whether it was in order. What nobody ticked is missing.
    checks = models.JSONField(_("checklist"), default=dict, blank=True)

    class Meta:
        abstract = True


class Screening(Assessed):
    """What the organizers decided about one version, and why; what was undone is an ``UndoneScreening``."""

    version = models.OneToOneField(
        SubmissionVersion, on_delete=models.PROTECT, related_name="screening", verbose_name=_("version")
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=ScreeningOutcome)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), db_index=True)
    # Who proposed it, where the competition asks for a second look.
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("proposed by")
    )

    class Meta:
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=ScreeningOutcome.values), name="screening_outcome_known"),
            models.CheckConstraint(
                condition=Q(outcome=ScreeningOutcome.PASSED) | ~Q(reason=""),
                name="screening_gives_a_reason_unless_passed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.get_outcome_display()}"


class Correction(models.Model):
    """What a team may mend after its entry was returned, and until when. Without a row: everything, without an end."""

    screening = models.OneToOneField(
        Screening, on_delete=models.CASCADE, related_name="correction", verbose_name=_("screening")
    )
    # Keys of the entry form.
    sections = models.JSONField(_("sections"), default=list)
    slots = models.JSONField(_("files"), default=list)
    closes_at = models.DateTimeField(_("end"), db_index=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")

    def __str__(self) -> str:
        return str(self.screening)


class UndoneScreening(Assessed):
    """A decision that was taken back, as it was. Never changed."""

    version = models.ForeignKey(
        SubmissionVersion, on_delete=models.PROTECT, related_name="undone_screenings", verbose_name=_("version")
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=ScreeningOutcome)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"))
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("undone by")
    )
    undone_at = models.DateTimeField(_("undone at"))
    why_undone = models.TextField(_("why it was undone"), max_length=REASON_LIMIT)

    objects = UndoneScreeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("undone screening")
        verbose_name_plural = _("undone screenings")
        constraints = [models.CheckConstraint(condition=~Q(why_undone=""), name="undone_screening_says_why")]

    def __str__(self) -> str:
        return f"{self.version}: {self.get_outcome_display()}"


class ScreeningProposal(Assessed):
    """Somebody wants to reject a version; a second organizer agrees, or sends it back to the queue."""

    version = models.ForeignKey(
        SubmissionVersion, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("version")
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    status = models.CharField(_("state"), max_length=10, choices=SecondLook, default=SecondLook.OPEN)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answer = models.TextField(_("answer"), max_length=REASON_LIMIT, blank=True)

    objects = ScreeningProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed rejection")
        verbose_name_plural = _("proposed rejections")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=SecondLook.values), name="second_look_state_known"),
            models.UniqueConstraint(
                fields=["version"], condition=Q(status=SecondLook.OPEN), name="one_open_proposal_per_version"
            ),
            models.CheckConstraint(
                condition=Q(status=SecondLook.OPEN, answered_at=None) | ~Q(status=SecondLook.OPEN),
                name="second_look_answered_unless_open",
            ),
        ]

    def __str__(self) -> str:
        return str(self.version)

    @property
    def audit_scope(self) -> str:
        return self.version.submission.audit_scope

    @property
    def audit_track(self) -> int:
        return self.version.submission.track_id


class ScreeningClaim(models.Model):
    """Somebody has this entry in front of them; nobody else is given it until then."""

    submission = models.OneToOneField(
        Submission, on_delete=models.CASCADE, related_name="screening_claim", verbose_name=_("submission")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("claimed by")
    )
    claimed_at = models.DateTimeField(_("claimed at"))
    expires_at = models.DateTimeField(_("expires at"), db_index=True)

    objects = ScreeningClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry being screened")
        verbose_name_plural = _("entries being screened")

    def __str__(self) -> str:
        return f"{self.submission}: {self.user}"


class ScreeningNote(models.Model):
    """What organizers say to each other about an entry. The team never sees it."""

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="screening_notes", verbose_name=_("submission")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("author")
    )
    text = models.TextField(_("note"), max_length=NOTE_LIMIT, validators=[validate_text])
    created_at = models.DateTimeField(_("written at"))

    objects = ScreeningNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note on an entry")
        verbose_name_plural = _("notes on entries")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return str(self.submission)
