from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

from portal.core.people import Person
from tracks.enums import TopicStatus


def is_site_admin(user: Person) -> bool:
    return user.is_active and user.is_superuser


def organizer_roles(user: Person) -> models.QuerySet[Any]:
    """The roles ``user`` has as an organizer; nobody's for one who is signed out or disabled."""
    roles = apps.get_model("tracks", "Organizer").objects
    return roles.filter(user_id=user.pk) if user.is_active else roles.none()


class CompetitionQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Published ones are everybody's; one in preparation is its organizers'."""
        if is_site_admin(user):
            return self
        if not user.is_authenticated:
            return self.filter(is_published=True)
        roles = organizer_roles(user).filter(competition=OuterRef("pk"))
        return self.filter(Q(is_published=True) | Exists(roles))

    def organized_by(self, user: Person) -> Self:
        """Those that ``user`` runs as a whole, not only in some tracks."""
        if is_site_admin(user):
            return self
        return self.filter(Exists(organizer_roles(user).filter(competition=OuterRef("pk"), tracks=None)))

    def current_first(self) -> Self:
        return self.order_by("-is_published", "-year", "-pk")


class ScopedQuerySet(models.QuerySet):
    """Rows that are as visible as the competition at the end of ``competition_path``."""

    competition_path = "competition"

    def visible_to(self, user: Person) -> Self:
        competition = apps.get_model("tracks", "Competition")
        return self.filter(**{f"{self.competition_path}__in": competition.objects.visible_to(user)})


class StageQuerySet(ScopedQuerySet):
    def open_at(self, now: datetime) -> Self:
        """Windows are half open: a stage that closes at t is no longer open at t."""
        return self.filter(opens_at__lte=now, closes_at__gt=now)


class TrackQuerySet(ScopedQuerySet):
    def organized_by(self, user: Person) -> Self:
        """Those that ``user`` runs: all of a competition's, or the ones their role names."""
        if is_site_admin(user):
            return self
        roles = organizer_roles(user)
        whole = roles.filter(tracks=None, competition=OuterRef("competition"))
        return self.filter(Exists(whole) | Exists(roles.filter(tracks=OuterRef("pk"))))

    def with_topic_count(self) -> Self:
        return self.annotate(topic_count=Count("topics", filter=Q(topics__status=TopicStatus.OPEN)))


class TopicQuerySet(ScopedQuerySet):
    competition_path = "track__competition"

    def open(self) -> Self:
        return self.filter(status=TopicStatus.OPEN)

    def enterable_at(self, now: datetime, *, kind: str) -> Self:
        """Topics that take entries at ``now``: open ones of competitions whose stage ``kind`` is open."""
        stages = apps.get_model("tracks", "Stage").objects.open_at(now).filter(kind=kind)
        return self.open().filter(Exists(stages.filter(competition=OuterRef("track__competition"))))


class OrganizerQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        return self if is_site_admin(user) else self.filter(user_id=user.pk)


class RevisionQuerySet(ScopedQuerySet):
    competition_path = "topic__track__competition"
