from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from submissions.models.entries import Submission
from submissions.querysets import CommentQuerySet

COMMENT_LIMIT = 2000
# For so long may whoever wrote it change it or take it back.
CHANGEABLE_FOR = timedelta(minutes=15)


class Comment(models.Model):
    """What a member says to the others about a section of their entry, or about all of it. Nobody else's affair."""

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="comments", verbose_name=_("submission")
    )
    # The key of a section of the form; empty when it is about the whole entry.
    section = models.CharField(_("section"), max_length=60, blank=True)
    # Empty once the account has been closed.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("written by")
    )
    text = models.TextField(_("comment"), max_length=COMMENT_LIMIT, validators=[MaxLengthValidator(COMMENT_LIMIT)])
    at = models.DateTimeField(_("written at"))
    edited_at = models.DateTimeField(_("changed at"), null=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("resolved by")
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [models.Index(fields=["submission", "at", "id"], name="comment_newest")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="comment_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    def is_changeable(self, now: datetime) -> bool:
        return now < self.at + CHANGEABLE_FOR

    @property
    def is_resolved(self) -> bool:
        return self.resolved_at is not None
