from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.dashboards.deadline_day import day_page


@login_required
@never_cache
@require_safe
def deadline_day(request: HttpRequest, competition: str) -> HttpResponse:
    """What is coming in, for those who run the competition or some of its tracks; the page goes on asking."""
    return render(request, "dashboards/deadline_day.html", day_page(request.user, competition, now=timezone.now()))


@login_required
@never_cache
@require_safe
def deadline_figures(request: HttpRequest, competition: str) -> HttpResponse:
    """The same figures for the page that is open."""
    return JsonResponse(day_page(request.user, competition, now=timezone.now())["figures"])
