"""Which entries resemble each other. What is found decides nothing; organizers look at it, teams never learn of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.text import validate_text
from submissions.models.entries import Submission, SubmissionVersion
from submissions.near.querysets import FingerprintQuerySet, NearNoteQuerySet, NearPairQuerySet

NEAR_NOTE_LIMIT = 500


class Fingerprint(models.Model):
    """The version of an entry that was submitted last, as numbers that can be compared with all others."""

    submission = models.OneToOneField(
        Submission, on_delete=models.CASCADE, related_name="fingerprint", verbose_name=_("submission")
    )
    version = models.OneToOneField(
        SubmissionVersion, on_delete=models.CASCADE, related_name="fingerprint", verbose_name=_("version")
    )
    # How the sketch was made: those of an earlier edition are made anew.
    edition = models.PositiveSmallIntegerField(pgettext_lazy("sketch", "edition"))
    sketch = models.BinaryField(_("sketch"))
    made_at = models.DateTimeField(_("made at"))
    compared_at = models.DateTimeField(_("compared at"), null=True)

    objects = FingerprintQuerySet.as_manager()

    class Meta:
        verbose_name = _("fingerprint")
        verbose_name_plural = _("fingerprints")
        indexes = [models.Index(fields=["id"], condition=Q(compared_at=None), name="fingerprint_uncompared")]

    def __str__(self) -> str:
        return str(self.version_id)


class NearPair(models.Model):
    """Two entries that resemble each other, as their versions read when they were compared."""

    first = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="near_to_later", verbose_name=_("submission")
    )
    second = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="near_to_earlier", verbose_name=_("other submission")
    )
    first_version = models.ForeignKey(
        SubmissionVersion, on_delete=models.CASCADE, related_name="+", verbose_name=_("version")
    )
    second_version = models.ForeignKey(
        SubmissionVersion, on_delete=models.CASCADE, related_name="+", verbose_name=_("version of the other")
    )
    # The highest of the three that follow: 0 to 100.
    score = models.PositiveSmallIntegerField(pgettext_lazy("near pair", "score"))
    text = models.PositiveSmallIntegerField(_("text"), default=0)
    files = models.PositiveSmallIntegerField(_("files"), default=0)
    people = models.PositiveSmallIntegerField(_("people and organizations"), default=0)
    # Where the same words stand in both (``near.passages.Passage``). Versions never change, so it stays true.
    passages = models.JSONField(_("passages"), default=list)
    found_at = models.DateTimeField(_("found at"))

    objects = NearPairQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair of entries that resemble each other")
        verbose_name_plural = _("pairs of entries that resemble each other")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="near_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="near_pair_smaller_key_first"),
            models.CheckConstraint(
                condition=Q(score__gte=1, score__lte=100, text__lte=100, files__lte=100, people__lte=100),
                name="near_pair_scores_make_sense",
            ),
        ]
        indexes = [models.Index(fields=["-score", "-id"], name="near_pair_by_score")]

    def __str__(self) -> str:
        return f"{self.first} ≈ {self.second}"

    def address_in(self, competition: str) -> str:
        """The page of it, as the organizers of one of the two competitions come to it."""
        return reverse("submissions:near_pair", args=[competition, self.pk])

    @property
    def versions(self) -> str:
        """Which texts were compared: whoever notes something says which ones they have read."""
        return f"{self.first_version_id}-{self.second_version_id}"


class NearNote(models.Model):
    """Somebody has looked at a pair."""

    pair = models.ForeignKey(NearPair, on_delete=models.CASCADE, related_name="notes", verbose_name=_("pair"))
    # The one of the two that the author could read: the note is for its organizers. Empty: could read both.
    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("submission")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("author")
    )
    text = models.TextField(
        pgettext_lazy("near pair", "note"), max_length=NEAR_NOTE_LIMIT, blank=True, validators=[validate_text]
    )
    at = models.DateTimeField(_("noted at"))

    objects = NearNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note on a pair")
        verbose_name_plural = _("notes on pairs")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.pair_id}: {self.at:%Y-%m-%d}"

    @property
    def audit_scope(self) -> str:
        return (self.submission or self.pair.first).audit_scope

    @property
    def audit_track(self) -> int:
        return (self.submission or self.pair.first).track_id
