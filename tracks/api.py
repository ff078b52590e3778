"""Tracks and topics for programs. Public, as far as their competition is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework import serializers

from portal.core.api import IntegerFilter
from portal.core.api_rows import Row, RowViewSet
from portal.core.instants import validate_instant
from portal.notifications.mail import address
from tracks.enums import StageKind, TopicStatus
from tracks.models import Topic, TopicRevision, Track

BY_COMPETITION = _("Address of the competition, such as sichuan-2026.")
BY_TRACK = _("Number of the track.")


class TrackSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    competition = serializers.SlugField(help_text=_("Address of the competition."))
    number = serializers.IntegerField()
    name = serializers.CharField()
    topic_count = serializers.IntegerField(help_text=_("Topics that can be entered."))
    url = serializers.URLField(help_text=_("The page for people."))


class TrackFilter(filters.FilterSet):
    competition = filters.CharFilter("competition__slug", help_text=BY_COMPETITION)
    number = IntegerFilter(help_text=BY_TRACK)


class TrackViewSet(RowViewSet):
    """The tracks of a competition, by number."""

    serializer_class = TrackSerializer
    filterset_class = TrackFilter
    competition_path = "competition"
    ordering = ("competition_id", "number")

    def get_queryset(self) -> QuerySet[Any]:
        tracks = Track.objects.visible_to(self.request.user).with_topic_count()
        return tracks.values("id", "competition_id", "competition__slug", "number", "name", "topic_count")

    def shape(self, row: Row) -> Row:
        page = reverse("tracks:track", args=[row["competition__slug"], row["number"]])
        return {
            "id": row["id"],
            "competition": row["competition__slug"],
            "number": row["number"],
            "name": row["name"],
            "topic_count": row["topic_count"],
            "url": address(page),
        }


class TrackOfTopicSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    name = serializers.CharField()


class TopicSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    competition = serializers.SlugField(help_text=_("Address of the competition."))
    track = TrackOfTopicSerializer()
    number = serializers.IntegerField(help_text=_("Number within the track."))
    title = serializers.CharField()
    body = serializers.CharField(help_text=_("The complete text; paragraphs are separated by a line break."))
    status = serializers.ChoiceField(TopicStatus.choices)
    revision = serializers.IntegerField(allow_null=True, help_text=_("Rises with each change of the text."))
    revised_at = serializers.DateTimeField(allow_null=True, help_text=_("When this text was written."))
    revision_reason = serializers.CharField(allow_blank=True, help_text=_("Why the text was changed."))
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawal_reason = serializers.CharField(allow_blank=True)
    url = serializers.URLField(help_text=_("The page for people."))


class TopicFilter(filters.FilterSet):
    competition = filters.CharFilter("track__competition__slug", help_text=BY_COMPETITION)
    track = IntegerFilter("track__number", help_text=BY_TRACK)
    status = filters.ChoiceFilter(choices=TopicStatus.choices)
    changed_since = filters.IsoDateTimeFilter(
        method="changed",
        validators=[validate_instant],
        help_text=_("New, given another text or place, withdrawn or opened again at this instant or later."),
    )
    open = filters.ChoiceFilter(
        method="enterable",
        choices=[("true", "true"), ("false", "false")],
        help_text=_("Whether entries can be begun now: the topic is open, and so is the stage for submissions."),
    )

    def changed(self, topics: Any, name: str, value: datetime) -> Any:
        return topics.changed_since(value)

    def enterable(self, topics: Any, name: str, value: str) -> Any:
        enterable = Topic.objects.enterable_at(timezone.now(), kind=StageKind.SUBMISSION)
        wanted = Q(pk__in=enterable.values("pk"))
        return topics.filter(wanted if value == "true" else ~wanted)


class TopicViewSet(RowViewSet):
    """The topics with their complete text, by track and number."""

    serializer_class = TopicSerializer
    filterset_class = TopicFilter
    competition_path = "track__competition"
    ordering = ("track__competition_id", "track__number", "number")

    def get_queryset(self) -> QuerySet[Any]:
        revisions = TopicRevision.objects.filter(topic=OuterRef("pk")).order_by("-number")
        return Topic.objects.visible_to(self.request.user).values(
            "id",
            "track_id",
            "number",
            "title",
            "body",
            "status",
            "track__competition_id",
            "track__number",
            "track__name",
            "track__competition__slug",
            "withdrawn_at",
            "withdrawal_reason",
            revision=Subquery(revisions.values("number")[:1]),
            revised_at=Subquery(revisions.values("created_at")[:1]),
            revision_reason=Subquery(revisions.values("reason")[:1]),
        )

    def shape(self, row: Row) -> Row:
        slug, track = row["track__competition__slug"], row["track__number"]
        return {
            "id": row["id"],
            "competition": slug,
            "track": {"number": track, "name": row["track__name"]},
            "number": row["number"],
            "title": row["title"],
            "body": row["body"],
            "status": row["status"],
            "revision": row["revision"],
            "revised_at": row["revised_at"],
            "revision_reason": row["revision_reason"] or "",
            "withdrawn_at": row["withdrawn_at"],
            "withdrawal_reason": row["withdrawal_reason"],
            "url": address(reverse("tracks:topic", args=[slug, track, row["number"]])),
        }
