from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.i18n import set_language

from portal.core.remembered import remembered
from portal.dashboards.desk import desk_page
from portal.dashboards.entries import entries_page
from portal.dashboards.front import chooser, for_choosing, front_page, with_results
from portal.dashboards.specimens import specimens
from tracks.models import Competition
from tracks.querysets import current_of, named

# A page that sets no cookie carries no token. All that a forged request could do here is to switch the language.
language = csrf_exempt(set_language)


@require_safe
@remembered
def home(request: HttpRequest) -> HttpResponse:
    """The front page of the competition that is current; a choice when several are."""
    now = timezone.now()
    found = for_choosing(request.user, now)
    current = current_of(found)
    if len(current) > 1:
        return render(request, "dashboards/chooser.html", chooser(found, current, now=now))
    return _front(request, current[0] if current else None, now)


@require_safe
@remembered
def competitions(request: HttpRequest) -> HttpResponse:
    """Every competition, past ones too."""
    now = timezone.now()
    found = list(Competition.objects.visible_to(request.user).for_choosing(now))
    return render(request, "dashboards/chooser.html", chooser(found, current_of(found), now=now))


@require_safe
@remembered
def competition(request: HttpRequest, competition: str) -> HttpResponse:
    now = timezone.now()
    visible = with_results(Competition.objects.visible_to(request.user), request.user)
    return _front(request, named(visible.with_contents(request.user, now), competition), now)


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboards/desk.html", desk_page(request.user, now=timezone.now()))


@require_safe
@login_required
@never_cache
def entries(request: HttpRequest) -> HttpResponse:
    """All entries of one's teams."""
    cursors = {key: request.GET.get(key, "") for key in ("before", "after")}
    return render(request, "dashboards/entries.html", entries_page(request.user, now=timezone.now(), **cursors))


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    return render(request, "style.html", specimens())


def _front(request: HttpRequest, shown: Competition | None, now: datetime) -> HttpResponse:
    context: dict[str, Any] = {}
    if shown is not None:
        context = front_page(shown, user=request.user, now=now)
    return render(request, "dashboards/home.html", context)
