"""Who sees which forms, and what is being written into them."""

from __future__ import annotations

from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from portal.core.people import Person
from submissions.enums import InspectionState, SlotKind
from tracks.querysets import is_site_admin


class EntryFormQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Those who run the whole competition."""
        if is_site_admin(user):
            return self
        organized = apps.get_model("tracks", "Competition").objects.organized_by(user)
        return self.filter(competition__in=organized)

    def with_latest(self) -> Self:
        """``latest_…``: what is asked now; None before the first version."""
        versions = apps.get_model("submissions", "EntryFormVersion").objects.filter(form=OuterRef("pk"))
        fields = ("number", "sha256", "created_at")
        latest = {name: Subquery(versions.order_by("-number").values(name)[:1]) for name in fields}
        rows = self.select_related("competition", "track")
        return rows.annotate(**{f"latest_{name}": value for name, value in latest.items()})


class OfFormQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        return self.filter(form__in=apps.get_model("submissions", "EntryForm").objects.visible_to(user))


class AnswerQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """What a draft says is its team's own affair."""
        if is_site_admin(user):
            return self
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        return self.filter(Exists(member.filter(team=OuterRef("submission__team"))))


class UnsentQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Whoever wrote it."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()


class UploadQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Whoever sends the file, and nobody else, whoever runs the site."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()

    def for_chunk(self, user: Person) -> Self:
        """Own, and still in the team."""
        return self.visible_to(user).filter(submission__team__members__user_id=user.pk)


class InspectionQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """As the files it speaks of."""
        files = apps.get_model("submissions", "Attachment").objects.visible_to(user)
        return self.filter(file__in=files.values("file"))

    def telling(self) -> Self:
        """Those for which a file may be refused: as what it is, or for the pages that it has as a PDF."""
        return self.filter(Q(state=InspectionState.REFUSED) | Q(kind=SlotKind.PDF))
