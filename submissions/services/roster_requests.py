"""Changes of a locked roster: the captain asks, the person concerned agrees or objects. Who decides is next door."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.services import lock_person
from portal.core import audit
from portal.core.addresses import normal_address
from portal.core.errors import Conflict
from portal.core.permissions import require, require_in_person
from portal.core.text import says_nothing, validate_plain_line
from portal.notifications.services import enqueue
from submissions import rules, windows
from submissions.enums import MemberRole, RosterChange, RosterRequestStatus
from submissions.lifecycle import ROSTER_REQUEST_LIFECYCLE
from submissions.models import RosterRequest, Team, TeamMember
from submissions.models.roster import WORDS_LIMIT
from submissions.models.teams import DUTY_LIMIT
from submissions.services.invitations import require_address
from submissions.services.keyed import keyed
from submissions.services.limits import require_room_for_person
from submissions.services.teams import lock_team
from submissions.texts import clean_text

# Each is a mail in the portal's name, with words of the captain's choice in it.
REQUESTS_A_DAY = 20
S = RosterRequestStatus


@dataclass(frozen=True)
class Wanted:
    """``email`` says who would join; ``member`` whom any other change concerns."""

    change: RosterChange
    member: TeamMember | None = None
    email: str = ""
    duty: str = ""
    place: int | None = None

    def body(self) -> dict[str, Any]:
        about = {"email": self.email, "duty": self.duty, "place": self.place}
        return {"change": self.change, "member": self.member.pk if self.member else None, **about}


def request_change(
    team: Team, wanted: Wanted, *, actor: Any, reason: str, key: str | None = None, now: datetime | None = None
) -> RosterRequest:
    """Ask for a change of a roster that is locked. Whom it concerns is told by mail at once."""
    require(rules.is_captain, actor, team)
    now, reason = now or timezone.now(), clean_words(reason, "reason")
    windows.require_locked(team, now)
    wanted = _cleaned(wanted)
    return keyed(
        "request_change",
        key=key,
        actor=actor,
        body={"team": team.pk, "reason": reason, **wanted.body()},
        among=RosterRequest.objects.all(),
        perform=lambda: _request(team, wanted, actor=actor, reason=reason, now=now),
    )


@transaction.atomic
def agree(request: RosterRequest, *, actor: Any, now: datetime | None = None) -> RosterRequest:
    """Consent to join, or to lead; the organizers decide then. A second time changes nothing."""
    require_in_person()
    require(rules.is_asked, actor, request)
    lock_person(actor)
    request, now = lock_request(request), now or timezone.now()
    if request.status == S.AWAITING and request.person_id == actor.pk:
        return request
    require_open(request, {S.ASKED})
    _require_able(request, actor)
    ROSTER_REQUEST_LIFECYCLE.apply(request, "agree", actor=actor, person=actor, agreed_at=now)
    tell(request, "agreed", [request.requested_by_id])
    return request


@transaction.atomic
def decline_change(request: RosterRequest, *, actor: Any, now: datetime | None = None) -> RosterRequest:
    """Not to join, or not to lead; who has agreed may still do so until it is decided."""
    require(rules.is_asked, actor, request)
    request = lock_request(request)
    if request.status == S.DECLINED:
        return request
    require_open(request)
    ROSTER_REQUEST_LIFECYCLE.apply(request, "decline_change", actor=actor, settled_at=now or timezone.now())
    tell(request, "declined", [request.requested_by_id])
    return request


@transaction.atomic
def object_to(request: RosterRequest, *, actor: Any, text: str, now: datetime | None = None) -> RosterRequest:
    """Say something against being taken out or moved; those who decide read it. It may be said anew until then."""
    require_in_person()
    require(rules.may_object, actor, request)
    text = clean_words(text, "text")
    request = lock_request(request)
    require_open(request)
    request.objection, request.objected_at = text, now or timezone.now()
    request.save(update_fields=["objection", "objected_at"])
    # What it says is personal: the trail names who, not what.
    audit.record("object", request, actor=actor)
    return request


@transaction.atomic
def withdraw_request(request: RosterRequest, *, actor: Any, now: datetime | None = None) -> RosterRequest:
    require(rules.is_captain, actor, request.team)
    request = lock_request(request)
    require(rules.is_captain, actor, request.team)
    if request.status == S.WITHDRAWN:
        return request
    require_open(request)
    ROSTER_REQUEST_LIFECYCLE.apply(request, "withdraw_request", actor=actor, settled_at=now or timezone.now())
    tell(request, "withdrawn", [request.person_id])
    return request


def lapse_requests(requests: Iterable[RosterRequest], *, actor: Any) -> None:
    """The person they are about is no longer there. Whoever calls has locked what they stand on."""
    for request in requests:
        ROSTER_REQUEST_LIFECYCLE.apply(request, "lapse_request", actor=actor, settled_at=timezone.now())
        tell(request, "lapsed", [request.requested_by_id])


def lock_request(request: RosterRequest) -> RosterRequest:
    """As it is now, the team's row held: whoever asks, answers, takes back or decides queues there."""
    lock_team(request.team)
    rows = RosterRequest.objects.select_related("team__competition", "person", "requested_by", "decided_by")
    return rows.get(pk=request.pk)


def require_open(request: RosterRequest, states: Iterable[str] = (S.ASKED, S.AWAITING), by: str = "") -> None:
    """Raise Conflict, saying what has happened, unless it is in one of these ``states``."""
    if request.status not in states:
        raise Conflict(what_happened(request, by or _("The organizing committee")))


