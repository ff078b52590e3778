from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.i18n import set_language

from portal.dashboards.desk import desk_page
from portal.dashboards.front import front_page
from portal.dashboards.specimens import specimens
from tracks.models import Competition

# A page that sets no cookie carries no token. All that a forged request could do here is to switch the language.
language = csrf_exempt(set_language)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page of the competition that is current."""
    return _front(request, Competition.objects.visible_to(request.user).current_first().first())


@require_safe
def competition(request: HttpRequest, competition: str) -> HttpResponse:
    return _front(request, get_object_or_404(Competition.objects.visible_to(request.user), slug=competition))


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboards/desk.html", desk_page(request.user, now=timezone.now()))


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    return render(request, "style.html", specimens())


def _front(request: HttpRequest, shown: Competition | None) -> HttpResponse:
    context: dict[str, Any] = {}
    if shown is not None:
        context = front_page(shown, user=request.user, now=timezone.now())
    return render(request, "dashboards/home.html", context)
