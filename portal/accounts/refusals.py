"""Whoever is signed in and told 403 leaves a line in the audit trail: pages, administration and API alike."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.accounts import access


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # A form that was open for too long is refused as well, and nobody's fault.
        if response.status_code == 403 and request.user.is_authenticated and not hasattr(request, "csrf_failed"):
            access.refused(request, request.user)
        return response
