from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.text import validate_plain_line, validate_text
from submissions.definition import LONGEST_TEXT, MOST_ROWS
from submissions.enums import SectionKind
from submissions.form_querysets import EntryFormQuerySet, OfFormQuerySet

validate_key = RegexValidator(r"^[a-z][a-z0-9_]{0,39}$", _("Small letters, digits and underscores; a letter first."))


class EntryFormManager(models.Manager.from_queryset(EntryFormQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str, track: int | None) -> EntryForm:
        of_track = {"track__number": track} if track is not None else {"track": None}
        return self.get(competition__slug=slug, **of_track)


class OfFormManager(models.Manager.from_queryset(OfFormQuerySet)):  # type: ignore[misc]
    """``told_by``: what tells a form's rows apart."""

    def __init__(self, told_by: str = "key"):
        super().__init__()
        self.told_by = told_by

    def get_by_natural_key(self, slug: str, track: int | None, value: Any) -> Any:
        return self.get(form=EntryForm.objects.get_by_natural_key(slug, track), **{self.told_by: value})


class EntryForm(models.Model):
    """What a competition asks its teams for; a track's form adds to it. Edited here, asked once it is published."""

    competition = models.ForeignKey(
        "tracks.Competition", on_delete=models.CASCADE, related_name="entry_forms", verbose_name=_("competition")
    )
    track = models.OneToOneField(
        "tracks.Track",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="entry_form",
        verbose_name=_("track"),
        help_text=_("None: the form of all tracks. A track's form is asked after it."),
    )

    objects = EntryFormManager()

    class Meta:
        verbose_name = _("entry form")
        verbose_name_plural = _("entry forms")
        constraints = [
            models.UniqueConstraint(
                fields=["competition"],
                condition=Q(track=None),
                name="entry_form_once_per_competition",
                violation_error_message=_("This competition has a form for all tracks already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competition} · {self.track}" if self.track else str(self.competition)

    def clean(self) -> None:
        if self.track and self.track.competition_id != self.competition_id:
            raise ValidationError({"track": _("This track belongs to another competition.")})

    @property
    def audit_scope(self) -> str:
        return f"competition:{self.competition_id}"

    def natural_key(self) -> tuple[str, int | None]:
        return self.competition.slug, self.track.number if self.track else None

    natural_key.dependencies = ["tracks.competition", "tracks.track"]  # type: ignore[attr-defined]


class Asked(models.Model):
    """What sections and slots have in common."""

    place = models.PositiveSmallIntegerField(_("order"), default=0)
    key = models.CharField(
        _("key"),
        max_length=40,
        validators=[validate_key],
        help_text=_("The name of the answer in exports. It stays when the title changes: answers hang on it."),
    )
    title = models.CharField(_("heading"), max_length=60, validators=[validate_plain_line])
    hint = models.CharField(_("hint"), max_length=300, blank=True, validators=[validate_text])
    is_required = models.BooleanField(_("required"), default=True)
    for_judges = models.BooleanField(_("visible to judges"), default=True)

    class Meta:
        abstract = True
        ordering = ["place", "pk"]

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[str, int | None, str]:
        return (*self.form.natural_key(), self.key)  # type: ignore[attr-defined]

    natural_key.dependencies = ["submissions.entryform"]  # type: ignore[attr-defined]


class FormSection(Asked):
    form = models.ForeignKey(EntryForm, on_delete=models.CASCADE, related_name="sections", verbose_name=_("entry form"))
    group = models.CharField(_("group"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=SectionKind, default=SectionKind.LONG_TEXT)
    limit = models.PositiveIntegerField(
        _("characters"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_TEXT)]
    )
    is_identifying = models.BooleanField(
        _("tells who the team is"), default=False, help_text=_("Hidden from judges where judging is blind.")
    )
    options = models.JSONField(_("options"), default=list, blank=True)
    columns = models.JSONField(_("columns"), default=list, blank=True)
    max_rows = models.PositiveSmallIntegerField(
        _("rows"), default=20, validators=[MinValueValidator(1), MaxValueValidator(MOST_ROWS)]
    )
    shown_if_section = models.CharField(_("shown if section"), max_length=40, blank=True)
    shown_if_values = models.JSONField(_("is one of"), default=list, blank=True)

    objects = OfFormManager()

    class Meta(Asked.Meta):
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [
            models.UniqueConstraint(fields=["form", "key"], name="section_key_once_per_form"),
            models.CheckConstraint(condition=Q(kind__in=SectionKind.values), name="section_kind_known"),
        ]


class FormSlot(Asked):
    form = models.ForeignKey(EntryForm, on_delete=models.CASCADE, related_name="slots", verbose_name=_("entry form"))
    kinds = models.JSONField(_("kinds of file"), default=list)
    max_size = models.PositiveIntegerField(_("largest file in bytes"), null=True, blank=True)
    max_count = models.PositiveSmallIntegerField(
        _("files"), default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    max_pages = models.PositiveSmallIntegerField(
        _("pages"), null=True, blank=True, help_text=_("For PDF files; none: as many as you like.")
    )
    is_open_after_shortlist = models.BooleanField(_("may be replaced after the shortlist"), default=False)

    objects = OfFormManager()

    class Meta(Asked.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [models.UniqueConstraint(fields=["form", "key"], name="slot_key_once_per_form")]


class EntryFormVersion(models.Model):
    """A form as it was published. The database refuses to change or delete it; teams are asked the latest."""

    form = models.ForeignKey(EntryForm, on_delete=models.PROTECT, related_name="versions", verbose_name=_("entry form"))
    number = models.PositiveIntegerField(_("version"))
    definition = models.JSONField(_("definition"))
    sha256 = models.CharField("SHA-256", max_length=64)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    created_at = models.DateTimeField(_("published at"))

    objects = OfFormManager("number")

    class Meta:
        verbose_name = _("version of an entry form")
        verbose_name_plural = _("versions of entry forms")
        ordering = ["form", "number"]
        constraints = [models.UniqueConstraint(fields=["form", "number"], name="form_version_number_once")]

    def __str__(self) -> str:
        return f"{self.form} v{self.number}"

    def natural_key(self) -> tuple[str, int | None, int]:
        return (*self.form.natural_key(), self.number)

    natural_key.dependencies = ["submissions.entryform"]  # type: ignore[attr-defined]
