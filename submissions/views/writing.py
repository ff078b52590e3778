"""What the entry's page asks while somebody writes: save this section, show it as a judge will see it."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from portal.core import service
from portal.core.permissions import require
from portal.core.templatetags.ui import beijing_seconds
from submissions import asking, rules, services
from submissions.asked import definition_of
from submissions.definition import Section
from submissions.models import Answer, Submission
from submissions.services import Clash, NoSuchSection, TooLate
from submissions.sheet import Audience, sheet_of_draft
from submissions.values import as_text

# A table of fifty rows, each cell in escapes: far less than what a form may hold.
LARGEST_BODY = 1024 * 1024
# What a page calls itself, so that what it sends too late takes the place of what it sent too late before.
TAB = re.compile(r"[0-9a-f]{0,40}")


@require_POST
@never_cache
def save_section(request: HttpRequest, public_id: uuid.UUID, key: str) -> JsonResponse:
    """``{value, version, tab}`` as JSON. 200 saved · 400 errors · 401 signed out · 409 theirs, or too late · 404."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": _("You are signed out.")}, status=401)
    entry = asking.to_write(request.user, public_id, key)
    if entry is None:
        return _refuse(request, public_id)
    status, answer = _save(request, entry, key)
    return JsonResponse(answer, status=status)


@require_GET
@never_cache
def token(request: HttpRequest) -> JsonResponse:
    """For a page that has been open since before somebody signed in anew."""
    return JsonResponse({"token": get_token(request), "person": request.user.pk})


@require_safe
@login_required
def preview(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The draft as a judge will read it."""
    service.require_spare()
    entry = own(request, public_id)
    context = {"submission": entry, "sheet": sheet_of_draft(entry, Audience.BLIND_JUDGE), "topic": entry.topic}
    context["competition"] = entry.team.competition
    return render(request, "submissions/preview.html", context)


def _save(request: HttpRequest, entry: Submission, key: str) -> tuple[int, dict[str, Any]]:
    try:
        value, version, tab = _sent(request)
        saved = services.save_section(
            entry,
            actor=request.user,
            key=key,
            value=value,
            expected_version=version,
            tab=tab,
            now=request.received_at,  # type: ignore[attr-defined]
        )
    except NoSuchSection as error:
        return 404, {"error": str(error.message)}
    except ValidationError as error:
        return 400, {"errors": error.messages}
    except TooLate as late:
        return 409, {"too_late": str(late.message)}
    except Clash as clash:
        return 409, {"theirs": _theirs(definition_of(entry).section(key), clash.theirs)}
    return 200, {"value": saved.value, "version": saved.version, "saved_at": str(beijing_seconds(saved.saved_at))}


def own(request: HttpRequest, public_id: uuid.UUID) -> Submission:
    """An entry of one of the person's own teams; for others there is none, or they are refused."""
    rows = Submission.objects.visible_to(request.user).for_listing().with_form().with_window()
    entry = get_object_or_404(rows, public_id=public_id)
    require(rules.is_member, request.user, entry.team)
    return entry


def _refuse(request: HttpRequest, public_id: uuid.UUID) -> JsonResponse:
    """Who may read the entry and not write is told so; for all others there is none."""
    if Submission.objects.visible_to(request.user).filter(public_id=public_id).exists():
        raise PermissionDenied
    return JsonResponse({"error": _("There is no such entry.")}, status=404)


def _sent(request: HttpRequest) -> tuple[Any, int, str]:
    unreadable = ValidationError(_("This can't be read. Please enter it again."))
    if int(request.headers.get("Content-Length") or 0) > LARGEST_BODY:
        raise unreadable
    try:
        sent = json.loads(request.body)
        value, version, tab = sent["value"], sent["version"], sent.get("tab", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise unreadable from None
    if type(version) is not int or not 0 <= version < 2**31:
        raise unreadable
    if type(tab) is not str or not TAB.fullmatch(tab):
        raise unreadable
    return value, version, tab


def _theirs(section: Section | None, answer: Answer | None) -> dict[str, Any]:
    if answer is None or section is None:
        return {"value": "", "text": "", "version": 0, "by": "", "at": ""}
    return {
        "value": answer.value,
        "text": as_text(section, answer.value),
        "version": answer.version,
        "by": answer.saved_by.get_full_name() if answer.saved_by else "",
        "at": str(beijing_seconds(answer.saved_at)),
    }
