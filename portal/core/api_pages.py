"""Around the API: its schema, the page that explains it, and an answer for addresses it doesn't have."""

from __future__ import annotations

from typing import NoReturn

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.decorators import api_view
from rest_framework.request import Request

schema = SpectacularAPIView.as_view()


@require_safe
# Swagger writes style attributes as it draws; scripts stay as strict as everywhere.
@csp_update({"style-src": [SELF, UNSAFE_INLINE]})
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api_docs.html")


@extend_schema(exclude=True)
@api_view(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
def nothing_here(request: Request) -> NoReturn:
    """What isn't there is said in JSON as well."""
    raise Http404
