from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

from portal.core.people import Person
from tracks.enums import TopicStatus


class CompetitionQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Published ones are everybody's; one in preparation is its organizers'."""
        if user.is_active and user.is_superuser:
            return self
        return self.filter(Q(is_published=True) | Q(pk__in=self.model.organized_by(user)))

    def current_first(self) -> Self:
        return self.order_by("-is_published", "-year", "-pk")


class ScopedQuerySet(models.QuerySet):
    """Rows that are as visible as the competition at the end of ``competition_path``."""

    competition_path = "competition"

    def visible_to(self, user: Person) -> Self:
        competition = self.model._meta.apps.get_model("tracks", "Competition")
        return self.filter(**{f"{self.competition_path}__in": competition.objects.visible_to(user)})


class StageQuerySet(ScopedQuerySet):
    def open_at(self, now: datetime) -> Self:
        """Windows are half open: a stage that closes at t is no longer open at t."""
        return self.filter(opens_at__lte=now, closes_at__gt=now)


class TrackQuerySet(ScopedQuerySet):
    def with_topic_count(self) -> Self:
        return self.annotate(topic_count=Count("topics", filter=Q(topics__status=TopicStatus.OPEN)))


class TopicQuerySet(ScopedQuerySet):
    competition_path = "track__competition"

    def open(self) -> Self:
        return self.filter(status=TopicStatus.OPEN)

    def enterable_at(self, now: datetime, *, kind: str) -> Self:
        """Topics that take entries at ``now``: open ones of competitions whose stage ``kind`` is open."""
        stages = self.model._meta.apps.get_model("tracks", "Stage").objects.open_at(now).filter(kind=kind)
        return self.open().filter(Exists(stages.filter(competition=OuterRef("track__competition"))))


class OrganizerQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        return self if user.is_active and user.is_superuser else self.filter(user_id=user.pk)


class RevisionQuerySet(ScopedQuerySet):
    competition_path = "topic__track__competition"
