from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, Exists, F, Max, Min, OuterRef, Q, Subquery, When
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.errors import Missing
from portal.core.people import Person, has_its_roles
from tracks.enums import TopicStatus

# More than anybody chooses from on one page.
MOST = 200
# How long a topic counts as recently changed.
RECENT = timedelta(days=14)


def is_site_admin(user: Person) -> bool:
    return has_its_roles(user) and user.is_superuser


def organizer_roles(user: Person) -> models.QuerySet[Any]:
    """The roles ``user`` has as an organizer; nobody's for one who is signed out, disabled or lacks a second factor."""
    roles = apps.get_model("tracks", "Organizer").objects
    return roles.filter(user_id=user.pk) if has_its_roles(user) else roles.none()


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

    def partly_organized_by(self, user: Person) -> Self:
        """Those that ``user`` runs, as a whole or in some tracks."""
        if is_site_admin(user):
            return self
        return self.filter(Exists(organizer_roles(user).filter(competition=OuterRef("pk"))))

    def with_running(self, now: datetime) -> Self:
        """``is_running``: the first stage has opened, the last one has not closed."""
        running = Q(first_opens_at__lte=now, last_closes_at__gt=now)
        calendar = self.annotate(first_opens_at=Min("stages__opens_at"), last_closes_at=Max("stages__closes_at"))
        return calendar.annotate(is_running=Case(When(running, then=True), default=False))

    def over_since(self, moment: datetime) -> Self:
        """Those whose last stage had closed by ``moment``."""
        return self.alias(last_closes_at=Max("stages__closes_at")).filter(last_closes_at__lte=moment)

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

    def with_revision(self, now: datetime) -> Self:
        """``revision_number`` and ``revised_at`` of the text, ``is_recent``: has it been changed lately?"""
        latest = apps.get_model("tracks", "TopicRevision").objects.filter(topic=OuterRef("pk")).order_by("-number")
        return self.annotate(
            revision_number=Subquery(latest.values("number")[:1]),
            revised_at=Subquery(latest.values("created_at")[:1]),
            is_recent=Exists(latest.revised_since(now - RECENT).order_by()),
        )

    def revised_since(self, moment: datetime) -> Self:
        """Those that had a text before and have got another."""
        revisions = apps.get_model("tracks", "TopicRevision").objects.revised_since(moment)
        return self.filter(Exists(revisions.filter(topic=OuterRef("pk"))))

    def changed_since(self, moment: datetime) -> Self:
        """Those that are new, have another text or place, have been withdrawn or opened again."""
        revisions = apps.get_model("tracks", "TopicRevision").objects.filter(created_at__gte=moment)
        moves = apps.get_model("tracks", "FormerAddress").objects.filter(left_at__gte=moment)
        return self.filter(
            Exists(revisions.filter(topic=OuterRef("pk")))
            | Exists(moves.filter(topic=OuterRef("pk")))
            | Q(withdrawn_at__gte=moment)
            | Q(reopened_at__gte=moment)
            | Q(track__renamed_at__gte=moment)
        )

    def replacing(self) -> Self:
        """``replaces_another``: did another topic stand at this address before?"""
        others = apps.get_model("tracks", "FormerAddress").objects.filter(
            competition=OuterRef("track__competition"),
            track_number=OuterRef("track__number"),
            number=OuterRef("number"),
        )
        return self.annotate(replaces_another=Exists(others.exclude(topic=OuterRef("pk"))))

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


class PledgeQuerySet(ScopedQuerySet):
    def organized_by(self, user: Person) -> Self:
        competition = apps.get_model("tracks", "Competition")
        return self.filter(competition__in=competition.objects.organized_by(user))

    def given_by(self, people: Any) -> models.QuerySet[Any]:
        """What ``people`` have accepted of these, the newest version first."""
        given = apps.get_model("accounts", "Consent").objects.live().filter(user__in=people)
        return given.filter(agreement__series__in=self.values("series")).order_by("-agreement__version")


class AnnouncementQuerySet(PublishedQuerySet):
    def for_listing(self) -> Self:
        """As a visitor reads them: what is kept on top, then the newest."""
        return self.order_by("-is_pinned", F("published_at").desc(nulls_first=True), "-pk")


class OrganizerQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        return self if is_site_admin(user) else self.filter(user_id=user.pk)


class RevisionQuerySet(ScopedQuerySet):
    competition_path = "topic__track__competition"

    def revised_since(self, moment: datetime) -> Self:
        return self.filter(number__gt=1, created_at__gte=moment)

    def with_recency(self, now: datetime) -> Self:
        """``is_recent``: is it a change, and from lately?"""
        return self.annotate(is_recent=Case(When(number__gt=1, created_at__gte=now - RECENT, then=True), default=False))


class FormerAddressQuerySet(ScopedQuerySet):
    def at(self, competition: str, track_number: int, number: int = 0) -> Self:
        """Who stood at this address, the last one first."""
        place = self.filter(competition__slug=competition, track_number=track_number, number=number)
        return place.order_by("-pk")


class GuideImportQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """What a guide will change is for those who run the whole competition."""
        return self.filter(competition__in=apps.get_model("tracks", "Competition").objects.organized_by(user))

    def for_listing(self) -> Self:
        return self.select_related("uploaded_by", "applied_by").order_by("-pk")
