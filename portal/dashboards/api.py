"""Topics for programs, with what the upper apps know of them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from portal.core.api_rows import Row
from submissions.querysets import with_entry_count
from tracks import api, api_search
from tracks.api_search import MOST, SHOWN, SearchedTopicViewSet, TextSerializer


class CountSerializer(serializers.Serializer):
    entry_count = serializers.IntegerField(
        required=False, help_text=_("Submitted and not withdrawn. Only where the competition shows it.")
    )


class TopicSerializer(api.TopicSerializer, CountSerializer):
    pass


class FoundTopicSerializer(api_search.FoundTopicSerializer, CountSerializer):
    pass


class AnswerSerializer(serializers.Serializer):
    results = FoundTopicSerializer(many=True)


@extend_schema_view(
    list=extend_schema(responses=FoundTopicSerializer(many=True)),
    retrieve=extend_schema(responses=TopicSerializer),
    search=extend_schema(
        request=TextSerializer,
        responses=AnswerSerializer,
        filters=True,
        parameters=[
            OpenApiParameter("search", exclude=True),
            OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": MOST, "default": SHOWN}),
        ],
    ),
)
class CountedTopicViewSet(SearchedTopicViewSet):
    """The topics with their complete text, by track and number or by what they are about."""

    def get_queryset(self) -> QuerySet[Any]:
        return with_entry_count(super().get_queryset())

    def shape(self, row: Row) -> Row:
        count = row["entry_count"]
        return super().shape(row) if count is None else {**super().shape(row), "entry_count": count}
