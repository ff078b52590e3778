"""Changes of a locked roster: asked for, answered, decided. Looking at a page answers nothing."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.permissions import require
from portal.core.reading import note_reading
from submissions import roster_pages, rules, services
from submissions.answers import Outcome, refused_into
from submissions.enums import MemberRole, RosterChange
from submissions.models import RosterRequest, Team, TeamMember
from submissions.roster_forms import AboutMemberForm, AddingForm, ObjectionForm, PlaceForm, RosterDecisionForm

FORMS = {
    RosterChange.ADD: AddingForm,
    RosterChange.REMOVE: AboutMemberForm,
    RosterChange.EDIT: PlaceForm,
    RosterChange.CAPTAIN: AboutMemberForm,
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def roster_request_new(request: HttpRequest, pk: int, change: str) -> HttpResponse:
    """The captain asks for one kind of change; ``?member=`` says about whom."""
    if change not in RosterChange.values:
        raise Http404
    teams = Team.objects.visible_to(request.user).select_related("competition", "organization")
    team = get_object_or_404(teams, pk=pk)
    require(rules.is_captain, request.user, team)
    kind, outcome = RosterChange(change), Outcome()
    form = _form(request, team, kind)
    if request.method == "POST":
        outcome.status = 400
        if form.is_valid():
            with refused_into(form, outcome):
                asked = _ask(request, team, kind, form.cleaned_data)
                messages.success(request, _("Your request has been sent."))
                return redirect(asked)
    context = {
        "team": team,
        "competition": team.competition,
        "kind": kind,
        "form": form,
        "conflict": outcome.conflict,
        "is_locked": roster_pages.is_roster_locked(team, request.received_at),  # type: ignore[attr-defined]
        "nobody": "member" in form.fields and not form.fields["member"].queryset.exists(),
    }
    return render(request, "submissions/roster_request_new.html", context, status=outcome.status)


@login_required
@never_cache
@require_safe
def roster_request(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    return _show(request, _found(request, public_id), Outcome())


@login_required
@require_POST
def roster_request_answer(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """``answer``: agree or decline, object (with ``text``), or by the captain withdraw."""
    found, answer = _found(request, public_id), request.POST.get("answer", "")
    if answer == "object":
        return _object(request, found)
    deeds = {"agree": services.agree, "decline": services.decline_change, "withdraw": services.withdraw_request}
    if answer not in deeds:
        raise BadRequest
    form, outcome = Form(), Outcome()
    with refused_into(form, outcome):
        deeds[answer](found, actor=request.user, now=_now(request))
        words = {
            "agree": _("You have agreed. The organizers decide next; you are told by mail."),
            "decline": _("You have declined. The captain is told by mail."),
            "withdraw": _("The request has been taken back."),
        }
        messages.success(request, words[answer])
    return _show(request, _found(request, public_id), outcome) if outcome.conflict else redirect(found)


@login_required
@require_POST
def roster_request_decide(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    found = _found(request, public_id)
    require(rules.can_decide_request, request.user, found)
    form, outcome = RosterDecisionForm(request.POST), Outcome(status=400)
    if form.is_valid():
        is_yes = form.cleaned_data["outcome"] == "approve"
        decide: Any = services.approve_change if is_yes else services.refuse_change
        with refused_into(form, outcome):
            decide(found, actor=request.user, answer=form.cleaned_data["answer"], now=_now(request))
            messages.success(request, _("Approved, and the team is changed.") if is_yes else _("Refused."))
            return redirect(found)
    return _show(request, _found(request, public_id), outcome, decision_form=form)


def _object(request: HttpRequest, found: RosterRequest) -> HttpResponse:
    require(rules.may_object, request.user, found)
    form, outcome = ObjectionForm(request.POST), Outcome(status=400)
    if form.is_valid():
        with refused_into(form, outcome):
            services.object_to(found, actor=request.user, text=form.cleaned_data["text"], now=_now(request))
            messages.success(request, _("The organizers will read this before they decide."))
            return redirect(found)
    return _show(request, _found(request, found.public_id), outcome, objection_form=form)


def _show(request: HttpRequest, found: RosterRequest, outcome: Outcome, **forms: Form) -> HttpResponse:
    context = roster_pages.request_page(request.user, found, now=_now(request))
    context |= {
        "conflict": outcome.conflict,
        "objection_form": ObjectionForm(initial={"text": context["objection"]}),
        "decision_form": RosterDecisionForm(),
        **forms,
    }
    if context["is_outsider"]:
        note_reading(found, actor=request.user)
    return render(request, "submissions/roster_request.html", context, status=outcome.status)


def _form(request: HttpRequest, team: Team, kind: RosterChange) -> Any:
    members = TeamMember.objects.visible_to(request.user).filter(team=team).select_related("user")
    if kind in (RosterChange.REMOVE, RosterChange.CAPTAIN):
        members = members.exclude(role=MemberRole.CAPTAIN)
    initial: dict[str, Any] = {}
    wanted = request.GET.get("member", "")
    people = list(members) if wanted else []
    for place, member in enumerate(people, start=1):
        if str(member.pk) == wanted:
            initial = {"member": member, "duty": member.duty, "place": place}
    return FORMS[kind](request.POST if request.method == "POST" else None, members=members, initial=initial)


def _ask(request: HttpRequest, team: Team, kind: RosterChange, data: dict[str, Any]) -> RosterRequest:
    about = {name: data[name] for name in ("member", "email", "duty", "place") if name in data}
    return services.request_change(
        team,
        services.Wanted(kind, **about),
        actor=request.user,
        reason=data["reason"],
        key=data["idempotency_key"],
        now=_now(request),
    )


def _found(request: HttpRequest, public_id: uuid.UUID) -> RosterRequest:
    return get_object_or_404(RosterRequest.objects.visible_to(request.user).for_listing(), public_id=public_id)


def _now(request: HttpRequest) -> Any:
    return request.received_at  # type: ignore[attr-defined]
