"""Views over rows as SQL gives them, and what the schema says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

Row = Mapping[str, Any]


class ErrorBodySerializer(serializers.Serializer):
    code = serializers.CharField(help_text="Stable; for programs.")
    message = serializers.CharField(help_text="For people, in the language asked for.")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), help_text="What is wrong with which parameter."
    )


class ErrorSerializer(serializers.Serializer):
    error = ErrorBodySerializer()


class Schema(AutoSchema):
    """Every operation says what its refusals look like."""

    refusals = {
        "400": "A parameter can't be accepted.",
        "401": "The token is not valid, or not any more.",
        "403": "The token doesn't reach as far.",
        "404": "There is no such thing, or it is not yours to see.",
        "429": "Too many requests this minute; `Retry-After` says when to go on.",
    }

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for code, description in self.refusals.items():
            body = self._get_response_for_code(ErrorSerializer(), code, direction=direction)
            bodies.setdefault(code, body | {"description": description})
        return bodies


class RowViewSet(ReadOnlyModelViewSet[Any]):
    """Lists and details of what ``get_queryset()`` gives as ``values()``.

    The serializer describes the rows for the schema and is never run: a field at a time would cost more than
    the query. A test holds the two together.
    """

    ordering: Sequence[str]
    # How a row leads to its competition, for tokens that are for one only.
    competition_path: str
    lookup_value_converter = "int"
    schema = Schema()

    def shape(self, row: Row) -> Row:
        """The row as it is sent."""
        return row

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([self.shape(row) for row in rows or ()])

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.shape(self.get_object()))