def what_happened(request: RosterRequest, by: str) -> str:
    words = {
        S.ASKED: _("The person concerned hasn't agreed yet."),
        S.AWAITING: _("This request waits for the organizers' decision."),
        S.APPROVED: _("%(by)s has approved this request in the meantime.") % {"by": by},
        S.REFUSED: _("%(by)s has refused this request in the meantime.") % {"by": by},
        S.DECLINED: _("The person concerned has declined in the meantime."),
        S.WITHDRAWN: _("The captain has taken this request back in the meantime."),
        S.LAPSED: _("This request no longer applies: the person concerned has gone."),
    }
    return words[RosterRequestStatus(request.status)]


def clean_words(text: str, field: str) -> str:
    try:
        text = clean_text(text, limit=WORDS_LIMIT).strip()
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from None
    if says_nothing(text):
        raise ValidationError({field: _("Please say why: those concerned will read it.")})
    return text


def tell(request: RosterRequest, news: str, people: Iterable[int | None]) -> None:
    """A mail to each; None is whoever owns the address that was asked."""
    for user in people:
        payload = {"about": request.pk, "news": news, "user": user}
        key = f"roster-request:{request.pk}:{news}:{user or 'address'}"
        enqueue("submissions.roster_request", key=key, payload=payload)


def _cleaned(wanted: Wanted) -> Wanted:
    duty, email, place = wanted.duty.strip(), "", wanted.place
    if wanted.change == RosterChange.ADD:
        email = normal_address(wanted.email)
        require_address(email)
    elif wanted.member is None:
        raise ValidationError({"member": _("Please choose a member of the team.")})
    if wanted.change not in (RosterChange.ADD, RosterChange.EDIT):
        duty = ""
    if wanted.change != RosterChange.EDIT:
        place = None
    if duty:
        try:
            validate_plain_line(duty)
        except ValidationError as error:
            raise ValidationError({"duty": error.messages}) from None
    if len(duty) > DUTY_LIMIT:
        raise ValidationError({"duty": _("%(limit)s characters at most.") % {"limit": DUTY_LIMIT}})
    return Wanted(wanted.change, wanted.member, email, duty, place)


def _request(team: Team, wanted: Wanted, *, actor: Any, reason: str, now: datetime) -> RosterRequest:
    team = lock_team(team)
    # Whoever was the captain a moment ago is no longer the one to ask.
    require(rules.is_captain, actor, team)
    member = _concerned(team, wanted)
    _check(team, wanted, member, now)
    asks = wanted.change in (RosterChange.ADD, RosterChange.CAPTAIN)
    request = RosterRequest.objects.create(
        team=team,
        change=wanted.change,
        person=member.user if member else None,
        email=wanted.email,
        duty=wanted.duty,
        place=wanted.place,
        reason=reason,
        status=S.ASKED if asks else S.AWAITING,
        requested_by=actor,
        requested_at=now,
    )
    about = {"team": team.pk, "change": wanted.change, "member": request.person_id}
    audit.record("request_change", request, actor=actor, after=about)
    if request.person_id != actor.pk:
        tell(request, "asked" if asks else "told", [request.person_id])
    return request


def _concerned(team: Team, wanted: Wanted) -> TeamMember | None:
    if wanted.member is None:
        return None
    member = team.members.select_related("user").filter(pk=wanted.member.pk).first()
    if member is None or not member.user.is_active:
        raise Conflict(_("This person is no longer in the team."))
    if member.role == MemberRole.CAPTAIN and wanted.change in (RosterChange.REMOVE, RosterChange.CAPTAIN):
        raise ValidationError({"member": _("This person is the captain.")})
    return member


def _check(team: Team, wanted: Wanted, member: TeamMember | None, now: datetime) -> None:
    _check_person(team, wanted, member)
    pending = team.roster_requests.open()
    if wanted.change == RosterChange.CAPTAIN and pending.filter(change=RosterChange.CAPTAIN).exists():
        raise ValidationError({"member": _("A request for another captain is still open.")})
    if wanted.change == RosterChange.EDIT and member is not None:
        _check_place(team, wanted, member)
    if team.roster_requests.filter(requested_at__gt=now - timedelta(days=1)).count() >= REQUESTS_A_DAY:
        raise ValidationError(_("Too many requests today. Please go on tomorrow."))


def _check_person(team: Team, wanted: Wanted, member: TeamMember | None) -> None:
    pending = team.roster_requests.open()
    if member is not None:
        if pending.filter(person=member.user_id).exists():
            raise ValidationError({"member": _("A request about this person is still open.")})
        return
    if team.members.filter(user__email__iexact=wanted.email).exists():
        raise ValidationError({"email": _("This person is already in the team.")})
    if pending.filter(email__iexact=wanted.email).exists():
        raise ValidationError({"email": _("A request about this address is still open.")})


def _check_place(team: Team, wanted: Wanted, member: TeamMember) -> None:
    people = list(team.members.all())
    if wanted.place is None or not 1 <= wanted.place <= len(people):
        raise ValidationError({"place": _("Please give a place from 1 to %(last)s.") % {"last": len(people)}})
    if (wanted.duty, wanted.place) == (member.duty, people.index(member) + 1):
        raise ValidationError({"duty": _("Nothing would change.")})


def _require_able(request: RosterRequest, actor: Any) -> None:
    """Told at once, not weeks later by the organizers; the limits are asked again when it is decided."""
    is_in = request.team.members.filter(user=actor).exists()
    if request.change == RosterChange.CAPTAIN:
        if not is_in:
            raise Conflict(_("This person is no longer in the team."))
        return
    if is_in:
        raise Conflict(_("This person is already in the team."))
    if request.team.roster_requests.open().filter(person=actor).exclude(pk=request.pk).exists():
        raise Conflict(_("A request about this person is still open."))
    require_room_for_person(request.team.competition, actor)
