"""What the captain changes about the organizations of the team, and whom of them an organizer may call."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from submissions import rules, services
from submissions.answers import Outcome, refused_into
from submissions.models import Team, TeamOrganization
from submissions.organization_forms import PartnerForm, PartnerSaidForm, PurposeForm
from submissions.services.organizations import FIELDS
from submissions.views.teams import lead_form, partner_form, show_team, visible_team


@login_required
@require_POST
def lead_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What the captain says about the organization that leads."""
    team = visible_team(request, pk)
    form, outcome = lead_form(request.user, team, request.POST), Outcome(status=400)
    if form.is_valid():
        with refused_into(form, outcome):
            services.describe_organization(team, team.organization, actor=request.user, **form.said, now=_now(request))
            messages.success(request, _("Saved."))
            return redirect(team)
    return show_team(request, team, outcome, lead_form=form)


@login_required
@require_POST
def partner_add(request: HttpRequest, pk: int) -> HttpResponse:
    team = visible_team(request, pk)
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
def partner_edit(request: HttpRequest, pk: int, partner: int) -> HttpResponse:
    """What the captain says about a partner and its part."""
    team, found = visible_team(request, pk), _visible_partner(request, pk, partner)
    form, outcome = partner_form(request.user, found, request.POST), Outcome(status=400)
    if form.is_valid():
        with refused_into(form, outcome):
            _describe(request, team, found, form)
            messages.success(request, _("Saved."))
            return redirect(team)
    return show_team(request, team, outcome, unit_form=form)


@login_required
@require_POST
def partner_remove(request: HttpRequest, pk: int, partner: int) -> HttpResponse:
    found = _visible_partner(request, pk, partner)
    services.remove_partner(found, actor=request.user, now=_now(request))
    words = _("“%(organization)s” is no longer a partner of the team.")
    messages.success(request, words % {"organization": found.organization})
    return redirect(found.team)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def partner_contact(request: HttpRequest, pk: int, partner: int) -> HttpResponse:
    """Whom to call about a partner; a POST that says what for shows an organizer the whole number, once."""
    team, found = visible_team(request, pk), _visible_partner(request, pk, partner)
    if not rules.can_call_contact(request.user, team):
        raise PermissionDenied
    form, outcome, read = PurposeForm(request.POST or None), Outcome(), ""
    if request.method == "POST":
        outcome.status = 400
        if form.is_valid():
            with refused_into(form, outcome):
                read = services.read_contact_phone(found, actor=request.user, purpose=form.cleaned_data["purpose"])
                outcome.status = 200
    context = {
        "team": team,
        "competition": team.competition,
        "partner": found,
        "form": form,
        "read": read,
        "conflict": outcome.conflict,
    }
    response = render(request, "submissions/partner_contact.html", context, status=outcome.status)
    response["Cache-Control"] = "private, no-store"
    return response


@transaction.atomic
def _describe(request: HttpRequest, team: Team, partner: TeamOrganization, form: PartnerSaidForm) -> None:
    """Both or neither: the form is one."""
    services.describe_organization(team, partner.organization, actor=request.user, **form.said, now=_now(request))
    services.describe_partner(partner, actor=request.user, **form.about_its_part, now=_now(request))


def _visible_partner(request: HttpRequest, pk: int, partner: int) -> TeamOrganization:
    rows = TeamOrganization.objects.visible_to(request.user).select_related("organization", "team__competition")
    return get_object_or_404(rows, pk=partner, team=pk)


def _now(request: HttpRequest) -> datetime:
    return request.received_at  # type: ignore[attr-defined]
