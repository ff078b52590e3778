from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.core.reading import note_reading
from submissions import roster_pages, rules, services, windows
from submissions.answers import Outcome, refused_into, safe_next
from submissions.enums import RosterChange
from submissions.models import HandOver, Invitation, Submission, Team, TeamMember, TeamOrganization
from submissions.organization_forms import FoundTeamForm, PartnerForm, PartnerSaidForm, SaidForm
from submissions.roster_forms import InviteForm, MemberForm
from submissions.services.organizations import FIELDS
from tracks.enums import StageKind
from tracks.models import Competition


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_new(request: HttpRequest) -> HttpResponse:
    """Found a team in the competition that ``?competition=`` names, or in the current one."""
    competition = _wanted_competition(request)
    form, outcome, next_url = FoundTeamForm(request.POST or None), Outcome(), safe_next(request)
    if request.method == "POST":
        outcome.status = 400
        if form.is_valid():
            with refused_into(form, outcome):
                team = _found(request, competition, form.cleaned_data)
                messages.success(request, _("The team “%(team)s” has been founded.") % {"team": team})
                _tell_of_other_name(request, team, form.cleaned_data["organization_name"])
                return redirect(next_url or team)
    context = {
        "competition": competition,
        "form": form,
        "conflict": outcome.conflict,
        "next": next_url,
        "stage": windows.stage_of(competition, StageKind.REGISTRATION),
        "now": request.received_at,  # type: ignore[attr-defined]
    }
    return render(request, "submissions/team_new.html", context, status=outcome.status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """The team's page; a POST to it sends an invitation."""
    team = visible_team(request, pk)
    form, outcome = InviteForm(request.POST or None), Outcome()
    if request.method == "POST":
        outcome.status = 400
        if form.is_valid():
            with refused_into(form, outcome):
                sent = services.invite(
                    team,
                    actor=request.user,
                    email=form.cleaned_data["email"],
                    key=form.cleaned_data["idempotency_key"],
                    now=request.received_at,  # type: ignore[attr-defined]
                )
                messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": sent.email})
                return redirect(team)
    return show_team(request, team, outcome, form=form)


def show_team(request: HttpRequest, team: Team, outcome: Outcome, **forms: Form) -> HttpResponse:
    """Its page, with what was typed in one of the ``forms`` and why it was refused."""
    context = _team_page(request.user, team, now=request.received_at)  # type: ignore[attr-defined]
    context |= {"form": InviteForm(), "partner_form": PartnerForm(), "conflict": outcome.conflict, **forms}
    if context["is_captain"] and context["is_registration_open"]:
        _add_member_forms(context["members"], forms.get("member_form"))
        _add_unit_forms(request.user, team, context, forms.get("unit_form"))
    if not context["is_member"]:
        note_reading(team, actor=request.user)
    return render(request, "submissions/team.html", context, status=outcome.status)


def visible_team(request: HttpRequest, pk: int) -> Team:
    teams = Team.objects.visible_to(request.user).select_related("competition__pledge", "organization")
    return get_object_or_404(teams, pk=pk)


def member_form(member: TeamMember, data: Any = None) -> MemberForm:
    return MemberForm(data, prefix=f"m{member.pk}", initial={"duty": member.duty, "is_contact": member.is_contact})


def lead_form(user: Any, team: Team, data: Any = None) -> SaidForm:
    organization = team.organization
    sayable = services.sayable_by(user, [organization])[organization.pk]
    return SaidForm(data, prefix="lead", organization=organization, sayable=sayable)


def partner_form(user: Any, partner: TeamOrganization, data: Any = None) -> PartnerSaidForm:
    sayable = services.sayable_by(user, [partner.organization])[partner.organization_id]
    return PartnerSaidForm(data, prefix=f"p{partner.pk}", partner=partner, sayable=sayable)


def _add_unit_forms(user: Any, team: Team, context: dict[str, Any], typed: Form | None) -> None:
    """About each organization of the team, in a fixed number of queries."""
    partners = context["partners"]
    sayable = services.sayable_by(user, [team.organization, *(each.organization for each in partners)])
    context["lead_form"] = context.get("lead_form") or SaidForm(
        prefix="lead", organization=team.organization, sayable=sayable[team.organization_id]
    )
    for partner in partners:
        form = PartnerSaidForm(prefix=f"p{partner.pk}", partner=partner, sayable=sayable[partner.organization_id])
        partner.form = typed if typed and typed.prefix == form.prefix else form


def _add_member_forms(members: list[Any], typed: Form | None) -> None:
    for member in members:
        form = member_form(member)
        member.form = typed if typed and typed.prefix == form.prefix else form


def _wanted_competition(request: HttpRequest) -> Competition:
    competitions = Competition.objects.visible_to(request.user)
    if slug := request.GET.get("competition"):
        return get_object_or_404(competitions, slug=slug)
    current = competitions.current_first().first()
    if current is None:
        raise Http404
    return current


def _found(request: HttpRequest, competition: Competition, data: dict[str, Any]) -> Team:
    return services.found_team(
        competition,
        actor=request.user,
        name=data["name"],
        **{field: data[field] for field in FIELDS.values()},
        key=data["idempotency_key"],
        now=request.received_at,  # type: ignore[attr-defined]
    )


def _tell_of_other_name(request: HttpRequest, team: Team, typed: str) -> None:
    """A code that is known stands for its name, whatever was typed beside it."""
    if team.organization.name != typed:
        words = _("The code is registered for “%(name)s”: the team belongs to it. If that isn't yours, check it.")
        messages.warning(request, words % {"name": team.organization.name})


def _team_page(user: Any, team: Team, *, now: datetime) -> dict[str, Any]:
    members = list(TeamMember.objects.visible_to(user).filter(team=team).select_related("user"))
    partners = list(TeamOrganization.objects.filter(team=team).select_related("organization"))
    limit = team.competition.max_organizations
    invitations = Invitation.objects.visible_to(user).filter(team=team).pending(now).order_by("pk")
    entries = Submission.objects.visible_to(user).filter(team=team)
    offers = HandOver.objects.visible_to(user).open().filter(team=team)
    registration = windows.stage_of(team.competition, StageKind.REGISTRATION, [team])
    submission = windows.stage_of(team.competition, StageKind.SUBMISSION, [team])
    is_open = registration is not None and registration.is_open(now)
    # One that was made before the roster was locked can't be accepted any more.
    offer = offers.select_related("offered_by", "offered_to").first() if is_open else None
    is_member = any(member.user_id == user.pk for member in members)
    return {
        "team": team,
        "competition": team.competition,
        "members": members,
        "partners": partners,
        "may_call": not is_member and rules.can_call_contact(user, team),
        "has_room_for_partner": limit is None or 1 + len(partners) < limit,
        "invitations": invitations,
        "offer": offer,
        "is_offered": offer is not None and offer.offered_to_id == user.pk,
        "submissions": entries.for_listing().with_submitted_title().order_by("pk"),
        "is_member": is_member,
        "is_captain": rules.is_captain(user, team),
        "registration": registration,
        "is_registration_open": is_open,
        "is_locked": windows.is_locked(registration, now),
        "roster_requests": roster_pages.of_team(user, team, is_member=is_member),
        "roster_changes": RosterChange.choices,
        "submission_stage": submission,
        # Before it opens, topics can be looked at.
        "is_over": submission is not None and submission.closes_at <= now,
        "now": now,
    }
