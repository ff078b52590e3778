from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from judging.enums import AwardLevel, CertificateStatus
from judging.models.rounds import Round
from judging.querysets import AwardQuerySet, CertificateQuerySet, OfRoundQuerySet, RankingEntryQuerySet, RankingQuerySet


class Ranking(models.Model):
    """The computed order of a round, frozen with the hash of what it was computed from."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="ranking", verbose_name=_("round"))
    inputs_sha256 = models.CharField(_("hash of the inputs"), max_length=64)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made at"))

    objects = RankingQuerySet.as_manager()

    class Meta:
        verbose_name = _("ranking")
        verbose_name_plural = _("rankings")

    def __str__(self) -> str:
        return str(self.round)


class RankingEntry(models.Model):
    """One line of a ranking; equal totals share a position."""

    ranking = models.ForeignKey(Ranking, on_delete=models.PROTECT, related_name="entries", verbose_name=_("ranking"))
    submission = models.ForeignKey(
        "submissions.Submission", on_delete=models.PROTECT, related_name="+", verbose_name=_("submission")
    )
    track = models.ForeignKey("tracks.Track", on_delete=models.PROTECT, related_name="+", verbose_name=_("track"))
    position = models.PositiveIntegerField(_("position"))
    total = models.DecimalField(_("total"), max_digits=8, decimal_places=4)
    review_totals = models.JSONField(_("totals of the reviews"))

    objects = RankingEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("ranking entry")
        verbose_name_plural = _("ranking entries")
        ordering = ["track__number", "position", "submission__number"]
        constraints = [models.UniqueConstraint(fields=["ranking", "submission"], name="entry_once_per_ranking")]

    def __str__(self) -> str:
        return f"{self.position}. {self.submission}"


class Decision(models.Model):
    """What the organizers make of a ranked entry; a reason where it departs from the order.

    An entry without a row gets no award; a row with an empty level says why it gets none.
    """

    entry = models.OneToOneField(RankingEntry, on_delete=models.PROTECT, related_name="decision")
    level = models.CharField(_("award"), max_length=20, choices=AwardLevel, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(condition=Q(level__in=["", *AwardLevel.values]), name="decision_level_known"),
            models.CheckConstraint(
                condition=~Q(level="") | ~Q(reason=""), name="decision_without_award_gives_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.get_level_display()}"


class Publication(models.Model):
    """A round's results, shown to everyone from this row on."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="publication", verbose_name=_("round"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published at"))

    objects = OfRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")

    def __str__(self) -> str:
        return str(self.round)


class Award(models.Model):
    """Somebody won it. The words are those of the moment of publication, whatever is renamed later."""

    publication = models.ForeignKey(
        Publication, on_delete=models.PROTECT, related_name="awards", verbose_name=_("publication")
    )
    submission = models.ForeignKey(
        "submissions.Submission", on_delete=models.PROTECT, related_name="awards", verbose_name=_("submission")
    )
    level = models.CharField(_("award"), max_length=20, choices=AwardLevel)
    number = models.CharField(_("entry number"), max_length=20)
    project = models.CharField(_("project title"), max_length=60)
    team = models.CharField(_("team"), max_length=60)
    members = models.JSONField(_("members"), default=list)
    organization = models.CharField(_("organization"), max_length=120)
    track_number = models.PositiveSmallIntegerField(_("track number"))
    track_name = models.CharField(_("track"), max_length=60)

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        constraints = [
            models.UniqueConstraint(fields=["publication", "submission"], name="award_once_per_entry"),
            models.CheckConstraint(condition=Q(level__in=AwardLevel.values), name="award_level_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_level_display()}"

    @property
    def audit_scope(self) -> str:
        return self.publication.round.audit_scope


class Certificate(models.Model):
    """The numbered, verifiable PDF of an award."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="certificate", verbose_name=_("award"))
    serial = models.CharField(_("certificate number"), max_length=60, unique=True)
    status = models.CharField(_("state"), max_length=20, choices=CertificateStatus, default=CertificateStatus.REQUESTED)
    file = models.ForeignKey(
        "core.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    requested_at = models.DateTimeField(_("requested at"))
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CertificateStatus.values), name="certificate_status_known"),
            models.CheckConstraint(
                condition=~Q(status=CertificateStatus.ISSUED) | Q(file__isnull=False, issued_at__isnull=False),
                name="certificate_issued_has_file_and_time",
            ),
        ]

    def __str__(self) -> str:
        return self.serial

    def get_absolute_url(self) -> str:
        return reverse("judging:verify_certificate", args=[self.public_id])

    @property
    def audit_scope(self) -> str:
        return self.award.audit_scope
