"""What tracks keeps about a person: the roles they have as organizers, and what they wrote in that role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.personal_data import Duty, Keeper, Row, Section
from tracks.models import Announcement, Competition, GuideImport, Organizer, TopicRevision
from tracks.services import dismiss_organizer


class TrackKeeper(Keeper):
    covers = frozenset({"tracks.Organizer", "tracks.TopicRevision", "tracks.Announcement", "tracks.GuideImport"})

    @property
    def sections(self) -> list[Section]:  # type: ignore[override]
        return [
            Section("organizer-roles", gettext_lazy("your roles as an organizer"), roles),
            Section("topic-revisions", gettext_lazy("texts of topics that you wrote"), revisions),
            Section("announcements", gettext_lazy("announcements that you wrote"), announcements),
            Section("guide-imports", gettext_lazy("topic guides that you uploaded or imported"), guide_imports),
        ]

    def hold(self, user: Any) -> None:
        """Two organizers who leave at once would each see the other stay."""
        run = Competition.objects.filter(organizers__user=user).order_by("pk").values("pk")
        list(Competition.objects.select_for_update(no_key=True).filter(pk__in=run).order_by("pk"))

    def duties(self, user: Any, *, now: datetime) -> Iterable[Duty]:
        others = Organizer.objects.filter(user__is_active=True, tracks=None).exclude(user=user).values("competition")
        roles = Organizer.objects.filter(user=user, tracks=None).values("competition")
        alone = Competition.objects.filter(pk__in=roles).exclude(pk__in=others)
        for competition in alone.exclude(pk__in=Competition.objects.over_since(now).values("pk")).order_by("pk"):
            yield Duty(
                _("You are the only organizer of “%(competition)s”. The site administrator has to appoint another.")
                % {"competition": competition}
            )

    def occupied(self, now: datetime) -> Iterable[QuerySet[Any]]:
        yield Organizer.objects.exclude(competition__in=Competition.objects.over_since(now).values("pk")).values("user")

    def erase(self, user: Any, *, now: datetime) -> None:
        for role in Organizer.objects.filter(user=user).select_related("user", "competition").order_by("pk"):
            dismiss_organizer(role, actor=None, reason="account closed")


def roles(user: Any) -> Iterator[Row]:
    for role in Organizer.objects.filter(user=user).select_related("competition").prefetch_related("tracks"):
        yield {"competition": role.competition.name, "tracks": [track.number for track in role.tracks.all()]}


def revisions(user: Any) -> Iterator[Row]:
    rows = TopicRevision.objects.filter(created_by=user).select_related("topic__track__competition").order_by("pk")
    for row in rows.iterator(chunk_size=200):
        track = row.topic.track
        yield {
            "competition": track.competition.slug,
            "track": track.number,
            "topic": row.topic.number,
            "revision": row.number,
            "created_at": row.created_at,
        }


def announcements(user: Any) -> Iterator[Row]:
    rows = Announcement.objects.filter(author=user).select_related("competition").order_by("pk")
    for row in rows.iterator(chunk_size=200):
        published = row.published_at
        yield {"competition": row.competition.slug, "number": row.number, "title": row.title, "published_at": published}


def guide_imports(user: Any) -> Iterator[Row]:
    rows = GuideImport.objects.filter(Q(uploaded_by=user) | Q(applied_by=user)).select_related("competition")
    for row in rows.order_by("pk").iterator(chunk_size=200):
        yield {
            "competition": row.competition.slug,
            "file_name": row.file_name,
            "uploaded_at": row.created_at if row.uploaded_by_id == user.pk else None,
            "imported_at": row.applied_at if row.applied_by_id == user.pk else None,
        }
