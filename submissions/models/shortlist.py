"""Which entries go on to the defence, who was told since when, and what a team has replaced since then."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from submissions.models.entries import Submission, SubmissionVersion
from submissions.models.screening import REASON_LIMIT
from submissions.shortlist_querysets import ReplacementQuerySet, ShortlistingQuerySet


class Shortlisting(models.Model):
    """An entry that was shortlisted. Its team knows nothing of it until it is announced."""

    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="shortlistings", verbose_name=_("submission")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("shortlisted by")
    )
    made_at = models.DateTimeField(_("shortlisted at"))
    announced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("announced by")
    )
    announced_at = models.DateTimeField(_("announced at"), null=True)
    # Until when files may be replaced; none: until the stage of the defence opens.
    closes_at = models.DateTimeField(_("end"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("undone by")
    )
    undone_at = models.DateTimeField(_("undone at"), null=True)
    why_undone = models.TextField(_("why it was undone"), max_length=REASON_LIMIT, blank=True)

    objects = ShortlistingQuerySet.as_manager()

    class Meta:
        verbose_name = _("shortlisted entry")
        verbose_name_plural = _("shortlisted entries")
        constraints = [
            models.UniqueConstraint(
                fields=["submission"], condition=Q(undone_at=None), name="entry_shortlisted_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None) | ~Q(why_undone=""), name="undone_shortlisting_says_why"
            ),
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(announced_at__isnull=False), name="shortlist_end_is_announced"
            ),
        ]

    def __str__(self) -> str:
        return str(self.submission)

    # When files may be replaced no more, where the rows came ``with_end``.
    ends_at: Any = None

    @property
    def is_announced(self) -> bool:
        return self.announced_at is not None


class Replacement(models.Model):
    """A version in which only files were replaced after the shortlist. Nobody screens it again. Never changed."""

    version = models.OneToOneField(
        SubmissionVersion, on_delete=models.PROTECT, related_name="replacement", verbose_name=_("version")
    )
    shortlisting = models.ForeignKey(
        Shortlisting, on_delete=models.PROTECT, related_name="replacements", verbose_name=_("shortlisted entry")
    )
    # Keys of the entry form: where the files differ from the version before.
    slots = models.JSONField(_("files"), default=list)

    objects = ReplacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("replaced files")
        verbose_name_plural = _("replaced files")

    def __str__(self) -> str:
        return str(self.version)
