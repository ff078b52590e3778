"""The captain offers the team to a member, who accepts or declines. Looking at a page answers nothing."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from submissions import services
from submissions.models import HandOver, Team, TeamMember

ANSWERS = {"accept": services.accept_team, "decline": services.decline_team, "take_back": services.take_team_back}


@login_required
@require_POST
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the member that ``member`` names to become the captain."""
    team = get_object_or_404(Team.objects.visible_to(request.user).select_related("competition"), pk=pk)
    wanted = request.POST.get("member", "")
    members = TeamMember.objects.visible_to(request.user).filter(team=team).select_related("user")
    heir = get_object_or_404(members, pk=int(wanted) if wanted.isascii() and wanted.isdigit() else 0)
    now = request.received_at  # type: ignore[attr-defined]
    services.offer_team(team, actor=request.user, to=heir, now=now)
    words = _("%(name)s has been asked to lead the team. Until they accept, you are its captain.")
    messages.success(request, words % {"name": heir.user})
    return redirect(f"{team.get_absolute_url()}#members")


@login_required
@require_POST
def hand_over_answer(request: HttpRequest, pk: int, offer: int) -> HttpResponse:
    """``answer``: accept, decline, or (by whoever offered it) take_back."""
    rows = HandOver.objects.visible_to(request.user).select_related("team__competition", "offered_to")
    found = get_object_or_404(rows, pk=offer, team=pk)
    answer = request.POST.get("answer", "")
    if answer not in ANSWERS:
        raise BadRequest
    ANSWERS[answer](found, actor=request.user, now=request.received_at)  # type: ignore[attr-defined]
    words = {
        "accept": _("You lead the team now."),
        "decline": _("You have declined. The captain is told by mail."),
        "take_back": _("The offer has been taken back. You remain the captain."),
    }
    messages.success(request, words[answer])
    return redirect(f"{found.team.get_absolute_url()}#members")
