"""A team changes hands by consent: its captain offers it to a member, who accepts or declines while it may change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.permissions import require, require_in_person
from portal.notifications.services import enqueue
from submissions import rules, windows
from submissions.enums import HandOverStatus, MemberRole
from submissions.lifecycle import HAND_OVER_LIFECYCLE
from submissions.models import HandOver, Team, TeamMember
from submissions.services.teams import lock_team
from tracks.enums import StageKind


@transaction.atomic
def offer_team(team: Team, *, actor: Any, to: TeamMember, now: datetime | None = None) -> HandOver:
    """Ask another member to become the captain. The same offer again gives the one that stands."""
    require(rules.is_captain, actor, team)
    team, now = lock_team(team), now or timezone.now()
    windows.require_open(team.competition, StageKind.REGISTRATION, now, team)
    # Whoever has handed the team over a moment ago is no longer the one to offer it.
    require(rules.is_captain, actor, team)
    heir = team.members.select_related("user").filter(pk=to.pk).first()
    if heir is None or not heir.user.is_active:
        raise Conflict(_("This person is no longer in the team."))
    if heir.role == MemberRole.CAPTAIN:
        raise Conflict(_("This person is the captain already."))
    standing = team.hand_overs.open().select_related("offered_to").first()
    if standing is not None and standing.offered_to_id == heir.user_id:
        return standing
    if standing is not None:
        words = _("The team is offered to %(name)s. Take that back first.")
        raise Conflict(words % {"name": standing.offered_to})
    offer = HandOver.objects.create(team=team, offered_by=actor, offered_to=heir.user, offered_at=now)
    audit.record("offer_team", offer, actor=actor, after={"team": team.pk, "to": heir.user_id})
    _tell(offer, "offered", [offer.offered_to_id])
    return offer


@transaction.atomic
def accept_team(offer: HandOver, *, actor: Any, now: datetime | None = None) -> HandOver:
    """Become the captain; whoever was it stays a member."""
    require_in_person()
    require(rules.is_offered, actor, offer)
    offer, now = _lock(offer), now or timezone.now()
    if offer.status == HandOverStatus.ACCEPTED:
        return offer
    _require_standing(offer)
    windows.require_open(offer.team.competition, StageKind.REGISTRATION, now, offer.team)
    # Whoever has been disabled since hands nothing over.
    if not offer.offered_by.is_active:
        raise Conflict(_("This offer no longer holds."))
    make_captain(offer.team, actor=actor, heir=offer.offered_to_id, captain=offer.offered_by_id)
    HAND_OVER_LIFECYCLE.apply(offer, "accept_team", actor=actor, settled_at=now)
    others = offer.team.members.exclude(user=offer.offered_to_id).values_list("user_id", flat=True)
    _tell(offer, "accepted", others)
    return offer


@transaction.atomic
def decline_team(offer: HandOver, *, actor: Any, now: datetime | None = None) -> HandOver:
    require(rules.is_offered, actor, offer)
    offer = _lock(offer)
    if offer.status == HandOverStatus.DECLINED:
        return offer
    _require_standing(offer)
    HAND_OVER_LIFECYCLE.apply(offer, "decline_team", actor=actor, settled_at=now or timezone.now())
    _tell(offer, "declined", [offer.offered_by_id])
    return offer


@transaction.atomic
def take_team_back(offer: HandOver, *, actor: Any, now: datetime | None = None) -> HandOver:
    require(rules.has_offered, actor, offer)
    offer = _lock(offer)
    if offer.status == HandOverStatus.TAKEN_BACK:
        return offer
    _require_standing(offer)
    HAND_OVER_LIFECYCLE.apply(offer, "take_team_back", actor=actor, settled_at=now or timezone.now())
    _tell(offer, "taken_back", [offer.offered_to_id])
    return offer


def make_captain(
    team: Team, *, actor: Any, heir: int, captain: int | None = None, request: int | None = None
) -> TeamMember:
    """Whoever calls has locked ``team``. ``captain``: who has to be it until now, for this to go through; ``request``:
    the one that is being carried out."""
    rows = list(team.members.select_related("user"))
    successor = next((each for each in rows if each.user_id == heir), None)
    former = next((each for each in rows if each.role == MemberRole.CAPTAIN), None)
    if captain is not None and (former is None or former.user_id != captain):
        raise Conflict(_("Somebody else has become the captain in the meantime."))
    if successor is None or not successor.user.is_active:
        raise Conflict(_("This person is no longer in the team."))
    if successor == former:
        raise Conflict(_("This person is the captain already."))
    # One after the other: the database allows one captain at most.
    for row, role in ((former, MemberRole.MEMBER), (successor, MemberRole.CAPTAIN)):
        if row is not None:
            row.role = role
            row.save(update_fields=["role"])
    before, after = {"captain": former.user_id if former else None}, {"captain": heir}
    audit.record("hand_over", team, actor=actor, before=before, after=after | ({"request": request} if request else {}))
    return successor


def end_offers(team: Team, *, actor: Any, user: int | None = None) -> None:
    """Whoever calls has locked ``team``. With ``user``: those made to or by this person."""
    for offer in team.hand_overs.open():
        people = [offer.offered_by_id, offer.offered_to_id]
        if user is None or user in people:
            HAND_OVER_LIFECYCLE.apply(offer, "lapse", actor=actor, settled_at=timezone.now())
            _tell(offer, "lapsed", people)


def sweep_offers(now: datetime | None = None) -> None:
    """End those whose team may no longer change its roster."""
    now = now or timezone.now()
    teams = list(Team.objects.filter(hand_overs__in=HandOver.objects.open()).distinct().order_by("pk"))
    over = windows.windows_of(teams, StageKind.REGISTRATION)
    for team in teams:
        if team.pk not in over or not over[team.pk].takes(now):
            with transaction.atomic():
                end_offers(lock_team(team), actor=None)


def _lock(offer: HandOver) -> HandOver:
    """As it is now, the team's row held: whoever offers, answers, takes back or leaves queues there."""
    lock_team(offer.team)
    return HandOver.objects.select_related("team__competition", "offered_by", "offered_to").get(pk=offer.pk)


def _require_standing(offer: HandOver) -> None:
    words = {
        HandOverStatus.ACCEPTED: _("%(name)s has accepted this offer in the meantime."),
        HandOverStatus.DECLINED: _("%(name)s has declined this offer in the meantime."),
        HandOverStatus.TAKEN_BACK: _("This offer has been taken back in the meantime."),
        HandOverStatus.LAPSED: _("This offer no longer holds."),
    }
    if offer.status != HandOverStatus.OPEN:
        raise Conflict(words[HandOverStatus(offer.status)] % {"name": offer.offered_to})


def _tell(offer: HandOver, news: str, people: Iterable[int]) -> None:
    for user in people:
        payload = {"about": offer.pk, "news": news, "user": user}
        enqueue("submissions.hand_over", key=f"hand-over:{offer.pk}:{news}:{user}", payload=payload)
