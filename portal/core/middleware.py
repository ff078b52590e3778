from __future__ import annotations

import logging
import re
import secrets
import sys
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from portal.core.arrivals import arrived_at
from portal.core.context import current_request_id
from portal.core.errors import Conflict, Unavailable
from portal.core.later import unavailable
from portal.core.trouble import StorageTrouble, trouble_in

logger = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestMiddleware:
    """Stamp the request with its id and the moment it arrived, before anything else can take time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.received_at = arrived_at(request, timezone.now())  # type: ignore[attr-defined]
        given = request.headers.get("X-Request-Id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        token = current_request_id.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            current_request_id.reset(token)
        response["X-Request-Id"] = request_id
        return response


class PlainRequestMiddleware:
    """Refuse NUL in address, query and cookies: no form holds it, and PostgreSQL raises at it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\x00" in value for value in (request.path, *request.COOKIES.values(), *self._typed(request))):
            return render(request, "400.html", status=400)
        return self.get_response(request)

    def _typed(self, request: HttpRequest) -> list[str]:
        # The API names the parameter that is wrong.
        if request.path.startswith("/api/"):
            return []
        return [value for name, values in request.GET.lists() for value in (name, *values)]


class ErrorMiddleware:
    """Turn what services raise into the page that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Conflict):
            return render(request, "409.html", {"message": exception.message}, status=409)
        if isinstance(exception, ValidationError):
            return render(request, "400.html", {"message": " ".join(exception.messages)}, status=400)
        if trouble := trouble_in(exception):
            logger.error("a file can't be stored or read: %s", exception)
            return trouble_page(request, trouble)
        if isinstance(exception, Unavailable):
            return unavailable(request, str(exception.message), retry_after=exception.retry_after)
        if is_from_redis(exception):
            # Without the counters nobody is let in: sign-in fails closed. What counts nothing never gets here.
            logger.error("the cache can't be reached: %s", exception)
            response = render(request, "503.html", status=503)
            response["Retry-After"] = "30"
            return response
        return None


def trouble_page(request: HttpRequest, trouble: StorageTrouble) -> HttpResponse:
    context = {"message": trouble.message, "status": trouble.status}
    response = render(request, "storage.html", context, status=trouble.status)
    response["Retry-After"] = "60"
    return response


def is_from_redis(exception: Exception) -> bool:
    """Where the cache is no Redis, its library isn't even loaded."""
    redis = sys.modules.get("redis")
    return redis is not None and isinstance(exception, redis.RedisError)


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id.get() or "-"
        return True
