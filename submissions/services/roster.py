"""Who is in a team, in which order and as what, while registration is open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.permissions import require
from portal.notifications.services import enqueue
from submissions import rules, windows
from submissions.enums import MemberRole
from submissions.models import Team, TeamMember, Upload
from submissions.services.handing_over import end_offers
from submissions.services.roster_requests import lapse_requests
from submissions.services.teams import lock_team
from submissions.services.uploads import drop_uploads
from tracks.enums import StageKind


@transaction.atomic
def edit_member(
    member: TeamMember, *, actor: Any, duty: str, is_contact: bool, now: datetime | None = None
) -> TeamMember:
    """``is_contact`` takes it from whoever was the contact before."""
    require(rules.is_captain, actor, member.team)
    team, member = _lock(member, now)
    # Whoever has handed the team over a moment ago is no longer the one to decide.
    require(rules.is_captain, actor, team)
    before = {"duty": member.duty, "is_contact": member.is_contact}
    member.duty, member.is_contact = duty.strip(), is_contact
    try:
        member.clean_fields(exclude=["team", "user"])
    except ValidationError as error:
        raise ValidationError({"duty": error.messages}) from None
    after = {"duty": member.duty, "is_contact": member.is_contact}
    if after != before:
        if is_contact:
            team.members.exclude(pk=member.pk).filter(is_contact=True).update(is_contact=False)
        member.save(update_fields=["duty", "is_contact"])
        # What the duty says is personal: the trail names who, not what.
        changed = sorted(name for name in after if after[name] != before[name])
        audit.record("edit_member", team, actor=actor, after={"member": member.user_id, "changed": changed})
    return member


@transaction.atomic
def move_member(member: TeamMember, *, actor: Any, up: bool, now: datetime | None = None) -> None:
    """One place up or down; whoever stands at the end stays there."""
    require(rules.is_captain, actor, member.team)
    team, member = _lock(member, now)
    # Whoever has handed the team over a moment ago is no longer the one to decide.
    require(rules.is_captain, actor, team)
    rows = list(team.members.all())
    here = rows.index(member)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(rows):
        return
    place_member(team, member, there + 1)
    audit.record("move_member", team, actor=actor, after={"member": member.user_id, "place": there + 1})


@transaction.atomic
def remove_member(member: TeamMember, *, actor: Any, now: datetime | None = None) -> None:
    """The captain takes somebody else out; that person is told by mail."""
    require(rules.is_captain, actor, member.team)
    team, member = _lock(member, now)
    # Whoever has handed the team over a moment ago is no longer the one to decide.
    require(rules.is_captain, actor, team)
    take_out(team, member, "remove_member", actor)
    enqueue("submissions.removed", key=f"removed:{member.pk}", payload={"team": team.pk, "user": member.user_id})


@transaction.atomic
def leave_team(team: Team, *, actor: Any, now: datetime | None = None) -> None:
    """Go oneself; the captain is told by mail."""
    require(rules.is_member, actor, team)
    own = team.members.filter(user_id=actor.pk).first()
    if own is None:
        raise Conflict(_("This person is no longer in the team."))
    team, member = _lock(own, now)
    take_out(team, member, "leave", actor)
    enqueue("submissions.left", key=f"left:{member.pk}", payload={"team": team.pk, "user": member.user_id})


def place_member(team: Team, member: TeamMember, place: int) -> None:
    """Whoever calls has locked ``team``. Counted from one; what lies beyond the end is the end."""
    rows = [row for row in team.members.all() if row.pk != member.pk]
    rows.insert(max(place, 1) - 1, member)
    for number, row in enumerate(rows, start=1):
        row.place = number
    TeamMember.objects.bulk_update(rows, ["place"])


def _lock(member: TeamMember, now: datetime | None) -> tuple[Team, TeamMember]:
    """Both as they are now, the team's row held."""
    team = lock_team(member.team)
    windows.require_open(team.competition, StageKind.REGISTRATION, now or timezone.now(), team)
    found = team.members.filter(pk=member.pk).first()
    if found is None:
        raise Conflict(_("This person is no longer in the team."))
    return team, found


def take_out(team: Team, member: TeamMember, action: str, actor: Any, *, request: int | None = None) -> None:
    """Whoever calls has locked ``team``. ``request``: the one that is being carried out; any other about them ends."""
    if member.role == MemberRole.CAPTAIN:
        raise Conflict(_("The captain can't go. Hand the team over to another member first."))
    end_offers(team, actor=actor, user=member.user_id)
    lapse_requests(team.roster_requests.open().filter(person=member.user_id).exclude(pk=request or 0), actor=actor)
    TeamMember.objects.filter(pk=member.pk).delete()
    drop_uploads(Upload.objects.filter(user=member.user_id, submission__team=team))
    before = {"member": member.user_id, "role": member.role}
    after = {"request": request} if request else {}
    audit.record(action, team, actor=actor, before=before, after=after | contact_after(member))


def contact_after(gone: TeamMember) -> dict[str, int]:
    """Whoever calls has locked the team. When its contact has gone, the captain is it: for the trail, who."""
    heir = TeamMember.objects.filter(team=gone.team_id, role=MemberRole.CAPTAIN).first() if gone.is_contact else None
    if heir is None:
        return {}
    heir.is_contact = True
    heir.save(update_fields=["is_contact"])
    return {"contact": heir.user_id}
