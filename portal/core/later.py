"""503: nothing was done, and when to come again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


def unavailable(request: HttpRequest, message: str, *, retry_after: int) -> HttpResponse:
    """503 in our design, or as the API says it."""
    response: HttpResponse
    if request.path.startswith("/api/"):
        body = {"error": {"code": "unavailable", "message": message, "fields": {}}}
        response = JsonResponse(body, status=503)
    else:
        response = render(request, "503.html", {"message": message}, status=503)
    response["Retry-After"] = str(retry_after)
    response["Cache-Control"] = "no-store"
    return response
