"""What a program can learn of the token it has."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.accounts.models import ApiToken
from portal.core.api_rows import Schema
from tracks.models import Competition


class TokenSerializer(serializers.Serializer):
    name = serializers.CharField()
    may_write = serializers.BooleanField()
    competition = serializers.SlugField(
        allow_null=True, help_text="Address of the only competition it is for; null: all that its person sees."
    )
    expires_at = serializers.DateTimeField()


class TokenView(APIView):
    """The token that the request was sent with."""

    holds_no_rows = True
    schema = Schema()

    @extend_schema(responses=TokenSerializer)
    def get(self, request: Request) -> Response:
        token: Any = request.auth
        if not isinstance(token, ApiToken):
            raise NotAuthenticated
        named = Competition.objects.visible_to(request.user).filter(pk=token.competition_id)
        return Response(
            {
                "name": token.name,
                "may_write": token.can_write,
                "competition": named.values_list("slug", flat=True).first(),
                "expires_at": token.expiry,
            }
        )
