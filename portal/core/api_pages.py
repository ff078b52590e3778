"""Around the API: its description, the page that shows it, and an answer for addresses it doesn't have."""

from __future__ import annotations

from functools import cache
from typing import NoReturn

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI, as JSON."""
    return HttpResponse(_description(translation.get_language()), content_type=OpenApiJsonRenderer.media_type)


@cache
def _description(language: str) -> bytes:
    """The same for everybody, and costly to make: once a process and language."""
    return bytes(OpenApiJsonRenderer().render(SchemaGenerator().get_schema(public=True)))


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api_docs.html")


@extend_schema(exclude=True)
@api_view(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
def nothing_here(request: Request) -> NoReturn:
    """What isn't there is said in JSON as well."""
    raise Http404


nothing_here.cls.holds_no_rows = True  # type: ignore[attr-defined]
