"""Organizers decide about a change of a locked roster; what they approve is done at once, within the limits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.services import lock_person
from portal.core import audit
from portal.core.errors import Conflict
from portal.core.permissions import require
from submissions import rules
from submissions.enums import RosterChange, RosterRequestStatus
from submissions.lifecycle import ROSTER_REQUEST_LIFECYCLE
from submissions.models import RosterRequest, Team, TeamMember
from submissions.services.handing_over import end_offers, make_captain
from submissions.services.invitations import member_count
from submissions.services.limits import require_room_for_person
from submissions.services.roster import place_member, take_out
from submissions.services.roster_requests import clean_words, lock_request, require_open, tell
from submissions.services.teams import next_place

S = RosterRequestStatus


@transaction.atomic
def approve_change(
    request: RosterRequest, *, actor: Any, answer: str = "", now: datetime | None = None
) -> RosterRequest:
    """Do what was asked for. Raises Conflict when the limits don't allow it any more; it stays open then."""
    require(rules.can_decide_request, actor, request)
    answer = clean_words(answer, "answer") if answer.strip() else ""
    _hold_person(request)
    request = lock_request(request)
    if _is_said(request, S.APPROVED, actor):
        return request
    require_open(request, {S.AWAITING}, by=str(request.decided_by or ""))
    before = list(request.team.members.values_list("user_id", flat=True))
    APPLY[RosterChange(request.change)](request, actor)
    return _decide(request, "approve_change", actor=actor, answer=answer, now=now, told=[*before, request.person_id])


@transaction.atomic
def refuse_change(request: RosterRequest, *, actor: Any, answer: str, now: datetime | None = None) -> RosterRequest:
    require(rules.can_decide_request, actor, request)
    answer = clean_words(answer, "answer")
    request = lock_request(request)
    if _is_said(request, S.REFUSED, actor):
        return request
    require_open(request, {S.AWAITING}, by=str(request.decided_by or ""))
    told = [request.requested_by_id, request.person_id]
    return _decide(request, "refuse_change", actor=actor, answer=answer, now=now, told=told)


def _decide(
    request: RosterRequest, move: str, *, actor: Any, answer: str, now: datetime | None, told: list[int | None]
) -> RosterRequest:
    said = {"decided_by": actor, "answer": answer, "settled_at": now or timezone.now()}
    ROSTER_REQUEST_LIFECYCLE.apply(request, move, actor=actor, reason=answer, **said)
    tell(request, "decided", dict.fromkeys(told))
    return request


def _is_said(request: RosterRequest, status: str, actor: Any) -> bool:
    """A double click: the same person has said the same already."""
    return request.status == status and actor is not None and request.decided_by_id == actor.pk


def _hold_person(request: RosterRequest) -> None:
    """Before the team, as everywhere: neither do they join too many at once, nor close their account meanwhile."""
    person = RosterRequest.objects.select_related("person").get(pk=request.pk).person
    if person is None:
        return
    try:
        lock_person(person)
    except PermissionDenied:
        raise Conflict(_("The account of the person concerned is closed.")) from None


def _add(request: RosterRequest, actor: Any) -> None:
    team: Team = request.team
    person: Any = request.person
    if team.members.filter(user=person).exists():
        raise Conflict(_("This person is already in the team."))
    if member_count(team) >= team.competition.max_team_members:
        words = _("The team is full: it has %(limit)s people, and no more are allowed.")
        raise Conflict(words % {"limit": team.competition.max_team_members})
    require_room_for_person(team.competition, person)
    TeamMember.objects.create(team=team, user=person, duty=request.duty, place=next_place(team))
    audit.record("add_member", team, actor=actor, after={"member": request.person_id, "request": request.pk})


def _remove(request: RosterRequest, actor: Any) -> None:
    take_out(request.team, _member(request), "remove_member", actor, request=request.pk)


def _edit(request: RosterRequest, actor: Any) -> None:
    member = _member(request)
    member.duty = request.duty
    member.save(update_fields=["duty"])
    place_member(request.team, member, request.place or 1)
    audit.record("edit_member", request.team, actor=actor, after={"member": member.user_id, "request": request.pk})


def _captain(request: RosterRequest, actor: Any) -> None:
    make_captain(request.team, actor=actor, heir=_member(request).user_id, request=request.pk)
    end_offers(request.team, actor=actor)


def _member(request: RosterRequest) -> TeamMember:
    found = request.team.members.filter(user=request.person).first()
    if found is None:
        raise Conflict(_("This person is no longer in the team."))
    return found


APPLY = {
    RosterChange.ADD: _add,
    RosterChange.REMOVE: _remove,
    RosterChange.EDIT: _edit,
    RosterChange.CAPTAIN: _captain,
}
