"""Who learns which entry was shortlisted, and when."""

from __future__ import annotations

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from portal.core.people import Person
from submissions.querysets import OfSubmissionQuerySet
from tracks.enums import StageKind
from tracks.querysets import is_site_admin


class ShortlistingQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Whoever screens the entry; its team once it has been announced, an organizer among them too."""
        impartial = apps.get_model("submissions", "Submission").objects.screened_by(user)
        screens = Exists(impartial.filter(pk=OuterRef("submission")))
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        in_team = Exists(member.filter(team=OuterRef("submission__team")))
        told = Q(announced_at__isnull=False)
        if is_site_admin(user):
            return self.filter(~in_team | told)
        return self.filter(screens | in_team & told)

    def live(self) -> Self:
        """Not taken back."""
        return self.filter(undone_at=None)

    def announced(self) -> Self:
        return self.filter(announced_at__isnull=False)

    def binding(self) -> Self:
        """Those by which a competition has a shortlist, also an empty one: what stands, and what teams were told of."""
        return self.filter(Q(undone_at=None) | Q(announced_at__isnull=False))

    def with_end(self) -> Self:
        """``ends_at``: when files may be replaced no more; None where nobody has said, and no defence is planned."""
        stages = apps.get_model("tracks", "Stage").objects.filter(
            competition=OuterRef("submission__team__competition"), kind=StageKind.DEFENCE
        )
        return self.annotate(ends_at=Coalesce("closes_at", Subquery(stages.values("opens_at")[:1])))


class ReplacementQuerySet(OfSubmissionQuerySet):
    submission_path = "version__submission"

    def of(self, version: Any) -> Self:
        """Those that made ``version`` what it is, oldest first."""
        rows = self.filter(version__submission=version.submission_id, version__number__lte=version.number)
        return rows.select_related("version").order_by("version__number")
