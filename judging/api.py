"""Published results for programs. What is not published is not there: no row, no count, no other ETag."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from judging.enums import AwardLevel
from judging.models import Award
from portal.core.api import IntegerFilter
from portal.core.api_rows import Row, RowViewSet

BY_COMPETITION = "Address of the competition, such as sichuan-2026."
BY_TRACK = "Number of the track."


class TrackOfResultSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    name = serializers.CharField()


class ResultSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    competition = serializers.SlugField(help_text="Address of the competition.")
    number = serializers.CharField(help_text="Number of the entry.")
    project = serializers.CharField()
    team = serializers.CharField()
    organization = serializers.CharField()
    track = TrackOfResultSerializer()
    level = serializers.ChoiceField(AwardLevel.choices)
    published_at = serializers.DateTimeField()


class ResultFilter(filters.FilterSet):
    competition = filters.CharFilter("publication__round__competition__slug", help_text=BY_COMPETITION)
    track = IntegerFilter("track_number", help_text=BY_TRACK)
    level = filters.ChoiceFilter(choices=AwardLevel.choices)


class ResultViewSet(RowViewSet):
    """Awards by entry number, from their publication on."""

    serializer_class = ResultSerializer
    filterset_class = ResultFilter
    competition_path = "publication__round__competition"
    ordering = ("publication_id", "number", "id")

    def get_queryset(self) -> QuerySet[Any]:
        return Award.objects.visible_to(self.request.user).values(
            "id",
            "publication_id",
            "number",
            "project",
            "team",
            "organization",
            "track_number",
            "track_name",
            "level",
            "publication__published_at",
            "publication__round__competition__slug",
        )

    def shape(self, row: Row) -> Row:
        return {
            "id": row["id"],
            "competition": row["publication__round__competition__slug"],
            "number": row["number"],
            "project": row["project"],
            "team": row["team"],
            "organization": row["organization"],
            "track": {"number": row["track_number"], "name": row["track_name"]},
            "level": row["level"],
            "published_at": row["publication__published_at"],
        }
