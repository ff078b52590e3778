from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.defaults import server_error

from portal.core import audit_nightly, service
from portal.core.errors import Missing
from portal.core.middleware import trouble_page
from portal.core.parts import RESERVE, free
from portal.core.trouble import trouble_in


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The process can do its work: database there and migrated, files can be written and read back."""
    checks = {name: _passes(check) for name, check in CHECKS.items()}
    ready = all(checks.values())
    # For whoever watches. A broken trail is no reason to send people away, nor is a disk that fills up.
    told = {"audit_trail": _passes(_trail_holds), "room": _passes(_has_room)}
    return JsonResponse({"status": "ok" if ready else "unavailable", **checks, **told}, status=200 if ready else 503)


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


def failed(request: HttpRequest) -> HttpResponse:
    """A body that finds no room on the disk fails before any view is asked."""
    trouble = trouble_in(sys.exc_info()[1])
    return server_error(request) if trouble is None else trouble_page(request, trouble)


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


def _uploads() -> bool:
    """Files that arrive in pieces lie on this machine, wherever they are stored in the end."""
    folder = Path(settings.UPLOAD_PARTS_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryFile(dir=folder) as probe:
        probe.write(b"ready")
        return probe.tell() == 5


def _has_room() -> bool:
    return free() > 2 * RESERVE


def _trail_holds() -> bool:
    latest = audit_nightly.latest()
    return latest is None or not latest.breaks


CHECKS = {"database": _database, "migrations": _migrations, "storage": _storage, "uploads": _uploads}
