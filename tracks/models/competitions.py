from __future__ import annotations

import re
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.core.instants import YEARS, validate_instant
from portal.core.text import validate_plain_line
from tracks.enums import StageKind
from tracks.querysets import CompetitionQuerySet, OrganizerQuerySet, StageQuerySet

# The indigo of tokens.css.
HOUSE_HUE = 264
LONGEST_GRACE = 24 * 3600
LONGEST_HASH_GRACE = 7 * 24 * 60
NO_LIMIT = _("Empty: no limit.")
# First parts of the portal's own addresses; a competition's address must not shadow one.
RESERVED_SLUGS = {
    *("accounts", "admin", "api", "certificates", "competitions", "desk", "f", "healthz", "i18n", "invitations"),
    *("judging", "mailbox", "organize", "privacy", "readyz", "static", "style", "submissions", "teams", "theme"),
    *("receipts", "status", "verify"),
}


def validate_slug(value: str) -> None:
    if value in RESERVED_SLUGS or not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", value):
        raise ValidationError(_("Small letters, digits and hyphens; not a word that the portal uses itself."))


class CompetitionManager(models.Manager.from_queryset(CompetitionQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str) -> Competition:
        return self.get(slug=slug)


class Competition(models.Model):
    """One edition of a contest, with its stages and tracks."""

    slug = models.CharField(_("address"), max_length=50, unique=True, validators=[validate_slug])
    name = models.CharField(_("name"), max_length=100, validators=[validate_plain_line])
    short_name = models.CharField(_("short name"), max_length=40, validators=[validate_plain_line])
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(YEARS.start), MaxValueValidator(YEARS.stop - 1)]
    )
    host = models.CharField(_("host"), max_length=100, validators=[validate_plain_line])
    introduction = models.TextField(_("introduction"), blank=True)
    is_published = models.BooleanField(_("public"), default=False)
    certificate_prefix = models.CharField(
        _("certificate prefix"),
        max_length=20,
        validators=[RegexValidator(r"^[A-Z0-9]+(?:-[A-Z0-9]+)*$", _("Capital letters, digits and hyphens."))],
        help_text=_("The first part of each certificate's number, such as SC-DEX-2026."),
    )
    max_team_members = models.PositiveSmallIntegerField(
        _("members a team"), default=10, validators=[MinValueValidator(1)]
    )
    max_organizations = models.PositiveSmallIntegerField(
        _("organizations a team"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=NO_LIMIT
    )
    max_teams_person = models.PositiveSmallIntegerField(
        _("teams a person"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=NO_LIMIT
    )
    max_entries_organization = models.PositiveSmallIntegerField(
        _("entries an organization"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=NO_LIMIT
    )
    max_entries_team = models.PositiveSmallIntegerField(
        _("entries a team"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=NO_LIMIT
    )
    max_file_size = models.PositiveIntegerField(
        _("largest file in bytes"), default=50 * 1024**2, validators=[MinValueValidator(1)]
    )
    asks_document_number = models.BooleanField(
        _("asks for document numbers"),
        default=False,
        help_text=_("Only where the rules need them: each team member is then asked for one, with separate consent."),
    )
    hue = models.PositiveSmallIntegerField(
        _("hue"),
        default=HOUSE_HUE,
        validators=[MaxValueValidator(359)],
        help_text=_("The colour of buttons and links as an angle from 0 to 359: 264 is indigo, 155 green, 25 red."),
    )
    requires_second_factor = models.BooleanField(
        _("second factor for organizers and judges"),
        default=False,
        help_text=_(
            "Before their own pages organizers and judges set up a second factor: an authenticator app or a passkey."
        ),
    )
    shows_entry_counts = models.BooleanField(
        _("shows how many entries a topic has"),
        default=False,
        help_text=_("For everybody, beside each topic: how many entries have been submitted and not withdrawn."),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = CompetitionManager()

    class Meta:
        verbose_name = _("competition")
        verbose_name_plural = _("competitions")
        constraints = [
            models.CheckConstraint(condition=Q(hue__lt=360), name="competition_hue_is_an_angle"),
            models.UniqueConstraint(
                fields=["certificate_prefix"],
                name="competition_certificate_prefix_once",
                violation_error_message=_("Another competition numbers its certificates with this prefix."),
                # Tells it at the field.
                violation_error_code="unique",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return reverse("dashboards:competition", args=[self.slug])

    @property
    def own_hue(self) -> int | None:
        """What its pages are told; nothing where the house's own colour does."""
        return None if self.hue == HOUSE_HUE else self.hue

    @property
    def audit_scope(self) -> str:
        return f"competition:{self.pk}"


class StageManager(models.Manager.from_queryset(StageQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str, kind: str) -> Stage:
        return self.get(competition__slug=slug, kind=kind)


class Stage(models.Model):
    """A window of a competition's calendar, half open: opens_at <= t < closes_at."""

    competition = models.ForeignKey(
        Competition, on_delete=models.CASCADE, related_name="stages", verbose_name=_("competition")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=StageKind)
    opens_at = models.DateTimeField(_("opens at"), validators=[validate_instant])
    closes_at = models.DateTimeField(
        _("closes at"), validators=[validate_instant], help_text=_("The first moment after the stage.")
    )
    grace = models.PositiveIntegerField(
        _("grace in seconds"),
        default=0,
        validators=[MaxValueValidator(LONGEST_GRACE)],
        help_text=_("What still arrives this long after the end counts. No page tells anybody."),
    )
    hash_grace = models.PositiveIntegerField(
        _("minutes for files to follow"),
        default=0,
        validators=[MaxValueValidator(LONGEST_HASH_GRACE)],
        help_text=_(
            "Only for submission. A team may register a file by its SHA-256 before the end; exactly this file may then"
            " follow for so many minutes after the team's end. 0: files can't be registered."
        ),
    )

    objects = StageManager()

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["opens_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["competition", "kind"], name="stage_once_per_competition"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="stage_closes_after_it_opens",
                violation_error_message=_("The stage must close after it opens."),
            ),
            models.CheckConstraint(condition=Q(kind__in=StageKind.values), name="stage_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=StageKind.SUBMISSION) | Q(hash_grace=0),
                name="stage_files_follow_submission_alone",
                violation_error_message=_("Only files of the submission stage may follow after the end."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def natural_key(self) -> tuple[str, str]:
        return (self.competition.slug, self.kind)

    natural_key.dependencies = ["tracks.competition"]  # type: ignore[attr-defined]

    def is_open(self, now: datetime) -> bool:
        return self.opens_at <= now < self.closes_at

    @property
    def audit_scope(self) -> str:
        return f"competition:{self.competition_id}"


class Organizer(models.Model):
    """Somebody who runs a competition, or only some of its tracks."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="organizer_roles",
        verbose_name=_("user"),
    )
    competition = models.ForeignKey(
        Competition, on_delete=models.CASCADE, related_name="organizers", verbose_name=_("competition")
    )
    tracks = models.ManyToManyField(
        "tracks.Track", blank=True, verbose_name=_("tracks"), help_text=_("None: the whole competition.")
    )

    objects = OrganizerQuerySet.as_manager()

    class Meta:
        verbose_name = _("organizer")
        verbose_name_plural = _("organizers")
        constraints = [models.UniqueConstraint(fields=["user", "competition"], name="organizer_once_per_competition")]

    def __str__(self) -> str:
        return f"{self.user} · {self.competition}"

    @property
    def audit_scope(self) -> str:
        return f"competition:{self.competition_id}"

    @property
    def audit_person(self) -> int:
        return self.user_id
