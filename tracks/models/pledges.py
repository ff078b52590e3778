from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tracks.models.competitions import Competition
from tracks.querysets import PledgeQuerySet


class PledgeManager(models.Manager.from_queryset(PledgeQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str) -> Pledge:
        return self.get(competition__slug=slug)


class Pledge(models.Model):
    """What a competition's teams and judges promise: which series of texts holds its versions."""

    competition = models.OneToOneField(
        Competition, on_delete=models.CASCADE, related_name="pledge", verbose_name=_("competition")
    )
    series = models.OneToOneField(
        "accounts.AgreementSeries",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("series of agreements"),
    )

    objects = PledgeManager()

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")

    def __str__(self) -> str:
        return _("Pledge of %(competition)s") % {"competition": self.competition}

    def natural_key(self) -> tuple[str]:
        return (self.competition.slug,)

    natural_key.dependencies = ["tracks.competition", "accounts.agreementseries"]  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        return reverse("tracks:pledge", args=[self.competition.slug])

    @property
    def audit_scope(self) -> str:
        return self.competition.audit_scope
