"""What a competition tells everybody: announcements, files to download, answers to what is often asked."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.errors import Missing
from portal.core.remembered import remembered
from portal.core.serving import serve_stored
from tracks.models import Announcement, Competition, Document, Question
from tracks.querysets import named

PAGE = 20
PAGE_NUMBER = re.compile("[1-9][0-9]{0,3}")


@require_safe
@remembered
def announcements(request: HttpRequest, competition: str) -> HttpResponse:
    shown = named(Competition.objects.visible_to(request.user), competition)
    now, page = timezone.now(), _page(request)
    rows = Announcement.objects.visible_to(request.user, now=now).filter(competition=shown).for_listing()
    found = list(rows[page * PAGE : (page + 1) * PAGE + 1])
    if page and not found:
        raise Missing(_("This list has no such page."))
    context = {
        "competition": shown,
        "announcements": found[:PAGE],
        "now": now,
        "newer_url": f"?page={page}" if page else "",
        "older_url": f"?page={page + 2}" if len(found) > PAGE else "",
        "can_write": _can_write(request, shown),
    }
    return render(request, "tracks/announcements.html", context)


@require_safe
@remembered
def announcement(request: HttpRequest, competition: str, number: int) -> HttpResponse:
    rows = Announcement.objects.visible_to(request.user).filter(competition__slug=competition)
    shown = get_object_or_404(rows.select_related("competition"), number=number)
    context = {
        "competition": shown.competition,
        "announcement": shown,
        "now": timezone.now(),
        "can_write": _can_write(request, shown.competition),
    }
    return render(request, "tracks/announcement.html", context)


@require_safe
@remembered
def documents(request: HttpRequest, competition: str) -> HttpResponse:
    shown, now = named(Competition.objects.visible_to(request.user), competition), timezone.now()
    rows = Document.objects.visible_to(request.user, now=now).filter(competition=shown).newest_first()
    context = {
        "competition": shown,
        "documents": rows.select_related("file", "competition"),
        "now": now,
        "can_write": _can_write(request, shown),
    }
    return render(request, "tracks/documents.html", context)


@require_safe
def document(request: HttpRequest, competition: str, public_id: UUID, name: str) -> HttpResponseBase:
    """The gate: the bytes, for whoever may see the row."""
    rows = Document.objects.visible_to(request.user).filter(competition__slug=competition)
    shown = get_object_or_404(rows.select_related("file", "competition"), public_id=public_id)
    if name != shown.file_name:
        return HttpResponseRedirect(shown.get_absolute_url())
    return serve_stored(shown.file, shown.file_name)


@require_safe
@remembered
def faq(request: HttpRequest, competition: str) -> HttpResponse:
    shown, now = named(Competition.objects.visible_to(request.user), competition), timezone.now()
    rows = Question.objects.visible_to(request.user, now=now).filter(competition=shown).order_by("position", "pk")
    context = {"competition": shown, "questions": rows, "now": now, "can_write": _can_write(request, shown)}
    return render(request, "tracks/faq.html", context)


def _page(request: HttpRequest) -> int:
    """Counted from nought; the address counts from one."""
    given = request.GET.get("page", "1")
    if not PAGE_NUMBER.fullmatch(given):
        raise Missing(_("This list has no such page."))
    return int(given) - 1


def _can_write(request: HttpRequest, competition: Competition) -> bool:
    own: Any = Competition.objects.organized_by(request.user)
    return request.user.is_staff and own.filter(pk=competition.pk).exists()
