"""Public pages for visitors who carry nothing: made once, then remembered until something changes.

What such a page says follows from its address, its language, the minute, and the state of the portal. Every
change of that state leaves an audit line in its own transaction, so the number of lines names the state: one
query tells whether a remembered page is still what would be made now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag

from portal.core.audit import ACCESS, READING
from portal.core.models import AuditHead
from portal.core.prepared import Prepared

View = Callable[..., HttpResponse]
SECONDS = 60


def remembered(view: View) -> View:
    """For a view whose answer to a visitor without a session depends on nothing but what is named above."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _carries_nothing(request):
            return view(request, *args, **kwargs)
        key = _key(request)
        response = _recalled(key)
        if response is None:
            response = view(request, *args, **kwargs)
            if response.status_code != 200 or response.cookies or response.streaming:
                return response
            _label(response)
            caches["pages"].set(key, (response.content, dict(response.items())), SECONDS)
        return get_conditional_response(request, etag=response["ETag"], response=response) or response

    return page


def _carries_nothing(request: HttpRequest) -> bool:
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    return request.method in {"GET", "HEAD"} and not has_session and not len(get_messages(request))


def _key(request: HttpRequest) -> str:
    lines = sum(_telling().ask())
    minute = timezone.now().replace(second=0, microsecond=0)
    named = (request.get_host(), request.get_full_path(), translation.get_language(), minute.isoformat(), lines)
    return hashlib.sha256(repr(named).encode()).hexdigest()


@cache
def _telling() -> Prepared[int]:
    """How long each chain is. That people sign in, or read what is theirs to read, changes no page."""
    telling = AuditHead.objects.exclude(scope=ACCESS).exclude(scope__startswith=READING)
    return Prepared(telling.order_by().values_list("sequence", flat=True))


def _recalled(key: str) -> HttpResponse | None:
    kept = caches["pages"].get(key)
    return HttpResponse(kept[0], headers=kept[1]) if kept else None


def _label(response: HttpResponse) -> None:
    # From what the page says, not from the state: that somebody did something elsewhere shows in no header.
    response["ETag"] = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    patch_cache_control(response, private=True, no_cache=True)
