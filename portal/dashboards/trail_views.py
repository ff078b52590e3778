"""Pages of the audit trail: a competition's for its organizers, the whole for the site admin, everybody's own."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.core import audit
from portal.core.audit import ACCESS, Thing, reading_scope
from portal.core.tables import csv_response
from portal.dashboards.activity import activity_page
from portal.dashboards.trail import HEADINGS, TrailForm, Wanted, trail_of, trail_page, trail_rows, wanted_of
from tracks.models import Competition, Track
from tracks.querysets import is_site_admin

WHOLE = Thing("core.auditentry", "all")


@require_safe
@login_required
@never_cache
def trail(request: HttpRequest, competition: str) -> HttpResponse:
    """What was done in a competition, for those who run it or some of its tracks."""
    return _page(request, _organized(request, competition))


@require_safe
@login_required
@never_cache
def whole_trail(request: HttpRequest) -> HttpResponse:
    _refuse_all_but_site_admins(request)
    return _page(request, None)


@require_POST
@login_required
def export(request: HttpRequest, competition: str) -> HttpResponseBase:
    return _export(request, _organized(request, competition))


@require_POST
@login_required
def export_whole(request: HttpRequest) -> HttpResponseBase:
    _refuse_all_but_site_admins(request)
    return _export(request, None)


@require_safe
@login_required
@never_cache
def activity(request: HttpRequest) -> HttpResponse:
    """What this person has done, and what was done to their account."""
    return render(request, "dashboards/activity.html", activity_page(request.user, **_place(request)))


def _page(request: HttpRequest, competition: Competition | None) -> HttpResponse:
    form = TrailForm(request.GET, user=request.user, competition=competition)
    asked = {name: value for name in form.fields if (value := request.GET.get(name, ""))}
    context: dict[str, Any] = {"competition": competition, "form": form, "asked": asked, "now": timezone.now()}
    context["export_url"] = _url("export_trail", competition)
    context["reset_url"] = _url("trail", competition) if asked else ""
    if not form.is_valid():
        return render(request, "dashboards/trail.html", context, status=400)
    lines = trail_of(request.user, competition, wanted_of(form))
    page, shown = trail_page(request.user, lines, **_place(request))
    context |= {"lines": shown, **_pages(page, asked)}
    return render(request, "dashboards/trail.html", context)


def _export(request: HttpRequest, competition: Competition | None) -> HttpResponseBase:
    form = TrailForm(request.POST, user=request.user, competition=competition)
    if not form.is_valid():
        raise Http404
    wanted: Wanted = wanted_of(form)
    lines = trail_of(request.user, competition, wanted)
    scope = reading_scope(competition) if competition else ACCESS
    audit.record("export_trail", competition or WHOLE, actor=request.user, after=wanted.facts(), scope=scope)
    name = competition.slug if competition else "all"
    return csv_response(f"audit-{name}-{timezone.localdate():%Y%m%d}.csv", HEADINGS, trail_rows(request.user, lines))


def _organized(request: HttpRequest, slug: str) -> Competition:
    found = get_object_or_404(Competition.objects.visible_to(request.user), slug=slug)
    runs = Competition.objects.organized_by(request.user).filter(pk=found.pk).exists()
    if not runs and not Track.objects.organized_by(request.user).filter(competition=found).exists():
        raise Http404
    return found


def _refuse_all_but_site_admins(request: HttpRequest) -> None:
    if not is_site_admin(request.user):
        raise Http404


def _place(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "") for name in ("before", "after")}


def _pages(page: Any, asked: dict[str, str]) -> dict[str, str]:
    return {
        "previous_url": f"?{urlencode({**asked, 'after': page.newer})}" if page.newer else "",
        "next_url": f"?{urlencode({**asked, 'before': page.older})}" if page.older else "",
    }


def _url(name: str, competition: Competition | None) -> str:
    if competition is None:
        return reverse(f"dashboards:{name.replace('trail', 'whole_trail')}")
    return reverse(f"dashboards:{name}", args=[competition.slug])
