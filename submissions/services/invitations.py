from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.services import lock_person
from portal.core import audit
from portal.core.addresses import normal_address, validate_address
from portal.core.errors import Conflict
from portal.core.permissions import require, require_in_person
from portal.notifications.services import enqueue
from submissions import rules, windows
from submissions.models import Invitation, Team, TeamMember
from submissions.services.keyed import keyed
from submissions.services.limits import require_room_for_person
from submissions.services.teams import lock_team, next_place
from tracks.enums import StageKind

VALID_FOR = timedelta(days=14)
# Each is a mail in the portal's name, with words of the captain's choice in it.
INVITATIONS_A_DAY = 30


def invite(team: Team, *, actor: Any, email: str, key: str | None = None, now: datetime | None = None) -> Invitation:
    """Ask whoever owns ``email`` to join; the mail goes out by the outbox."""
    require(rules.is_captain, actor, team)
    now, email = now or timezone.now(), normal_address(email)
    windows.require_open(team.competition, StageKind.REGISTRATION, now, team)
    require_address(email)
    return keyed(
        "invite",
        key=key,
        actor=actor,
        body={"team": team.pk, "email": email},
        among=Invitation.objects.all(),
        perform=lambda: _invite(team, actor=actor, email=email, now=now),
    )


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, actor: Any, now: datetime | None = None) -> Invitation:
    """Take an open invitation back; one that is taken back already stays so."""
    require(rules.is_captain, actor, invitation.team)
    now = now or timezone.now()
    is_open = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if is_open.update(revoked_at=now):
        audit.record("revoke", invitation, actor=actor)
    invitation.refresh_from_db()
    if invitation.accepted_at:
        raise Conflict(_("This invitation has been accepted in the meantime."))
    return invitation


@transaction.atomic
def accept_invitation(invitation: Invitation, *, actor: Any, now: datetime | None = None) -> TeamMember:
    """Make ``actor`` a member. The team's row is locked: however many accept at once, it never grows too large."""
    require_in_person()
    require(rules.can_accept, actor, invitation)
    now = now or timezone.now()
    lock_person(actor)
    team = lock_team(invitation.team)
    member = TeamMember.objects.filter(team=team, user=actor).first()
    if member is not None:
        _open(invitation, now).update(accepted_at=now)
        return member
    windows.require_open(team.competition, StageKind.REGISTRATION, now, team)
    if member_count(team) >= team.competition.max_team_members:
        raise Conflict(_("The team is full."))
    require_room_for_person(team.competition, actor)
    if _open(invitation, now).update(accepted_at=now) != 1:
        raise Conflict(_("This invitation is no longer valid. Please ask the captain for a new one."))
    member = TeamMember.objects.create(team=team, user=actor, place=next_place(team))
    audit.record("join", team, actor=actor, after={"member": actor.pk, "invitation": invitation.pk})
    return member


def require_address(email: str) -> None:
    try:
        validate_address(email)
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from None


def member_count(team: Team) -> int:
    return team.members.count()


def _invite(team: Team, *, actor: Any, email: str, now: datetime) -> Invitation:
    team = lock_team(team)
    # An expired one would keep its address from being invited again.
    team.invitations.filter(accepted_at=None, revoked_at=None, expires_at__lte=now).update(revoked_at=now)
    _check_room(team, email, now)
    invitation = Invitation.objects.create(team=team, email=email, invited_by=actor, expires_at=now + VALID_FOR)
    audit.record("invite", invitation, actor=actor, after={"team": team.pk})
    enqueue("submissions.invitation", key=f"invitation:{invitation.pk}", payload={"invitation": invitation.pk})
    return invitation


def _open(invitation: Invitation, now: datetime) -> Any:
    # Whoever has been disabled since lets nobody in.
    return Invitation.objects.pending(now).filter(pk=invitation.pk, invited_by__is_active=True)


def _check_room(team: Team, email: str, now: datetime) -> None:
    pending = team.invitations.pending(now)
    if team.members.filter(user__email__iexact=email).exists():
        raise ValidationError({"email": _("This person is already in the team.")})
    if pending.filter(email__iexact=email).exists():
        raise ValidationError({"email": _("An invitation to this address is still open.")})
    limit = team.competition.max_team_members
    if member_count(team) + pending.count() >= limit:
        raise ValidationError(
            {"email": _("The team is full: %(limit)s people, open invitations included.") % {"limit": limit}}
        )
    if team.invitations.filter(created_at__gt=now - timedelta(days=1)).count() >= INVITATIONS_A_DAY:
        raise ValidationError({"email": _("Too many invitations today. Please go on tomorrow.")})
