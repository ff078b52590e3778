from __future__ import annotations

from typing import NoReturn

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal.core import audit_nightly, service
from portal.core.errors import Missing


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The process can do its work: database there and migrated, files can be written and read back."""
    checks = {name: _passes(check) for name, check in CHECKS.items()}
    ready = all(checks.values())
    # For whoever watches. A broken trail is no reason to send people away.
    trail = {"audit_trail": _passes(_trail_holds)}
    return JsonResponse({"status": "ok" if ready else "unavailable", **checks, **trail}, status=200 if ready else 503)


@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """For people, when something seems wrong: needs no database, and tells what this process knows without a look."""
    return render(request, "status.html", {"now": timezone.now(), "service": service.known()})


def nothing_here(request: HttpRequest, **kwargs: object) -> NoReturn:
    raise Http404


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Says what was looked for only where a view has put it into words itself."""
    message = exception.message if isinstance(exception, Missing) else ""
    return render(request, "404.html", {"message": message}, status=404)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "60"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    request.csrf_failed = True  # type: ignore[attr-defined]
    message = _("The page was open for too long, so your request was not carried out. Please go back and try again.")
    return render(request, "403.html", {"message": message}, status=403)


def _passes(check: object) -> bool:
    try:
        return bool(check())  # type: ignore[operator]
    except Exception:  # noqa: BLE001 - whatever is wrong, the answer is "not ready"
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _storage() -> bool:
    name = default_storage.save("ready/probe", ContentFile(b"ready"))
    with default_storage.open(name) as probe:
        same = probe.read() == b"ready"
    default_storage.delete(name)
    return same


def _trail_holds() -> bool:
    latest = audit_nightly.latest()
    return latest is None or not latest.breaks


CHECKS = {"database": _database, "migrations": _migrations, "storage": _storage}
