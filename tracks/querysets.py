from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, Exists, F, Max, Min, OuterRef, Q, When
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.errors import Missing
from portal.core.people import Person
from tracks.enums import TopicStatus

# More than anybody chooses from on one page.
MOST = 200


def is_site_admin(user: Person) -> bool:
    return user.is_active and user.is_superuser


def organizer_roles(user: Person) -> models.QuerySet[Any]:
    """The roles ``user`` has as an organizer; nobody's for one who is signed out or disabled."""
    roles = apps.get_model("tracks", "Organizer").objects
    return roles.filter(user_id=user.pk) if user.is_active else roles.none()


def named(competitions: models.QuerySet[Any], slug: str) -> Any:
    """The one at this address; says in the visitor's words that there is none."""
    found = competitions.filter(slug=slug).first()
    if found is None:
        raise Missing(_("There is no competition at the address “%(slug)s”.") % {"slug": slug})
    return found


def current_of(rows: Sequence[Any]) -> list[Any]:
    """Of ``for_choosing``, what the site's own address stands for: each that is running, else the latest year's.

    One in preparation stands there only for its organizers, and only while nothing is public.
    """
    if not rows or not rows[0].is_published:
        return list(rows[:1])
    public = [row for row in rows if row.is_published]
    return [row for row in public if row.is_running] or [row for row in public if row.year == public[0].year]


def competition_visible_to(user: Person, path: str = "") -> Q:
    """Published ones are everybody's; one in preparation is its organizers'.

    ``path`` leads to the competition from whatever row is asked about: a join costs a page less than a subquery.
    """
    if is_site_admin(user):
        return Q()
    published = Q(**{f"{path}__is_published" if path else "is_published": True})
    if not user.is_authenticated:
        return published
    return published | Q(Exists(organizer_roles(user).filter(competition=OuterRef(path or "pk"))))


class CompetitionQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        return self.filter(competition_visible_to(user))

    def organized_by(self, user: Person) -> Self:
        """Those that ``user`` runs as a whole, not only in some tracks."""
        if is_site_admin(user):
            return self
        return self.filter(Exists(organizer_roles(user).filter(competition=OuterRef("pk"), tracks=None)))

    def with_running(self, now: datetime) -> Self:
        """``is_running``: the first stage has opened, the last one has not closed."""
        running = Q(first_opens_at__lte=now, last_closes_at__gt=now)
        calendar = self.annotate(first_opens_at=Min("stages__opens_at"), last_closes_at=Max("stages__closes_at"))
        return calendar.annotate(is_running=Case(When(running, then=True), default=False))

    def with_contents(self, user: Person, now: datetime) -> Self:
        """``has_documents`` and ``has_questions``: is there any that ``user`` may see?"""
        tests = {}
        for name, model in (("has_documents", "Document"), ("has_questions", "Question")):
            rows = apps.get_model("tracks", model).objects.visible_to(user, now=now)
            tests[name] = Exists(rows.filter(competition=OuterRef("pk")))
        return self.annotate(**tests)

    def for_choosing(self, now: datetime) -> Self:
        """Those one can look at, what is going on first."""
        return self.with_running(now).order_by("-is_published", "-is_running", "-year", "-pk")[:MOST]

    def current_first(self) -> Self:
        return self.order_by("-is_published", "-year", "-pk")


class ScopedQuerySet(models.QuerySet):
    """Rows that are as visible as the competition at the end of ``competition_path``."""

    competition_path = "competition"

    def visible_to(self, user: Person) -> Self:
        return self.filter(competition_visible_to(user, self.competition_path))


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


class PublishedQuerySet(ScopedQuerySet):
    def visible_to(self, user: Person, *, now: datetime | None = None) -> Self:
        """What has been published; drafts and what is still to come to those who run the whole competition."""
        rows, published = super().visible_to(user), Q(published_at__lte=now or timezone.now())
        if not user.is_authenticated:
            return rows.filter(published)
        competition = apps.get_model("tracks", "Competition")
        return rows.filter(published | Q(competition__in=competition.objects.organized_by(user)))

    def organized_by(self, user: Person) -> Self:
        competition = apps.get_model("tracks", "Competition")
        return self.filter(competition__in=competition.objects.organized_by(user))

    def newest_first(self) -> Self:
        """Drafts on top: they wait for somebody."""
        return self.order_by(F("published_at").desc(nulls_first=True), "-pk")


class AnnouncementQuerySet(PublishedQuerySet):
    def for_listing(self) -> Self:
        """As a visitor reads them: what is kept on top, then the newest."""
        return self.order_by("-is_pinned", F("published_at").desc(nulls_first=True), "-pk")


class OrganizerQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        return self if is_site_admin(user) else self.filter(user_id=user.pk)


class RevisionQuerySet(ScopedQuerySet):
    competition_path = "topic__track__competition"
