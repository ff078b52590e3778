"""When a newer version of an agreement has come into force, whoever is signed in reads it before the next page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import Agreement
from portal.accounts.services.agreements import due_for

# One's own account can be looked at, taken along and closed by somebody who doesn't agree.
FREE = ("accounts:", "account_", "mfa_", "usersessions_", "hijack:")
# In the session: the versions of which this person has accepted all that are asked of them.
SETTLED = "agreements_settled"
SECONDS = 60


class AgreementMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Only the way to a page is interrupted: what was typed arrives, and a file or an answer to a program too."""
        if not _is_page(request) or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        if not request.user.is_authenticated or "hijack_history" in request.session:
            return None
        now = timezone.now()
        versions = _versions(now)
        if not versions or request.session.get(SETTLED) == versions:
            return None
        if not due_for(request.user, now=now):
            request.session[SETTLED] = versions
            return None
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('accounts:agreements_due')}?{query}")


def _is_page(request: HttpRequest) -> bool:
    match = request.resolver_match
    is_free = match is None or match.view_name.startswith(FREE) or request.path.startswith("/api/")
    is_document = request.headers.get("Sec-Fetch-Dest", "document") == "document"
    return request.method in {"GET", "HEAD"} and is_document and not is_free


def _versions(now: datetime) -> str:
    """What holds now, in a word. A new text is asked for after a minute at the latest."""
    known = caches["pages"].get("agreements")
    if known is None:
        rows = Agreement.objects.order_by("pk").values_list("pk", "published_at")
        known = list(rows)
        caches["pages"].set("agreements", known, SECONDS)
    return ".".join(str(pk) for pk, published_at in known if published_at <= now)
