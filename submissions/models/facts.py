"""What the portal checked on its own about a version. It helps whoever screens, and decides nothing."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from submissions.models.entries import SubmissionVersion
from submissions.screening_querysets import VersionFactsQuerySet


class VersionFacts(models.Model):
    version = models.OneToOneField(
        SubmissionVersion, on_delete=models.CASCADE, related_name="facts", verbose_name=_("version")
    )
    # As it was submitted: what the queue searches. What stands at the entry is what the team is writing now.
    title = models.CharField(_("project title"), max_length=200)
    # Anchors of what the form asks for now and this version lacks.
    lacking = models.JSONField(_("missing materials"), default=list)
    # Of the lead organization and its partners, those whose check digit is wrong.
    wrong_codes = models.JSONField(_("codes that can't be right"), default=list)
    # Its topic's place among those that the search finds for title and abstract; none where it isn't found.
    topic_place = models.PositiveSmallIntegerField(_("place of the topic"), null=True)
    topic_share = models.FloatField(_("share of the best topic's score"), null=True)
    # Files, by what was found in them so far.
    noticed = models.PositiveSmallIntegerField(_("files that need attention"), default=0)
    refused = models.PositiveSmallIntegerField(_("files that can't be handed in"), default=0)
    unchecked = models.PositiveSmallIntegerField(_("files that can't be checked"), default=0)
    # How many of these deserve a look.
    remarks = models.PositiveSmallIntegerField(_("remarks"), default=0)
    made_at = models.DateTimeField(_("checked at"))

    objects = VersionFactsQuerySet.as_manager()

    class Meta:
        verbose_name = _("facts about a version")
        verbose_name_plural = _("facts about versions")

    def __str__(self) -> str:
        return str(self.version)

    @property
    def fits(self) -> bool:
        """The topic is among the first that anybody would think of for this project."""
        return self.topic_place is not None and self.topic_place <= FITTING_PLACES


FITTING_PLACES = 3
