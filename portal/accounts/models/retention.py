from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST = 36500


class RetentionRule(models.Model):
    """How long one kind of data is kept, where that differs from the default; and what the last run did."""

    name = models.CharField(_("kind of data"), max_length=60, unique=True)
    days = models.PositiveIntegerField(
        _("days"), null=True, blank=True, validators=[MaxValueValidator(LONGEST)], help_text=_("Empty: for ever.")
    )
    last_run_at = models.DateTimeField(_("last run"), null=True, blank=True)
    last_count = models.PositiveIntegerField(_("rows of the last run"), default=0)

    class Meta:
        verbose_name = _("retention period")
        verbose_name_plural = _("retention periods")

    def __str__(self) -> str:
        return self.name
