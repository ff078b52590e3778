"""A locked roster to ask changes of."""

from __future__ import annotations

from typing import Any

from submissions import services
from submissions.enums import RosterChange
from submissions.models import RosterRequest, Team
from tests.factories.submissions import TeamFactory, TeamMemberFactory, captain_of
from tests.submissions.people import close
from tracks.enums import StageKind

REASON = "原成员已调离，项目由新同事接手"


def locked_team(members: int = 1, **fields: Any) -> Team:
    """With so many members beside its captain, after registration."""
    team = TeamFactory(**fields)
    TeamMemberFactory.create_batch(members, team=team)
    close(team.competition, StageKind.REGISTRATION)
    return team


def ask(team: Team, change: RosterChange, **about: Any) -> RosterRequest:
    """By its captain; about its latest member unless ``member`` or ``email`` says otherwise."""
    more = {name: about.pop(name) for name in ("key", "now") if name in about}
    wanted = {"member": None if change == RosterChange.ADD else team.members.last(), **about}
    reason = wanted.pop("reason", REASON)
    actor = wanted.pop("actor", None) or captain_of(team)
    return services.request_change(team, services.Wanted(change, **wanted), actor=actor, reason=reason, **more)


def agreed(team: Team, person: Any) -> RosterRequest:
    """A request to add ``person``, who has agreed."""
    return services.agree(ask(team, RosterChange.ADD, email=person.email), actor=person)


def as_now(request: RosterRequest) -> RosterRequest:
    return RosterRequest.objects.get(pk=request.pk)
