"""The topic search for programs: best first, with a score and what matched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api_rows import Row
from tracks.api import TopicFilter, TopicSerializer, TopicViewSet
from tracks.finding import LONGEST, find
from tracks.search import Found

SHOWN, MOST = 10, 50
ONLY_SEARCH = gettext_lazy("Only in the answer to a search.")


class PhraseSerializer(serializers.Serializer):
    text = serializers.CharField(help_text=gettext_lazy("As it stands in the topic."))
    words = serializers.ListField(
        child=serializers.CharField(), help_text=gettext_lazy("Other words for it in the text that was searched for.")
    )


class FoundTopicSerializer(TopicSerializer):
    score = serializers.FloatField(
        required=False,
        min_value=0,
        max_value=1,
        help_text=gettext_lazy("Only in the answer to a search: a share of the best topic's, which has 1."),
    )
    fit = serializers.ChoiceField(required=False, choices=["close", "fair", "loose"], help_text=ONLY_SEARCH)
    phrases = PhraseSerializer(required=False, many=True, help_text=ONLY_SEARCH)


class TextSerializer(serializers.Serializer):
    search = serializers.CharField(
        max_length=LONGEST, help_text=gettext_lazy("What a project does, in any words; pinyin and its initials work.")
    )


class AnswerSerializer(serializers.Serializer):
    results = FoundTopicSerializer(many=True)


class SizeSerializer(serializers.Serializer):
    page_size = serializers.IntegerField(default=SHOWN, min_value=1, max_value=MOST)


class TopicSearchFilter(TopicFilter):
    search = filters.CharFilter(
        method="as_it_is",
        help_text=gettext_lazy("The topics that fit this text, best first, on one page; withdrawn ones by `status`."),
    )

    def as_it_is(self, topics: Any, name: str, value: str) -> Any:
        """What fits is no filter: the view ranks what the filters leave."""
        return topics


@extend_schema_view(list=extend_schema(responses=FoundTopicSerializer(many=True)))
class SearchedTopicViewSet(TopicViewSet):
    """The topics with their complete text, by track and number or by what they are about."""

    filterset_class = TopicSearchFilter
    reading_actions = ("search",)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if "search" not in request.query_params:
            return super().list(request, *args, **kwargs)
        text = _checked(TextSerializer, "search", request.query_params["search"])
        return Response({"next": None, "results": self._found(text)})

    @extend_schema(
        request=TextSerializer,
        responses=AnswerSerializer,
        filters=True,
        parameters=[
            OpenApiParameter("search", exclude=True),
            OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": MOST, "default": SHOWN}),
        ],
    )
    @action(detail=False, methods=["post"])
    def search(self, request: Request) -> Response:
        """The topics that a long text fits, best first."""
        if "search" in request.query_params:
            raise serializers.ValidationError({"search": [_("The text stands in the body of this request.")]})
        body = TextSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        if unknown := set(request.data) - set(body.fields):
            raise serializers.ValidationError({name: [_("There is no such field.")] for name in sorted(unknown)})
        return Response({"results": self._found(body.validated_data["search"])})

    def _found(self, text: str) -> Sequence[Row]:
        params = self.request.query_params
        if "cursor" in params:
            raise serializers.ValidationError({"cursor": [_("What a search finds stands on one page.")]})
        size = _checked(SizeSerializer, "page_size", params.get("page_size", SHOWN))
        topics: Any = self.filter_queryset(self.get_queryset())
        if "status" not in params:
            topics = topics.open()
        found = find(topics, text, limit=size)
        rows = {row["id"]: row for row in topics.filter(pk__in=[one.key for one in found])}
        return [{**self.shape(rows[one.key]), **_why(one)} for one in found if one.key in rows]


def _why(found: Found) -> dict[str, Any]:
    phrases = [{"text": phrase.text, "words": list(phrase.words)} for phrase in found.match.phrases]
    return {"score": round(found.share, 3), "fit": found.fit, "phrases": phrases}


def _checked(serializer: type[serializers.Serializer], field: str, value: Any) -> Any:
    """A parameter's value, once it has been found right."""
    given = serializer(data={field: value})
    given.is_valid(raise_exception=True)
    return given.validated_data[field]
