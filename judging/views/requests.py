from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from judging.services import OwnEntry


def arrived(request: HttpRequest) -> datetime:
    """When the request came in, by the server's clock; middleware has stamped it."""
    return request.received_at  # type: ignore[attr-defined]


def says_why(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Tell organizers that their own entry is the reason, who otherwise have every right here."""

    @wraps(view)
    def telling(request: HttpRequest, pk: int) -> HttpResponse:
        try:
            return view(request, pk)
        except OwnEntry as refusal:
            return render(request, "403.html", {"message": refusal}, status=403)

    return telling
