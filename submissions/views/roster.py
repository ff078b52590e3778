"""What the captain changes about who and which organizations belong to the team."""

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
from submissions.forms import PartnerForm
from submissions.models import Team, TeamMember, TeamOrganization
from submissions.services.organizations import FIELDS
from submissions.views.teams import lead_form, member_form, show_team


@login_required
@require_POST
def partner_add(request: HttpRequest, pk: int) -> HttpResponse:
    team = _visible_team(request, pk)
    form, outcome = PartnerForm(request.POST), Outcome(status=400)
    if form.is_valid():
        with refused_into(form, outcome):
            partner = services.add_partner(
                team,
                actor=request.user,
                **{name: form.cleaned_data[field] for name, field in FIELDS.items()},
                key=form.cleaned_data["idempotency_key"],
                now=_now(request),
            )
            words = _("“%(organization)s” is a partner of the team now.")
            messages.success(request, words % {"organization": partner.organization})
            return redirect(team)
    return show_team(request, team, outcome, partner_form=form)


@login_required
@require_POST
def partner_remove(request: HttpRequest, pk: int, partner: int) -> HttpResponse:
    team = _visible_team(request, pk)
    rows = TeamOrganization.objects.visible_to(request.user).select_related("organization", "team__competition")
    found = get_object_or_404(rows, pk=partner, team=team)
    services.remove_partner(found, actor=request.user, now=_now(request))
    words = _("“%(organization)s” is no longer a partner of the team.")
    messages.success(request, words % {"organization": found.organization})
    return redirect(team)


@login_required
@require_POST
def lead_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What the captain says about the organization that leads."""
    team = _visible_team(request, pk)
    form, outcome = lead_form(request.user, team, request.POST), Outcome(status=400)
    if form.is_valid():
        with refused_into(form, outcome):
            services.describe_organization(team, team.organization, actor=request.user, **form.said, now=_now(request))
            messages.success(request, _("Saved."))
            return redirect(team)
    return show_team(request, team, outcome, lead_form=form)


@login_required
@require_POST
def member_edit(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    team, found = _visible_team(request, pk), _visible_member(request, pk, member)
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
    team, found = _visible_team(request, pk), _visible_member(request, pk, member)
    services.move_member(found, actor=request.user, up=request.POST.get("to") == "up", now=_now(request))
    return redirect(f"{team.get_absolute_url()}#members")


@login_required
@require_POST
def member_remove(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    team, found = _visible_team(request, pk), _visible_member(request, pk, member)
    services.remove_member(found, actor=request.user, now=_now(request))
    messages.success(request, _("%(name)s is no longer in the team.") % {"name": found.user})
    return redirect(team)


@login_required
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    team = _visible_team(request, pk)
    services.leave_team(team, actor=request.user, now=_now(request))
    messages.success(request, _("You have left the team “%(team)s”.") % {"team": team})
    return redirect("dashboards:desk")


def _now(request: HttpRequest) -> datetime:
    return request.received_at  # type: ignore[attr-defined]


def _visible_member(request: HttpRequest, pk: int, member: int) -> TeamMember:
    rows = TeamMember.objects.visible_to(request.user).select_related("user", "team__competition")
    return get_object_or_404(rows, pk=member, team=pk)


def _visible_team(request: HttpRequest, pk: int) -> Team:
    teams = Team.objects.visible_to(request.user).select_related("competition__pledge", "organization")
    return get_object_or_404(teams, pk=pk)
