"""What the entry's page asks while somebody writes: save this section, show what it said before, bring that back."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from portal.core import service
from portal.core.permissions import require
from portal.core.templatetags.ui import beijing_seconds
from submissions import rules, services
from submissions.asked import definition_of
from submissions.definition import Section
from submissions.forms import RestoreForm
from submissions.models import Answer, Submission
from submissions.services import Clash, NoSuchSection, TooLate
from submissions.sheet import Audience, sheet_of_draft
from submissions.values import as_text
from tracks.diffing import side_by_side

# A table of fifty rows, each cell in escapes: far less than what a form may hold.
LARGEST_BODY = 1024 * 1024


@require_POST
@never_cache
def save_section(request: HttpRequest, public_id: uuid.UUID, key: str) -> JsonResponse:
    """``{value, version}`` as JSON. 200 saved · 400 errors · 401 signed out · 409 theirs, or too late · 404."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": _("You are signed out.")}, status=401)
    entry = Submission.objects.for_writing(request.user, key).filter(public_id=public_id).first()
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
def section_history(request: HttpRequest, public_id: uuid.UUID, key: str) -> HttpResponse:
    """What the section said before, newest first, each beside what it says now."""
    entry, section = _own_section(request, public_id, key)
    answer = Answer.objects.visible_to(request.user).filter(submission=entry, key=key).first()
    said = as_text(section, answer.value) if answer else ""
    rows = services.revisions_of(entry, key)
    context = {
        "submission": entry,
        "section": section,
        "version": answer.version if answer else 0,
        "revisions": [
            {
                "revision": row,
                "is_now": answer is not None and row.value == answer.value,
                "rows": side_by_side(as_text(section, row.value), said),
            }
            for row in rows
        ],
    }
    return render(request, "submissions/section_history.html", context)


@require_POST
@login_required
def restore_section(request: HttpRequest, public_id: uuid.UUID, key: str) -> HttpResponse:
    entry, _section = _own_section(request, public_id, key)
    form = RestoreForm(request.POST)
    if not form.is_valid():
        raise ValidationError(_("This revision is no longer kept."))
    services.restore_revision(
        entry,
        actor=request.user,
        key=key,
        number=form.cleaned_data["number"],
        expected_version=form.cleaned_data["version"],
        now=request.received_at,  # type: ignore[attr-defined]
    )
    messages.success(request, _("The section says again what it said then; what it said last stays in its history."))
    return redirect(f"{entry.get_absolute_url()}#section-{key}")


@require_safe
@login_required
def preview(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The draft as a judge will read it."""
    service.require_spare()
    entry = _own(request, public_id)
    context = {"submission": entry, "sheet": sheet_of_draft(entry, Audience.BLIND_JUDGE), "topic": entry.topic}
    return render(request, "submissions/preview.html", context)


def _save(request: HttpRequest, entry: Submission, key: str) -> tuple[int, dict[str, Any]]:
    try:
        value, version = _sent(request)
        saved = services.save_section(
            entry,
            actor=request.user,
            key=key,
            value=value,
            expected_version=version,
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


def _own(request: HttpRequest, public_id: uuid.UUID) -> Submission:
    rows = Submission.objects.visible_to(request.user).for_listing().with_form()
    entry = get_object_or_404(rows, public_id=public_id)
    require(rules.is_member, request.user, entry.team)
    return entry


def _own_section(request: HttpRequest, public_id: uuid.UUID, key: str) -> tuple[Submission, Section]:
    entry = _own(request, public_id)
    section = definition_of(entry).section(key)
    if section is None:
        raise NoSuchSection
    return entry, section


def _refuse(request: HttpRequest, public_id: uuid.UUID) -> JsonResponse:
    """Who may read the entry and not write is told so; for all others there is none."""
    if Submission.objects.visible_to(request.user).filter(public_id=public_id).exists():
        raise PermissionDenied
    return JsonResponse({"error": _("There is no such entry.")}, status=404)


def _sent(request: HttpRequest) -> tuple[Any, int]:
    unreadable = ValidationError(_("This can't be read. Please enter it again."))
    if int(request.headers.get("Content-Length") or 0) > LARGEST_BODY:
        raise unreadable
    try:
        sent = json.loads(request.body)
        value, version = sent["value"], sent["version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise unreadable from None
    if type(version) is not int or not 0 <= version < 2**31:
        raise unreadable
    return value, version


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
