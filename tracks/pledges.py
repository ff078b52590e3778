"""The page of a competition's pledge: to read, and to give."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tracks import services
from tracks.models import Competition, Pledge
from tracks.querysets import named


@never_cache
@require_safe
def pledge(request: HttpRequest, competition: str, number: int | None = None) -> HttpResponse:
    """The version that holds, or an earlier one by its number."""
    shown = named(Competition.objects.visible_to(request.user), competition)
    found = get_object_or_404(Pledge.objects.visible_to(request.user).select_related("series"), competition=shown)
    versions = list(found.series.versions.in_force(timezone.now()))
    wanted = [each for each in versions if number in {None, each.version}]
    if not wanted:
        raise Http404
    context = {
        "competition": shown,
        "agreement": wanted[0],
        "is_current": wanted[0] == versions[0],
        "versions": versions,
        "given": services.pledge_given_by(request.user, shown) if request.user.is_authenticated else None,
    }
    return render(request, "tracks/pledge.html", context)


@login_required
@require_POST
def give(request: HttpRequest, competition: str, number: int) -> HttpResponse:
    """Accept the version that was read."""
    shown = named(Competition.objects.visible_to(request.user), competition)
    services.accept_pledge(shown, actor=request.user, version=number)
    messages.success(request, _("Your pledge has been recorded."))
    return redirect("tracks:pledge", shown.slug)
