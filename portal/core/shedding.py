"""What is turned away before it costs anything: changes while the portal is read-only, and more than it can carry.

Nobody is turned away without being told when to come again. A submit is never turned away for load: its time counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from threading import Semaphore
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import service
from portal.core.later import unavailable

GetResponse = Callable[[HttpRequest], HttpResponse]

SAFE = {"GET", "HEAD", "OPTIONS"}
# What changes nothing but the session of whoever asks, and the switch itself.
STILL_OPEN = {
    *("account_login", "account_logout", "account_request_login_code", "account_confirm_login_code"),
    *("account_reauthenticate", "mfa_authenticate", "mfa_reauthenticate", "mfa_login_webauthn"),
    *("admin:login", "admin:logout", "admin:core_service_change", "dashboards:stop_acting"),
    *("set_language", "dashboards:language", "submissions:verify_receipt"),
}
WATCHED = re.compile(r"/(?:healthz|readyz|status/)")


class OverloadMiddleware:
    """Off unless the settings give a limit. Asks neither database nor session, and reads no body."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response
        self.places = Semaphore(settings.MOST_REQUESTS_AT_ONCE) if settings.MOST_REQUESTS_AT_ONCE else None
        self.first_served = re.compile(settings.SERVED_FIRST)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if WATCHED.fullmatch(request.path) or self._comes_first(request):
            return self.get_response(request)
        if self._has_waited_too_long(request):
            return self._later(request)
        if self.places is None:
            return self.get_response(request)
        if not self.places.acquire(blocking=False):
            return self._later(request)
        try:
            return self.get_response(request)
        finally:
            self.places.release()

    def _comes_first(self, request: HttpRequest) -> bool:
        """What hands in, and the page with its button; a receipt can be looked at again later."""
        is_first = self.first_served.fullmatch(request.path) is not None
        return is_first and (request.method not in SAFE or request.path.endswith("/submit/"))

    def _has_waited_too_long(self, request: HttpRequest) -> bool:
        """Whoever asked for a page this long ago has reloaded it. What sends a body may have taken its time to come."""
        limit, arrived = settings.SHED_AFTER_SECONDS, request.received_at  # type: ignore[attr-defined]
        return bool(limit) and request.method in SAFE and (timezone.now() - arrived).total_seconds() > limit

    def _later(self, request: HttpRequest) -> HttpResponse:
        message = _("Very many people are here just now. Nothing was done; please try again in a few seconds.")
        return unavailable(request, message, retry_after=5)


class ServiceMiddleware:
    """While the portal is read-only, whatever would change something is turned away before its body is read."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method in SAFE or not service.state().is_read_only:
            return None
        match = request.resolver_match
        if match is not None and match.view_name in STILL_OPEN:
            return None
        return unavailable(request, str(service.READ_ONLY), retry_after=120)
