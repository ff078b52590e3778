"""What the captain changes about who belongs to the team."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from submissions import services
from submissions.answers import Outcome, refused_into
from submissions.models import TeamMember
from submissions.views.teams import member_form, show_team, visible_team


@login_required
@require_POST
def member_edit(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    team, found = visible_team(request, pk), _visible_member(request, pk, member)
    form, outcome = member_form(found, request.POST), Outcome(status=400)
    if form.is_valid():
        with refused_into(form, outcome):
            services.edit_member(found, actor=request.user, **form.cleaned_data, now=_now(request))
            messages.success(request, _("Saved."))
            return redirect(team)
    return show_team(request, team, outcome, member_form=form)


@login_required
@require_POST
def member_move(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """``to``: up or down."""
    team, found = visible_team(request, pk), _visible_member(request, pk, member)
    services.move_member(found, actor=request.user, up=request.POST.get("to") == "up", now=_now(request))
    return redirect(f"{team.get_absolute_url()}#members")


@login_required
@require_POST
def member_remove(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    team, found = visible_team(request, pk), _visible_member(request, pk, member)
    services.remove_member(found, actor=request.user, now=_now(request))
    messages.success(request, _("%(name)s is no longer in the team.") % {"name": found.user})
    return redirect(team)


@login_required
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    team = visible_team(request, pk)
    services.leave_team(team, actor=request.user, now=_now(request))
    messages.success(request, _("You have left the team “%(team)s”.") % {"team": team})
    return redirect("dashboards:desk")


def _now(request: HttpRequest) -> datetime:
    return request.received_at  # type: ignore[attr-defined]


def _visible_member(request: HttpRequest, pk: int, member: int) -> TeamMember:
    rows = TeamMember.objects.visible_to(request.user).select_related("user", "team__competition")
    return get_object_or_404(rows, pk=member, team=pk)
