from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from submissions.form_querysets import AnswerQuerySet, UnsentQuerySet
from submissions.models.entries import Submission

LONGEST_TAB = 40


class Answer(models.Model):
    """What a draft says in one section. ``version`` rises with each save; whoever saves names the one they read."""

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="answers", verbose_name=_("submission")
    )
    key = models.CharField(_("section"), max_length=40)
    value = models.JSONField(_("answer"))
    version = models.PositiveIntegerField(_("version"), default=1)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("saved by")
    )
    saved_at = models.DateTimeField(_("saved at"))
    # The revision that this text stands in, and since when it has been written on.
    revision = models.PositiveIntegerField(default=1)
    revision_began_at = models.DateTimeField()
    # How many characters have come and gone since then: what was typed in a sitting is in no earlier revision.
    revision_typed = models.PositiveIntegerField(default=0)
    revision_dropped = models.PositiveIntegerField(default=0)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [models.UniqueConstraint(fields=["submission", "key"], name="answer_once_per_section")]

    def __str__(self) -> str:
        return f"{self.submission} · {self.key}"


class AnswerRevision(models.Model):
    """What a section said after one sitting; the last twenty are kept."""

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="answer_revisions", verbose_name=_("submission")
    )
    key = models.CharField(_("section"), max_length=40)
    number = models.PositiveIntegerField(_("number"))
    value = models.JSONField(_("answer"))
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("saved by")
    )
    created_at = models.DateTimeField(_("begun at"))
    saved_at = models.DateTimeField(_("saved at"))

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision of an answer")
        verbose_name_plural = _("revisions of answers")
        constraints = [
            models.UniqueConstraint(fields=["submission", "key", "number"], name="answer_revision_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.submission} · {self.key} #{self.number}"


class UnsentText(models.Model):
    """Words that came when the entry could no longer be changed; their writer can read and copy them."""

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="unsent_texts", verbose_name=_("submission")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    key = models.CharField(_("section"), max_length=40)
    # The page that sent them: what comes from it later takes their place. Empty: sent by a form, each on its own.
    tab = models.CharField(_("page"), max_length=LONGEST_TAB, blank=True, default="")
    value = models.JSONField(_("answer"))
    created_at = models.DateTimeField(_("kept at"))

    objects = UnsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("unsent text")
        verbose_name_plural = _("unsent texts")
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "user", "key", "tab"], condition=~Q(tab=""), name="unsent_text_once_per_page"
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission} · {self.key}"
